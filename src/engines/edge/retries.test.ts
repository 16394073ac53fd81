import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test } from "node:test";
import { SimulatedClock } from "../../blocks/time/index.ts";
import type { RetryConfig, RouteTimeoutsConfig, UpstreamConfig } from "./config/index.ts";
import type { EdgeOptions, RunningEdge } from "./edge.ts";
import { ask, closedPort, codeIn, edgeFor, httpOrigin, rawOrigin, turns } from "./testing/servers.ts";

interface More {
  readonly retries?: RetryConfig;
  readonly timeouts?: RouteTimeoutsConfig;
  readonly upstream?: Omit<UpstreamConfig, "endpoints">;
}

function edgeWith(
  ports: readonly number[],
  { retries, timeouts, upstream }: More,
  options: EdgeOptions = {},
): Promise<RunningEdge & AsyncDisposable> {
  const route = {
    path: "/*",
    to: "service",
    ...(retries ? { retries } : {}),
    ...(timeouts ? { timeouts } : {}),
  };
  const listeners = [{ host: "127.0.0.1", port: 0, routes: [route] }];
  return edgeFor(ports, { listeners, ...(upstream ? { upstream } : {}) }, options);
}

function busy(_: IncomingMessage, response: ServerResponse): void {
  response.statusCode = 503;
  response.end("busy");
}

/** Said, since Node would send an empty body in chunks. */
const NO_BODY = { headers: ["Content-Length", "0"] };

test("a status that the route names is asked for again elsewhere, and passed on where nobody is left", async () => {
  let asked = 0;
  await using bad = await httpOrigin((incoming, response) => {
    asked += 1;
    busy(incoming, response);
  });
  await using good = await httpOrigin((_, response) => response.end("good"));
  await using edge = await edgeWith([bad.port, bad.port, good.port], {
    retries: { attempts: 2, statuses: [503] },
  });
  for (let count = 0; count < 3; count++) assert.equal((await ask(edge.port)).body, "good");
  asked = 0;
  const post = await ask(edge.port, { method: "POST", body: "x" });
  assert.deepEqual([post.status, post.body, asked], [503, "busy", 1]);
  await using alone = await edgeWith([bad.port, bad.port], { retries: { attempts: 5, statuses: [503] } });
  asked = 0;
  const answer = await ask(alone.port);
  // Each is asked once: who said no is not asked again.
  assert.deepEqual([answer.status, answer.body, asked], [503, "busy", 2]);
});

test("no more is asked again than the route says, and with no attempts nothing is", async () => {
  for (const attempts of [0, 1, 2]) {
    await using bad = await rawOrigin((socket) => socket.once("data", () => socket.resetAndDestroy()));
    await using edge = await edgeWith([bad.port, bad.port, bad.port, bad.port], { retries: { attempts } });
    const answer = await ask(edge.port);
    assert.deepEqual([answer.status, codeIn(answer), bad.connections], [502, "BAD_GATEWAY", 1 + attempts]);
  }
});

test("a refused connection costs no attempt, of whatever method", async () => {
  await using good = await httpOrigin((incoming, response) => incoming.pipe(response));
  await using edge = await edgeWith([await closedPort(), await closedPort(), good.port], {
    retries: { attempts: 0 },
  });
  const answer = await ask(edge.port, { method: "POST", body: "once" });
  assert.deepEqual([answer.status, answer.body], [200, "once"]);
});

for (const [method, body, idempotent, times] of [
  ["PUT", undefined, true, 2],
  ["DELETE", undefined, true, 2],
  ["PUT", undefined, false, 1],
  ["DELETE", undefined, false, 1],
  ["PUT", "x", true, 1],
  ["POST", undefined, true, 1],
  ["PATCH", undefined, true, 1],
] as const) {
  test(`a ${method} ${body ? "with" : "without"} a body is sent ${times} time(s) where idempotent is ${idempotent}`, async () => {
    await using bad = await rawOrigin((socket) => socket.once("data", () => socket.resetAndDestroy()));
    await using edge = await edgeWith([bad.port, bad.port], { retries: { idempotent } });
    const answer = await ask(edge.port, { method, ...(body ? { body } : NO_BODY) });
    assert.deepEqual([answer.status, bad.connections], [502, times]);
  });
}

test("an attempt that takes too long is given up for another, and the last one is answered for with 504", async () => {
  const clock = new SimulatedClock();
  let hung = 0;
  await using hangs = await httpOrigin(() => {
    hung += 1;
  });
  await using good = await httpOrigin((_, response) => response.end("good"));
  const retries = { perTryMs: 100 };
  await using edge = await edgeWith([hangs.port, good.port], { retries }, { clock });
  const asked = ask(edge.port);
  while (hung === 0) await turns(1);
  await clock.advance(99);
  await turns(3);
  await clock.advance(1);
  assert.equal((await asked).body, "good");
  await using alone = await edgeWith([hangs.port], { retries }, { clock });
  const lost = ask(alone.port);
  for (const times of [2, 3]) {
    while (hung < times) await turns(1);
    await clock.advance(100);
  }
  const answer = await lost;
  assert.deepEqual([answer.status, codeIn(answer), hung], [504, "GATEWAY_TIMEOUT", 3]);
});

test("an attempt that takes too long and may have been served is not repeated", async () => {
  const clock = new SimulatedClock();
  let hung = 0;
  await using hangs = await httpOrigin(() => {
    hung += 1;
  });
  await using edge = await edgeWith([hangs.port, hangs.port], { retries: { perTryMs: 100 } }, { clock });
  const asked = ask(edge.port, { method: "POST", body: "x" });
  while (hung === 0) await turns(1);
  await clock.advance(100);
  const answer = await asked;
  assert.deepEqual([answer.status, hung], [504, 1]);
});

test("a connection that does not come to stand within an attempt's time has carried nothing: any method goes elsewhere", async () => {
  const clock = new SimulatedClock();
  // Somebody takes the connection, and never says a word of TLS.
  await using silent = await rawOrigin(() => {});
  const more = { retries: { perTryMs: 100 }, upstream: { tls: {} } };
  await using edge = await edgeWith([silent.port, await closedPort()], more, { clock });
  const asked = ask(edge.port, { method: "POST", ...NO_BODY });
  while (silent.connections === 0) await turns(1);
  await turns(5);
  await clock.advance(100);
  const answer = await asked;
  assert.deepEqual([answer.status, codeIn(answer)], [503, "UPSTREAM_UNAVAILABLE"]);
});

test("when an upstream fails as a whole, retries end with its budget rather than double its load", async () => {
  const clock = new SimulatedClock();
  await using bad = await rawOrigin((socket) => socket.once("data", () => socket.resetAndDestroy()));
  const upstream = { outliers: false } as const;
  await using edge = await edgeFor(
    [bad.port, bad.port],
    { upstream, limits: { connections: 20 } },
    { clock },
  );
  // As many as there are connections may be repeated at once; after that one in five.
  for (let count = 0; count < 120; count++) assert.equal((await ask(edge.port)).status, 502);
  assert.ok(
    bad.connections >= 120 + 20 && bad.connections <= 120 + 20 + 24 + 1,
    `asked ${bad.connections} times`,
  );
});
