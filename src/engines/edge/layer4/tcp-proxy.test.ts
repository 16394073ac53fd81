import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { closedPort, RawClient, rawOrigin, turns } from "../testing/servers.ts";
import { Layer4Scene, PERIOD_MS } from "./testing/layer4-scene.ts";

/** A server that says its name, and then says everything back. */
function echo(name: string) {
  return rawOrigin((socket) => {
    socket.write(`${name}:`);
    socket.pipe(socket);
  });
}

/** Waits for what other sockets of this process do in their turn. */
async function eventually(check: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !check(); turn++) await turns(1);
  assert.ok(check(), "it has not happened");
}

test("connections are spread over the endpoints in turn, and counted there", async () => {
  await using one = await echo("one");
  await using two = await echo("two");
  await using scene = new Layer4Scene({ service: [one.port, two.port] });
  const { port } = await scene.tcp();
  const clients = Array.from({ length: 6 }, () => new RawClient(port));
  const names = await Promise.all(clients.map((client) => client.until(/:/)));
  assert.deepEqual(names.sort(), ["one:", "one:", "one:", "two:", "two:", "two:"]);
  const endpoints = scene.upstreams.get("service")?.endpoints ?? [];
  assert.deepEqual(
    endpoints.map(({ inFlight }) => inFlight),
    [3, 3],
  );
  for (const client of clients) await client[Symbol.asyncDispose]();
  await eventually(() => endpoints.every(({ inFlight, tunnels }) => inFlight === 0 && tunnels.size === 0));
  assert.equal(scene.records.length, 6);
});

test("least connections goes by the tunnels that are open", async () => {
  await using one = await echo("one");
  await using two = await echo("two");
  const endpoints = [one, two].map(({ port }, at) => ({ id: `service.${at}`, host: "127.0.0.1", port }));
  await using scene = new Layer4Scene({
    service: { endpoints, balance: { algorithm: "least-connections" } },
  });
  const { port } = await scene.tcp();
  await using first = new RawClient(port);
  const busy = await first.until(/:/);
  for (let count = 0; count < 3; count++) {
    await using next = new RawClient(port);
    assert.notEqual(await next.until(/:/), busy);
    next.socket.destroy();
    await eventually(() => scene.records.length === count + 1);
  }
});

test("an endpoint that refuses is passed over before anything is sent, and the next connection does not try it", async () => {
  await using one = await echo("one");
  await using scene = new Layer4Scene({ service: [await closedPort(), one.port] });
  const { port } = await scene.tcp();
  for (const attempts of [2, 1]) {
    await using client = new RawClient(port);
    client.send("hello");
    assert.equal(await client.until(/hello/), "one:hello");
    client.socket.end();
    await client.toEnd();
    await eventually(() => scene.records.length > 0);
    const record = scene.records.pop();
    assert.equal(record?.attempts, attempts);
    assert.equal(record?.end, "ended");
    assert.deepEqual([record?.bytesIn, record?.bytesOut, record?.endpoint], [5, 9, "service.2"]);
    assert.deepEqual([record?.upstream, record?.clientAddress], ["service", "127.0.0.1"]);
  }
});

test("with nobody to take it a connection is reset", async () => {
  await using scene = new Layer4Scene({ service: [await closedPort()] });
  const { port } = await scene.tcp();
  await using client = new RawClient(port);
  assert.equal(await client.toEnd(), "");
  assert.equal(client.failure, "ECONNRESET");
  assert.equal(scene.records[0]?.end, "unavailable");
});

test("an endpoint that takes no connection in time is given up for another", async () => {
  await using one = await echo("one");
  // Of an address that is reserved for documentation (RFC 5737) no answer comes; a machine without a route says so at once.
  const endpoints = [
    { id: "silent", host: "192.0.2.1", port: 9 },
    { id: "one", host: "127.0.0.1", port: one.port },
  ];
  await using scene = new Layer4Scene({ service: { endpoints } }, { connectTimeoutMs: 1_000 });
  const { port } = await scene.tcp();
  await using client = new RawClient(port);
  await once(client.socket, "connect");
  await eventually(
    () => scene.upstreams.get("service")?.endpoints.some(({ inFlight }) => inFlight > 0) ?? false,
  );
  await scene.clock.advance(1_000 + 2 * PERIOD_MS);
  assert.equal(await client.until(/:/), "one:");
});

