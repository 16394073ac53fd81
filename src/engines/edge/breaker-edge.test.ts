import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../blocks/time/index.ts";
import type { BreakerConfig } from "./config/index.ts";
import { type RunningEdge, startEdge } from "./edge.ts";
import {
  ask,
  codeIn,
  disposable,
  gate,
  httpOrigin,
  type Origin,
  RawClient,
  turns,
} from "./testing/servers.ts";

/** A server that fails while it is told to. */
async function failing(): Promise<Origin & { fails: boolean; asked: number }> {
  const state = { fails: true, asked: 0 };
  const origin = await httpOrigin((_, response) => {
    it.asked += 1;
    response.statusCode = it.fails ? 500 : 200;
    response.end(it.fails ? "failed" : "fine");
  });
  const it = Object.assign(origin, state);
  return it;
}

async function edgeWith(
  port: number,
  breaker: BreakerConfig,
  clock: SimulatedClock,
  other = port,
): Promise<RunningEdge & AsyncDisposable> {
  const config = {
    listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "service" }] }],
    upstreams: {
      service: {
        endpoints: [{ id: "service.1", host: "127.0.0.1", port }],
        outliers: false as const,
        breaker: { minimumRequests: 5, intervalMs: 10_000, openMs: 4_000, trials: 2, ...breaker },
      },
      other: { endpoints: [{ id: "other.1", host: "127.0.0.1", port: other }] },
    },
  };
  return disposable(await startEdge(config, { clock }));
}

async function statuses(port: number, count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let asked = 0; asked < count; asked++) seen.push((await ask(port)).status);
  return seen;
}

test("below its minimum of requests a breaker stays closed; then it opens, and says when to come back", async () => {
  const clock = new SimulatedClock();
  await using origin = await failing();
  await using edge = await edgeWith(origin.port, {}, clock);
  assert.deepEqual(await statuses(edge.port, 6), [500, 500, 500, 500, 500, 503]);
  assert.equal(origin.asked, 5);
  await clock.advance(1_500);
  const refused = await ask(edge.port);
  assert.deepEqual(
    [refused.status, codeIn(refused), refused.headers["retry-after"]],
    [503, "CIRCUIT_OPEN", "3"],
  );
  assert.equal(origin.asked, 5);
});

test("when its time is over some are let through: they close it if all succeed, and open it again if one fails", async () => {
  const clock = new SimulatedClock();
  await using origin = await failing();
  await using edge = await edgeWith(origin.port, {}, clock);
  await statuses(edge.port, 6);
  await clock.advance(4_000);
  assert.deepEqual(await statuses(edge.port, 2), [500, 503]);
  origin.fails = false;
  await clock.advance(4_000);
  assert.deepEqual(await statuses(edge.port, 8), Array(8).fill(200));
});

test("no more are let through at once than there are trials", async () => {
  const clock = new SimulatedClock();
  const held = gate();
  let asked = 0;
  await using origin = await httpOrigin(async (_, response) => {
    asked += 1;
    response.statusCode = asked <= 5 ? 500 : 200;
    if (asked > 5) await held.opened;
    response.end();
  });
  await using edge = await edgeWith(origin.port, {}, clock);
  await statuses(edge.port, 5);
  await clock.advance(4_000);
  const trials = [ask(edge.port), ask(edge.port)];
  while (asked < 7) await turns(1);
  assert.deepEqual(await statuses(edge.port, 3), [503, 503, 503]);
  held.open();
  assert.deepEqual(
    (await Promise.all(trials)).map(({ status }) => status),
    [200, 200],
  );
  assert.equal((await ask(edge.port)).status, 200);
});

test("a trial whose client leaves gives its place to another", async () => {
  const clock = new SimulatedClock();
  let asked = 0;
  await using origin = await httpOrigin((_, response) => {
    asked += 1;
    response.statusCode = asked <= 5 ? 500 : 200;
    if (asked !== 6) response.end();
  });
  await using edge = await edgeWith(origin.port, { trials: 1 }, clock);
  await statuses(edge.port, 5);
  await clock.advance(4_000);
  const leaving = new RawClient(edge.port);
  leaving.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  while (asked < 6) await turns(1);
  assert.deepEqual(await statuses(edge.port, 1), [503]);
  await leaving[Symbol.asyncDispose]();
  await turns(10);
  assert.deepEqual(await statuses(edge.port, 2), [200, 200]);
});

test("while it is open, requests go to the upstream that is named for that, bodies and all", async () => {
  const clock = new SimulatedClock();
  await using origin = await failing();
  await using other = await httpOrigin((incoming, response) => incoming.pipe(response));
  await using edge = await edgeWith(origin.port, { fallback: { to: "other" } }, clock, other.port);
  await statuses(edge.port, 5);
  const answer = await ask(edge.port, { method: "POST", body: "carried" });
  assert.deepEqual([answer.status, answer.body], [200, "carried"]);
  assert.equal(origin.asked, 5);
  origin.fails = false;
  await clock.advance(4_000);
  assert.equal((await ask(edge.port)).body, "fine");
});

test("while it is open, requests get the answer that is named for that", async () => {
  const clock = new SimulatedClock();
  await using origin = await failing();
  const answer = { status: 200, body: "[]", contentType: "application/json" };
  await using edge = await edgeWith(origin.port, { fallback: { answer } }, clock);
  await statuses(edge.port, 5);
  const given = await ask(edge.port, { method: "POST", body: "x".repeat(200_000) });
  assert.deepEqual(
    [given.status, given.body, given.headers["content-type"]],
    [200, "[]", "application/json"],
  );
});
