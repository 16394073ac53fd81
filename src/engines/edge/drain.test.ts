import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../blocks/time/index.ts";
import { startEdge } from "./edge.ts";
import {
  ask,
  configFor,
  disposable,
  edgeFor,
  gate,
  httpOrigin,
  RawClient,
  turns,
} from "./testing/servers.ts";
import { bindSocket, portOf, type SocketLookup } from "./workers/bound-socket.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

test("draining takes no more connections, and ends those that it has with their next answer", async () => {
  await using origin = await httpOrigin((_, response) => response.end("done"));
  const clock = new SimulatedClock();
  await using edge = await edgeFor([origin.port], {}, { clock });
  const { port } = edge;
  await using kept = new RawClient(port);
  kept.send(GET);
  assert.doesNotMatch(await kept.until(/done/), /Connection: close/);
  const draining = edge.drain();
  await turns();
  await assert.rejects(ask(port), { code: "ECONNREFUSED" });
  kept.received = "";
  kept.send(GET);
  assert.match(await kept.toEnd(), /Connection: close[\s\S]*done$/);
  assert.deepEqual(await draining, { drained: true });
  assert.equal(clock.pendingTimers, 0);
});

test("who has connected and waits to be accepted when the drain begins is answered, over HTTP and over TCP", async () => {
  await using origin = await httpOrigin((_, response) => response.end("done"));
  const listeners = [
    { host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "service" }] },
    { kind: "tcp", host: "127.0.0.1", port: 0, to: "service" },
  ] as const;
  await using edge = await edgeFor([origin.port], { listeners });
  const clients = Array.from({ length: 20 }, (_, at) => new RawClient(edge.ports[at % 2] ?? 0));
  for (const client of clients) client.send(GET.replace("x\r\n", "x\r\nConnection: close\r\n"));
  // They connect at the end of this step; the edge hears of it with the next turn of the loop.
  await new Promise<void>((resolve) => process.nextTick(resolve));
  const draining = edge.drain();
  for (const client of clients) assert.match(await client.toEnd(), /done$/);
  assert.deepEqual(await draining, { drained: true });
});

test("an answer that began before the drain ends no connection of which it said nothing", async () => {
  const finish = gate();
  await using origin = await httpOrigin(async (incoming, response) => {
    response.write("begun,");
    if (incoming.url === "/slow") await finish.opened;
    response.end("done");
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send(GET.replace("/", "/slow"));
  await client.until(/begun/);
  const draining = edge.drain();
  await turns();
  finish.open();
  await client.until(/done/);
  await turns();
  // The client has been told nothing, and sends its next request.
  client.send(GET);
  const [first = "", second = ""] = (await client.toEnd()).split(/(?<=done)/);
  assert.doesNotMatch(first, /Connection: close/);
  assert.match(second, /Connection: close[\s\S]*done/);
  assert.deepEqual(await draining, { drained: true });
});

test("draining closes what is still idle when its time is up", async () => {
  await using origin = await httpOrigin((_, response) => response.end("done"));
  const clock = new SimulatedClock();
  await using edge = await edgeFor([origin.port], { limits: { drainTimeoutMs: 3_000 } }, { clock });
  await using idle = new RawClient(edge.port);
  idle.send(GET);
  await idle.until(/done/);
  const draining = edge.drain();
  await turns();
  await clock.advance(2_999);
  await turns();
  assert.equal(idle.socket.destroyed, false);
  await clock.advance(1);
  assert.deepEqual(await draining, { drained: false });
  await idle.toEnd();
  assert.equal(clock.pendingTimers, 0);
});

test("an edge serves on a socket that was bound for it", async () => {
  await using origin = await httpOrigin((_, response) => response.end("done"));
  const socket = await bindSocket("tcp", "127.0.0.1", 0);
  const port = portOf(socket);
  const asked: unknown[] = [];
  const sockets: SocketLookup = (...address) => {
    asked.push(address);
    return socket;
  };
  await using edge = disposable(await startEdge(configFor([origin.port]), { sockets }));
  assert.deepEqual(asked, [["tcp", "127.0.0.1", 0]]);
  assert.equal(edge.port, port);
  assert.equal((await ask(port)).body, "done");
  await edge.close();
  await assert.rejects(ask(port), { code: "ECONNREFUSED" });
});
