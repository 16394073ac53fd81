import assert from "node:assert/strict";
import { Agent } from "node:http";
import { test } from "node:test";
import { SimulatedClock } from "../../blocks/time/index.ts";
import type { EdgeConfig } from "./config/index.ts";
import { startEdge } from "./edge.ts";
import {
  ask,
  closedPort,
  configFor,
  disposable,
  edgeFor,
  gate,
  httpOrigin,
  RawClient,
  rawOrigin,
  turns,
} from "./testing/servers.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

test("an update is in force for the next request, on the connections that are open", async () => {
  await using one = await httpOrigin((_, response) => response.end("1"));
  await using two = await httpOrigin((_, response) => response.end("2"));
  await using edge = await edgeFor([one.port]);
  const { port } = edge;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  assert.equal((await ask(port, { agent })).body, "1");
  assert.deepEqual(await edge.update(configFor([two.port])), { drained: true });
  assert.equal((await ask(port, { agent })).body, "2");
  assert.equal(edge.port, port);
  agent.destroy();
});

test("an update resolves only once the removed endpoint has answered its last request", async () => {
  const finish = gate();
  const arrived = gate();
  await using one = await httpOrigin(async (_, response) => {
    arrived.open();
    await finish.opened;
    response.end("late");
  });
  await using two = await httpOrigin((_, response) => response.end("2"));
  const clock = new SimulatedClock();
  await using edge = await edgeFor([one.port], {}, { clock });
  const late = ask(edge.port);
  await arrived.opened;
  let resolved = false;
  const updating = edge.update(configFor([two.port])).finally(() => {
    resolved = true;
  });
  assert.equal((await ask(edge.port)).body, "2");
  // A second update does not wait for the first to drain.
  assert.deepEqual(await edge.update(configFor([two.port])), { drained: true });
  assert.equal(resolved, false);
  finish.open();
  assert.equal((await late).body, "late");
  assert.deepEqual(await updating, { drained: true });
});

test("an update does not wait beyond the drain timeout, and then lets requests end in their own time", async () => {
  const finish = gate();
  const arrived = gate();
  await using one = await httpOrigin(async (_, response) => {
    arrived.open();
    await finish.opened;
    response.end("late");
  });
  const clock = new SimulatedClock();
  await using edge = await edgeFor([one.port], { limits: { drainTimeoutMs: 1_000 } }, { clock });
  const late = ask(edge.port);
  await arrived.opened;
  const updating = edge.update(configFor([], { limits: { drainTimeoutMs: 1_000 } }));
  await clock.advance(1_000);
  assert.deepEqual(await updating, { drained: false });
  finish.open();
  assert.equal((await late).body, "late");
});

test("idle connections to a removed endpoint are closed", async () => {
  const closed = gate();
  await using one = await httpOrigin((_, response) => response.end());
  one.server.on("connection", (socket) => socket.once("close", closed.open));
  await using edge = await edgeFor([one.port]);
  await ask(edge.port);
  await turns();
  await edge.update(configFor([]));
  await closed.opened;
});

test("replacing every endpoint again and again under load fails no request", async () => {
  const answer = () => httpOrigin((incoming, response) => setImmediate(() => incoming.pipe(response)));
  let origin = await answer();
  await using edge = await edgeFor([origin.port]);
  const agent = new Agent({ keepAlive: true });
  let running = true;
  let count = 0;
  const client = async () => {
    for (; running; count++) {
      const body = `body ${count}`;
      const got = await ask(edge.port, { method: "POST", body, agent });
      assert.deepEqual([got.status, got.body], [200, body]);
    }
  };
  const clients = Promise.all(Array.from({ length: 8 }, client));
  for (let round = 0; round < 6; round++) {
    const next = await answer();
    assert.deepEqual(await edge.update(configFor([next.port])), { drained: true });
    // Drained: whoever is killed now had nothing left to answer.
    await origin.kill();
    origin = next;
    for (const goal = count + 50; count < goal; ) await Promise.race([turns(1), clients]);
  }
  running = false;
  await clients;
  agent.destroy();
  await edge.close();
  await origin.kill();
});

