import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { ask, codeIn, edgeFor, httpOrigin, rawOrigin, turns } from "../testing/servers.ts";

/** A server that answers when it is told to, and the answers that wait. */
async function slowOrigin() {
  const held: ServerResponse[] = [];
  const origin = await httpOrigin((_, response) => held.push(response));
  /** Resolves with the next request's answer, to be ended. */
  const next = async () => {
    while (held.length === 0) await turns(1);
    const response = held.shift();
    assert.ok(response);
    return response;
  };
  return { origin, held, next };
}

test("requests beyond the connections wait for one, in turn; those beyond the line get 503 and when to come back", async () => {
  const { origin, held, next } = await slowOrigin();
  await using _ = origin;
  const upstream = { bounds: { connections: 1, pending: 1 } };
  await using edge = await edgeFor([origin.port], { upstream });
  const first = ask(edge.port);
  const begun = await next();
  const second = ask(edge.port);
  await turns(50);
  const third = await ask(edge.port);
  assert.deepEqual([third.status, codeIn(third), third.headers["retry-after"]], [503, "OVERLOADED", "1"]);
  assert.equal(held.length, 0);
  begun.end("one");
  assert.equal((await first).body, "one");
  (await next()).end("two");
  assert.equal((await second).body, "two");
  assert.equal(origin.connections, 1);
});

test("a request that waits is served by another connection when the one it waits for dies", async () => {
  const { origin, next } = await slowOrigin();
  await using _ = origin;
  await using edge = await edgeFor([origin.port], { upstream: { bounds: { connections: 1 } } });
  const first = ask(edge.port, { method: "POST", body: "x" });
  const begun = await next();
  const second = ask(edge.port);
  await turns(50);
  begun.socket?.destroy();
  assert.equal((await first).status, 502);
  (await next()).end("two");
  assert.equal((await second).body, "two");
});

test("requests that wait at an endpoint that goes are answered by another", async () => {
  const { origin, next } = await slowOrigin();
  await using good = await httpOrigin((_, response) => response.end("good"));
  await using _ = origin;
  const upstream = { bounds: { connections: 1 } };
  await using edge = await edgeFor([origin.port], { upstream });
  const first = ask(edge.port);
  const begun = await next();
  const waiting = [ask(edge.port), ask(edge.port)];
  await turns(50);
  const update = edge.update({
    listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "service" }] }],
    upstreams: {
      service: { endpoints: [{ id: "service.9", host: "127.0.0.1", port: good.port }], ...upstream },
    },
  });
  assert.deepEqual(await Promise.all(waiting.map(async (answer) => (await answer).body)), ["good", "good"]);
  begun.end("one");
  assert.equal((await first).body, "one");
  assert.deepEqual(await update, { drained: true });
});

test("an endpoint that fails its requests is ejected, said so, and back after its time", async () => {
  let ill = true;
  await using bad = await httpOrigin((_, response) => {
    response.statusCode = ill ? 500 : 200;
    response.end("bad");
  });
  await using good = await httpOrigin((_, response) => response.end("good"));
  const clock = new SimulatedClock();
  const said: string[] = [];
  await using edge = await edgeFor(
    [bad.port, good.port],
    {},
    { clock, onEvent: ({ id, state }) => said.push(`${id} ${state}`) },
  );
  const bodies = async (count: number) => {
    const all: string[] = [];
    for (let asked = 0; asked < count; asked++) all.push((await ask(edge.port)).body);
    return [...new Set(all)].sort().join(" ");
  };
  assert.equal(await bodies(10), "bad good");
  assert.equal(await bodies(10), "good");
  ill = false;
  await clock.advance(30_500);
  assert.equal(await bodies(4), "bad good");
  assert.deepEqual(said, ["service.1 down", "service.1 up"]);
});

test("connections that are reset, and rubbish, eject an endpoint as well", async () => {
  for (const bytes of ["", "rubbish\r\n\r\n"]) {
    await using bad = await rawOrigin((socket) => socket.once("data", () => socket.end(bytes)));
    await using good = await httpOrigin((_, response) => response.end("good"));
    await using edge = await edgeFor([bad.port, good.port]);
    for (let asked = 0; asked < 10; asked++) await ask(edge.port, { method: "POST", body: "x" });
    const before = bad.connections;
    for (let asked = 0; asked < 6; asked++) assert.equal((await ask(edge.port)).body, "good");
    assert.equal(bad.connections, before);
    assert.equal(before, 5);
  }
});

test("while the breaker is open nobody is asked; a trial that succeeds closes it", async () => {
  let ill = true;
  let asked = 0;
  await using origin = await httpOrigin((_, response) => {
    asked += 1;
    response.statusCode = ill ? 503 : 200;
    response.end("served");
  });
  const clock = new SimulatedClock();
  const breaker = { minimumRequests: 4, trials: 1, openMs: 1_000 };
  await using edge = await edgeFor([origin.port], { upstream: { breaker } }, { clock });
  for (let count = 0; count < 4; count++) assert.equal((await ask(edge.port)).status, 503);
  const refused = await ask(edge.port);
  assert.deepEqual([refused.status, refused.headers["retry-after"] !== undefined, asked], [503, true, 4]);
  assert.notEqual(refused.body, "served");
  ill = false;
  await clock.advance(1_000);
  for (let count = 0; count < 3; count++) assert.equal((await ask(edge.port)).body, "served");
});
