import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../blocks/time/index.ts";
import type { RouteTimeoutsConfig, UpstreamConfig } from "./config/index.ts";
import type { RunningEdge } from "./edge.ts";
import { ask, codeIn, edgeFor, httpOrigin, RawClient, rawOrigin, turns } from "./testing/servers.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

function edgeWith(
  port: number,
  timeouts: RouteTimeoutsConfig,
  clock: SimulatedClock,
  upstream: Omit<UpstreamConfig, "endpoints"> = {},
): Promise<RunningEdge & AsyncDisposable> {
  const listeners = [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "service", timeouts }] }];
  return edgeFor([port], { listeners, upstream }, { clock });
}

test("a route's time for an answer takes the place of the edge's, and ends with the answer's head", async () => {
  const clock = new SimulatedClock();
  let asked = 0;
  await using origin = await httpOrigin((incoming, response) => {
    asked += 1;
    if (incoming.url === "/begun") response.write("begun");
  });
  await using edge = await edgeWith(origin.port, { responseMs: 70 }, clock);
  const lost = ask(edge.port);
  while (asked === 0) await turns(1);
  await clock.advance(69);
  await turns(3);
  await clock.advance(1);
  const answer = await lost;
  assert.deepEqual([answer.status, codeIn(answer)], [504, "GATEWAY_TIMEOUT"]);
  await using client = new RawClient(edge.port);
  client.send(GET.replace("/", "/begun"));
  await client.until(/begun/);
  await clock.advance(10_000);
  await turns(3);
  assert.equal(client.socket.closed, false);
});

test("the time for the whole is over for a request that waits for a connection, and for its answer: 504", async () => {
  const clock = new SimulatedClock();
  let asked = 0;
  await using origin = await httpOrigin(() => {
    asked += 1;
  });
  await using edge = await edgeWith(origin.port, { totalMs: 100 }, clock, { bounds: { connections: 1 } });
  const first = ask(edge.port);
  while (asked === 0) await turns(1);
  const second = ask(edge.port, { method: "POST", body: "x" });
  await turns(20);
  await clock.advance(100);
  for (const answer of [await first, await second])
    assert.deepEqual([answer.status, codeIn(answer)], [504, "GATEWAY_TIMEOUT"]);
  assert.equal(asked, 1);
});

test("the time for the whole is over for a request whose body still comes: 504, and the end of the connection", async () => {
  const clock = new SimulatedClock();
  await using origin = await rawOrigin(() => {});
  await using edge = await edgeWith(origin.port, { totalMs: 100 }, clock);
  await using client = new RawClient(edge.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  while (origin.connections === 0) await turns(1);
  await turns(5);
  await clock.advance(100);
  const received = await client.until(/\}\}$/);
  assert.match(received, /^HTTP\/1\.1 504 [\s\S]*\r\nConnection: close\r\n/);
  await clock.advance(3_000);
  await client.toEnd();
});

test("the time for the whole cuts an answer that has begun, so that it does not look whole", async () => {
  const clock = new SimulatedClock();
  await using origin = await httpOrigin((_, response) => response.write("begun"));
  await using edge = await edgeWith(origin.port, { totalMs: 100 }, clock);
  for (const version of ["1.1", "1.0"]) {
    await using client = new RawClient(edge.port);
    client.send(GET.replace("1.1", version));
    await client.until(/begun/);
    await clock.advance(100);
    const received = await client.toEnd();
    assert.doesNotMatch(received, /\r\n0\r\n/);
    if (version === "1.0") assert.equal(client.failure, "ECONNRESET");
  }
});

test("the time for the whole holds for requests, and not for what they are upgraded to", async () => {
  const clock = new SimulatedClock();
  await using origin = await rawOrigin((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
      socket.pipe(socket);
    });
  });
  await using edge = await edgeWith(origin.port, { totalMs: 100 }, clock);
  await using client = new RawClient(edge.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  await client.until(/101[\s\S]*\r\n\r\n$/);
  await clock.advance(10_000);
  client.send("hello");
  await client.until(/hello$/);
});

test("silence within an answer's body is cut after the route's own time", async () => {
  const clock = new SimulatedClock();
  let more = () => {};
  await using origin = await httpOrigin((_, response) => {
    response.write("begun");
    more = () => response.write(" more");
  });
  await using edge = await edgeWith(origin.port, { idleMs: 1_000 }, clock);
  await using client = new RawClient(edge.port);
  client.send(GET);
  await client.until(/begun/);
  await clock.advance(900);
  more();
  await client.until(/more/);
  await clock.advance(900);
  await turns(3);
  assert.equal(client.socket.closed, false);
  await clock.advance(1_200);
  await client.toEnd();
});