test("the end of one direction passes through, and the other direction goes on", async () => {
  let heard = "";
  await using origin = await rawOrigin(() => {});
  origin.server.removeAllListeners("connection");
  origin.server.on("connection", (socket: Socket) => {
    socket.on("data", (chunk) => {
      heard += chunk.toString();
    });
    socket.on("end", () => {
      socket.write("all of ");
      socket.end(heard);
    });
  });
  Object.assign(origin.server, { allowHalfOpen: true });
  await using scene = new Layer4Scene({ service: [origin.port] });
  const { port } = await scene.tcp();
  await using client = new RawClient(port);
  client.send("the question");
  client.socket.end();
  assert.equal(await client.toEnd(), "all of the question");
  assert.equal(client.failure, undefined);
  await eventually(() => scene.records.length === 1);
  assert.equal(scene.records[0]?.end, "ended");
});

test("a reset passes on as a reset, in both directions", async () => {
  await using origin = await rawOrigin((socket) => socket.once("data", () => socket.resetAndDestroy()));
  await using scene = new Layer4Scene({ service: [origin.port] });
  const { port } = await scene.tcp();
  await using client = new RawClient(port);
  client.send("x");
  await client.toEnd();
  assert.equal(client.failure, "ECONNRESET");
  await eventually(() => scene.records.length === 1);
  assert.equal(scene.records[0]?.end, "upstream-reset");

  const failed = new Promise((resolve) => {
    origin.server.once("connection", (socket: Socket) => {
      socket.removeAllListeners("data").resume();
      socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });
  });
  await using leaving = new RawClient(port);
  await eventually(() => scene.told.length === 2);
  leaving.socket.resetAndDestroy();
  assert.equal(await failed, "ECONNRESET");
  await eventually(() => scene.records.length === 2);
  assert.equal(scene.records[1]?.end, "client-reset");
});

test("a side that does not read holds the other one back, and nothing is lost when it reads again", async () => {
  const total = 48 * 1_024 * 1_024;
  const chunk = Buffer.alloc(1_024 * 1_024, "0123456789abcdef");
  for (const direction of ["down", "up"] as const) {
    let source: Socket | undefined;
    let sink: Socket | undefined;
    await using origin = await rawOrigin((socket) => {
      if (direction === "down") source = socket;
      else sink = socket.pause();
    });
    await using scene = new Layer4Scene({ service: [origin.port] });
    const { port } = await scene.tcp();
    const client = connect({ host: "127.0.0.1", port });
    if (direction === "up") source = client;
    else sink = client.pause();
    await eventually(() => source !== undefined && sink !== undefined && scene.told.length === 1);
    if (!source || !sink) assert.fail();
    let written = 0;
    const from = source;
    const pump = () => {
      while (written < total) {
        written += chunk.length;
        if (!from.write(chunk)) return;
      }
      from.end();
    };
    from.on("drain", pump);
    const before = process.memoryUsage().arrayBuffers;
    pump();
    // What the kernel's buffers hold passes; then nothing moves any more.
    for (let last = -1; last !== from.bytesWritten - from.writableLength; ) {
      last = from.bytesWritten - from.writableLength;
      await turns(200);
    }
    assert.ok(written < total / 2, `${written} bytes went into a connection that nobody reads`);
    assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1_024 * 1_024);
    let read = 0;
    const expected = Buffer.alloc(16, "0123456789abcdef");
    sink.on("data", (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += 4_099) {
        if (bytes[at] !== expected[(read + at) % 16]) assert.fail(`byte ${read + at} is another one`);
      }
      read += bytes.length;
    });
    sink.resume();
    await once(sink, "end");
    assert.equal(read, total);
    client.destroy();
  }
});

test("silence in both directions ends a connection, and a byte in either puts it off", async () => {
  const sockets: Socket[] = [];
  await using origin = await rawOrigin((socket) => sockets.push(socket.on("data", () => {})));
  await using scene = new Layer4Scene({ service: [origin.port] });
  const { port } = await scene.tcp({ to: "service", idleTimeoutMs: 1_000 });
  await using client = new RawClient(port);
  await eventually(() => scene.told.length === 1);
  await scene.clock.advance(800);
  client.send("x");
  await turns(50);
  await scene.clock.advance(800);
  sockets[0]?.write("y");
  await client.until(/y/);
  await scene.clock.advance(800);
  assert.equal(scene.records.length, 0);
  await scene.clock.advance(400);
  await client.toEnd();
  assert.equal(scene.records[0]?.end, "idle");
});