test("listeners come and go with updates; those that stay keep their connections", async () => {
  await using origin = await httpOrigin((incoming, response) => response.end(incoming.url));
  await using edge = await edgeFor([origin.port]);
  const [first] = edge.ports;
  assert.ok(first);
  const extra = await closedPort();
  const { upstreams, listeners } = configFor([origin.port]);
  const second = { host: "127.0.0.1", port: extra, routes: [{ path: "/only/*", to: "service" }] };
  await edge.update({ upstreams, listeners: [...listeners, second] });
  assert.deepEqual(edge.ports, [first, extra]);
  assert.equal((await ask(extra, { path: "/only/this" })).body, "/only/this");
  assert.equal((await ask(extra, { path: "/other" })).status, 404);
  await edge.update({ upstreams, listeners: [second] });
  assert.deepEqual(edge.ports, [extra]);
  await assert.rejects(ask(first), { code: "ECONNREFUSED" });
  assert.equal((await ask(extra, { path: "/only/this" })).status, 200);
});

test("an update that cannot listen, or makes no sense, is refused whole", async () => {
  await using origin = await httpOrigin((_, response) => response.end("1"));
  await using other = await rawOrigin(() => {});
  await using edge = await edgeFor([origin.port]);
  const { upstreams, listeners } = configFor([await closedPort()]);
  const free = await closedPort();
  const listenOn = (port: number) => ({ host: "127.0.0.1", port, routes: [] });
  const taken: EdgeConfig = { upstreams, listeners: [...listeners, listenOn(free), listenOn(other.port)] };
  await assert.rejects(edge.update(taken), {
    code: "PORT_IN_USE",
    message: new RegExp(`127.0.0.1:${other.port} is taken`),
  });
  await assert.rejects(edge.update({ upstreams: {}, listeners }), { code: "INVALID_CONFIG" });
  const nowhere = { upstreams, listeners: [{ host: "192.0.2.1", port: 0, routes: [] }] };
  await assert.rejects(edge.update(nowhere), { code: "CANNOT_LISTEN" });
  assert.equal((await ask(edge.port)).body, "1");
  assert.equal(edge.ports.length, 1);
  await assert.rejects(ask(free), { code: "ECONNREFUSED" });
  await assert.rejects(startEdge(taken), { code: "PORT_IN_USE" });
});

test("an endpoint that moved to another port is another endpoint, and one that stayed keeps its health", async () => {
  await using good = await httpOrigin((_, response) => response.end("good"));
  const dead = await closedPort();
  const states: string[] = [];
  const onEvent = (event: { id: string; state: string }) => states.push(`${event.id} ${event.state}`);
  const health = { path: "/", intervalMs: 60_000 };
  await using edge = await edgeFor([dead], { health }, { onEvent });
  assert.equal((await ask(edge.port)).status, 503);
  await edge.update(configFor([dead], { health }));
  assert.equal((await ask(edge.port)).status, 503);
  await edge.update(configFor([good.port], { health }));
  assert.equal((await ask(edge.port)).body, "good");
  assert.deepEqual(states, ["service.1 down"]);
});

test("closing finishes what is under way, says that the connection ends, and closes those that are idle", async () => {
  const finish = gate();
  const arrived = gate();
  await using origin = await httpOrigin(async (incoming, response) => {
    if (incoming.url === "/slow") {
      arrived.open();
      await finish.opened;
    }
    response.end("done");
  });
  const clock = new SimulatedClock();
  const edge = disposable(await startEdge(configFor([origin.port]), { clock }));
  const { port } = edge;
  await using idle = new RawClient(port);
  idle.send(GET);
  await idle.until(/done/);
  await using busy = new RawClient(port);
  busy.send(GET.replace("/", "/slow"));
  await arrived.opened;
  const closing = edge.close();
  await idle.toEnd();
  await assert.rejects(ask(port), { code: "ECONNREFUSED" });
  finish.open();
  assert.match(await busy.toEnd(), /Connection: close[\s\S]*done$/);
  await closing;
  await edge.close();
  assert.equal(clock.pendingTimers, 0);
  await assert.rejects(edge.update(configFor([])), { code: "CLOSED" });
});

test("closing waits ten seconds for what is under way, and no longer", async () => {
  const arrived = gate();
  await using origin = await httpOrigin(() => arrived.open());
  const clock = new SimulatedClock();
  const edge = await startEdge(configFor([origin.port]), { clock });
  await using client = new RawClient(edge.port);
  client.send(GET);
  await arrived.opened;
  const closing = edge.close();
  await clock.advance(10_000);
  await closing;
  assert.equal(await client.toEnd(), "");
});
