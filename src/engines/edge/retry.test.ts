import assert from "node:assert/strict";
import { Agent } from "node:http";
import { test } from "node:test";
import { SimulatedClock } from "../../blocks/time/index.ts";
import type { EdgeEvent } from "./edge.ts";
import {
  ask,
  closedPort,
  codeIn,
  edgeFor,
  httpOrigin,
  RawClient,
  rawOrigin,
  turns,
} from "./testing/servers.ts";

const health = { path: "/healthz", intervalMs: 60_000 };

test("requests go round the endpoints in turn", async () => {
  await using one = await httpOrigin((_, response) => response.end("1"));
  await using two = await httpOrigin((_, response) => response.end("2"));
  await using edge = await edgeFor([one.port, two.port]);
  const bodies: string[] = [];
  for (let count = 0; count < 6; count++) bodies.push((await ask(edge.port)).body);
  assert.equal(bodies.join(""), "121212");
});

test("an endpoint that refuses connections is passed over for any method, bodies and all, and said to be down", async () => {
  await using good = await httpOrigin((incoming, response) => incoming.pipe(response));
  const events: EdgeEvent[] = [];
  const onEvent = (event: EdgeEvent) => events.push(event);
  await using edge = await edgeFor([await closedPort(), good.port], { health }, { onEvent });
  for (let count = 0; count < 4; count++) {
    const answer = await ask(edge.port, { method: "POST", body: `body ${count}` });
    assert.deepEqual([answer.status, answer.body], [200, `body ${count}`]);
  }
  assert.deepEqual(events, [
    {
      type: "endpoint",
      upstream: "service",
      id: "service.1",
      state: "down",
      reason: "refused the connection (ECONNREFUSED)",
    },
  ]);
});

test("with no endpoint left the answer is 503, and says when to come back", async () => {
  await using edge = await edgeFor([await closedPort(), await closedPort()]);
  for (let count = 0; count < 2; count++) {
    const answer = await ask(edge.port, { method: "POST", body: "x" });
    assert.deepEqual(
      [answer.status, codeIn(answer), answer.headers["retry-after"]],
      [503, "UPSTREAM_UNAVAILABLE", "1"],
    );
  }
  await edge.update({
    listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "empty" }] }],
    upstreams: { empty: { endpoints: [] } },
  });
  assert.equal((await ask(edge.port)).status, 503);
});

/** Takes a request, and resets the connection without a word. */
const resetting = () => rawOrigin((socket) => socket.once("data", () => socket.resetAndDestroy()));

test("a GET whose connection is reset before an answer is asked of another endpoint, once", async () => {
  await using bad = await resetting();
  await using good = await httpOrigin((_, response) => response.end("good"));
  await using edge = await edgeFor([bad.port, good.port]);
  for (let count = 0; count < 4; count++) assert.equal((await ask(edge.port)).body, "good");
  await using worse = await edgeFor([bad.port, bad.port, bad.port]);
  const before = bad.connections;
  const answer = await ask(worse.port);
  assert.deepEqual([answer.status, codeIn(answer)], [502, "BAD_GATEWAY"]);
  assert.equal(bad.connections - before, 2);
});

test("when requests go on being reset, the service is not asked twice for each for ever", async () => {
  await using bad = await resetting();
  // Four may be under way, so that many resets at once are made good; then ten a second and one in five are.
  await using edge = await edgeFor([bad.port], { limits: { connections: 4 } });
  for (let count = 0; count < 40; count++) assert.equal((await ask(edge.port)).status, 502);
  assert.ok(bad.connections >= 44 && bad.connections < 70, `asked ${bad.connections} times for 40 requests`);
});

for (const [method, body] of [
  ["POST", "x"],
  ["POST", undefined],
  ["PUT", "x"],
  ["DELETE", undefined],
  ["GET", "x"],
] as const) {
  test(`a ${method} ${body ? "with" : "without"} a body that may have been served is never sent twice`, async () => {
    await using bad = await resetting();
    await using edge = await edgeFor([bad.port, bad.port]);
    const answer = await ask(edge.port, { method, ...(body ? { body } : {}) });
    assert.deepEqual([answer.status, codeIn(answer)], [502, "BAD_GATEWAY"]);
    assert.equal(bad.connections, 1);
  });
}

test("a kept connection that the service closed just then costs no GET, even with a single endpoint", async () => {
  await using origin = await rawOrigin((socket) => {
    let served = false;
    socket.on("data", () => {
      // The second request on a connection meets its end.
      if (served) socket.resetAndDestroy();
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      served = true;
    });
  });
  await using edge = await edgeFor([origin.port]);
  for (let count = 0; count < 4; count++) assert.equal((await ask(edge.port)).body, "ok");
  assert.equal(origin.connections, 4);
});

test("while an endpoint dies under load no GET fails", async () => {
  const answer = (name: string) => httpOrigin((_, response) => setImmediate(() => response.end(name)));
  await using one = await answer("1");
  await using two = await answer("2");
  await using three = await answer("3");
  await using edge = await edgeFor([one.port, two.port, three.port], {
    health: { ...health, intervalMs: 50 },
  });
  const agent = new Agent({ keepAlive: true });
  let running = true;
  let count = 0;
  const client = async () => {
    for (; running; count++) assert.equal((await ask(edge.port, { agent })).status, 200);
  };
  const reached = async (more: number) => {
    for (const goal = count + more; count < goal; ) await turns(1);
  };
  const clients = Promise.all(Array.from({ length: 16 }, client));
  await Promise.race([reached(200), clients]);
  await one.kill();
  await Promise.race([reached(200), clients]);
  await two.kill();
  await Promise.race([reached(200), clients]);
  running = false;
  await clients;
  agent.destroy();
  assert.equal((await ask(edge.port)).body, "3");
});

test("without checks, a refused endpoint is tried again after a pause, and is up once it answers", async () => {
  const clock = new SimulatedClock();
  const events: string[] = [];
  const port = await closedPort();
  await using edge = await edgeFor([port], {}, { clock, onEvent: ({ state }) => events.push(state) });
  assert.equal((await ask(edge.port)).status, 503);
  const { createServer } = await import("node:http");
  const revived = createServer((_, response) => response.end("back")).listen(port, "127.0.0.1");
  await new Promise((resolve) => revived.once("listening", resolve));
  assert.equal((await ask(edge.port)).status, 503);
  await clock.advance(250);
  assert.equal((await ask(edge.port)).body, "back");
  assert.deepEqual(events, ["down", "up"]);
  revived.close();
  revived.closeAllConnections();
});

test("an answer that breaks off is not begun again elsewhere", async () => {
  await using bad = await rawOrigin((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  });
  await using edge = await edgeFor([bad.port, bad.port]);
  await using client = new RawClient(edge.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  assert.match(await client.toEnd(), /half$/);
  assert.equal(bad.connections, 1);
});