test("with an idle timeout of 0 silence ends nothing", async () => {
  await using origin = await echo("one");
  await using scene = new Layer4Scene({ service: [origin.port] });
  const { port } = await scene.tcp({ to: "service", idleTimeoutMs: 0 });
  await using client = new RawClient(port);
  await client.until(/one:/);
  await scene.clock.advance(86_400_000 / 24);
  client.send("still here");
  await client.until(/still here/);
});

test("connections beyond the listener's bound, and beyond the endpoints' bounds, are closed and counted", async () => {
  await using origin = await echo("one");
  const endpoints = [{ id: "one", host: "127.0.0.1", port: origin.port }];
  await using scene = new Layer4Scene(
    { service: { endpoints, bounds: { connections: 2 } } },
    { connections: 3 },
  );
  const { port } = await scene.tcp();
  await using first = new RawClient(port);
  await using second = new RawClient(port);
  await Promise.all([first.until(/:/), second.until(/:/)]);
  await using third = new RawClient(port);
  await third.toEnd();
  await eventually(() => scene.records.length === 1);
  assert.equal(scene.records[0]?.end, "overloaded");
  first.socket.destroy();
  await eventually(() => scene.records.length === 2);
  await using fourth = new RawClient(port);
  await fourth.until(/:/);
  assert.equal(origin.connections, 3);

  await using narrow = new Layer4Scene({ service: [origin.port] }, { connections: 1 });
  const listener = await narrow.tcp();
  await using only = new RawClient(listener.port);
  await only.until(/:/);
  await using beyond = new RawClient(listener.port);
  await beyond.toEnd();
  assert.ok(narrow.told.includes("refused limit"));
});

test("a removed endpoint keeps its connections until they are closed from outside, and takes no others", async () => {
  await using one = await echo("one");
  await using two = await echo("two");
  await using scene = new Layer4Scene({ service: [one.port] });
  const listener = await scene.tcp();
  await using client = new RawClient(listener.port);
  await client.until(/one:/);
  const [removed] = scene.configure({ service: [two.port] });
  listener.reconfigure(listener.config, scene.edge);
  let idle = false;
  removed?.retire(() => {
    idle = true;
  });
  await using next = new RawClient(listener.port);
  await next.until(/two:/);
  client.send("still here");
  await client.until(/still here/);
  assert.equal(idle, false);
  removed?.closeTunnels();
  await client.toEnd();
  assert.equal(idle, true);
  assert.equal(scene.records[0]?.end, "drained");
});

test("a listener that is closed ends its connections; one that stops lets them end by themselves", async () => {
  await using origin = await echo("one");
  await using scene = new Layer4Scene({ service: [origin.port] });
  const stopped = await scene.tcp();
  await using client = new RawClient(stopped.port);
  await client.until(/one:/);
  const gone = stopped.stopAccepting();
  client.send("last words");
  await client.until(/last words/);
  client.socket.end();
  await gone;
  assert.equal(scene.records[0]?.end, "ended");

  const closed = await scene.tcp();
  await using other = new RawClient(closed.port);
  await other.until(/one:/);
  await closed.close();
  await other.toEnd();
  assert.equal(scene.records[1]?.end, "closed");
  await closed.close();
});

test("a port that is taken is said to be", async () => {
  await using origin = await echo("one");
  await using scene = new Layer4Scene({ service: [origin.port] });
  await assert.rejects(scene.tcp({ to: "service", port: origin.port }), { code: "PORT_IN_USE" });
});

test("a breaker that opens on refused connections spares the upstream", async () => {
  const endpoints = [{ id: "one", host: "127.0.0.1", port: await closedPort() }];
  const breaker = { minimumRequests: 2, failureShare: 0.5 };
  await using scene = new Layer4Scene({ service: { endpoints, breaker } });
  const { port } = await scene.tcp();
  for (let count = 0; count < 3; count++) {
    await using client = new RawClient(port);
    await client.toEnd();
  }
  await eventually(() => scene.records.length === 3);
  assert.deepEqual(
    scene.records.map(({ end }) => end),
    ["unavailable", "unavailable", "overloaded"],
  );
});
