import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { SimulatedClock } from "../../blocks/time/index.ts";
import {
  closedPort,
  configFor,
  edgeFor,
  httpOrigin,
  type Origin,
  RawClient,
  turns,
} from "./testing/servers.ts";

/** A server whose WebSockets say back what they hear, and end with it. */
async function echoOrigin(): Promise<Origin> {
  const origin = await httpOrigin((incoming, response) => response.end(`plain ${incoming.headers.upgrade}`));
  const sockets = new WebSocketServer({ noServer: true });
  origin.server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (incoming.url === "/refused") {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\nConnection: close\r\n\r\nno way");
      return;
    }
    sockets.handleUpgrade(incoming, socket, head, (opened) => {
      opened.on("message", (data, binary) => opened.send(data, { binary }));
    });
  });
  return origin;
}

async function opened(port: number, path = "/"): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await once(socket, "open");
  return socket;
}

test("a WebSocket passes through, in both directions, to its orderly end", async () => {
  await using origin = await echoOrigin();
  await using edge = await edgeFor([origin.port]);
  const socket = await opened(edge.port, "/chat?x");
  for (const message of ["hello", "x".repeat(200_000)]) {
    socket.send(message);
    const [data] = (await once(socket, "message")) as [Buffer];
    assert.equal(data.toString(), message);
  }
  socket.close(4_000, "bye");
  const [code] = (await once(socket, "close")) as [number];
  assert.equal(code, 4_000);
});

test("a great amount passes without loss through a client that reads late", async () => {
  await using origin = await echoOrigin();
  await using edge = await edgeFor([origin.port]);
  const socket = await opened(edge.port);
  const count = 60;
  socket.pause();
  for (let sent = 0; sent < count; sent++) socket.send(Buffer.alloc(256 * 1024, sent));
  const received: number[] = [];
  const all = new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => {
      assert.equal(data.length, 256 * 1024);
      received.push(data[0] ?? -1);
      if (received.length === count) resolve();
    });
  });
  socket.resume();
  await all;
  assert.deepEqual(
    received,
    Array.from({ length: count }, (_, at) => at),
  );
  socket.terminate();
});

test("a service's refusal to upgrade reaches the client as it is", async () => {
  await using origin = await echoOrigin();
  await using edge = await edgeFor([origin.port]);
  const socket = new WebSocket(`ws://127.0.0.1:${edge.port}/refused`);
  socket.on("error", () => {});
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
  assert.equal(response.statusCode, 403);
  socket.terminate();
});

const HEAD = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
const KEY = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

test("an upgrade that leads nowhere, or to nobody, is answered in the envelope", async () => {
  await using edge = await edgeFor([await closedPort()]);
  for (const [path, status] of [
    ["/", 503],
    ["/a/../b", 400],
  ] as const) {
    await using client = new RawClient(edge.port);
    client.send(`${HEAD.replace("/", path)}\r\n`);
    assert.match(await client.toEnd(), new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*"request_id"`));
  }
});

test("an endpoint that refuses connections is passed over for an upgrade too", async () => {
  await using origin = await echoOrigin();
  await using edge = await edgeFor([await closedPort(), origin.port]);
  for (let count = 0; count < 3; count++) (await opened(edge.port)).terminate();
});

test("what a client sends behind its request for an upgrade reaches the service behind the switch", async () => {
  await using origin = await httpOrigin(() => {});
  origin.server.on("upgrade", (_: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly ");
    socket.write(head);
    socket.pipe(socket);
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send(`${HEAD.replace("websocket", "echo")}\r\nahead `);
  const received = await client.until(/early ahead $/);
  assert.match(received, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  assert.match(received, /\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly/);
  client.send("later");
  await client.until(/early ahead later$/);
});

test("an offer of HTTP/2 is not taken up, nor an upgrade with a body: the request is served as it is", async () => {
  await using origin = await echoOrigin();
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send(
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
  );
  await client.until(/200 OK[\s\S]*plain undefined$/);
  client.send(`${HEAD}Content-Length: 5\r\n\r\nhello`);
  await client.until(/plain undefined[\s\S]*plain undefined$/);
});

test("an upgrade behind a request that is not answered yet ends the connection", async () => {
  await using origin = await httpOrigin(() => {});
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send(`GET /slow HTTP/1.1\r\nHost: x\r\n\r\n${HEAD}${KEY}\r\n`);
  assert.equal(await client.toEnd(), "");
});

test("when the service dies, its tunnels end; when the client goes, the service hears of it", async () => {
  await using origin = await echoOrigin();
  await using edge = await edgeFor([origin.port]);
  const left = new Promise((resolve) => {
    origin.server.once("connection", (socket: Duplex) => socket.once("close", resolve));
  });
  (await opened(edge.port)).terminate();
  await left;
  const socket = await opened(edge.port);
  socket.on("error", () => {});
  await origin.kill();
  await once(socket, "close");
});

test("a removed endpoint keeps its tunnels until the drain timeout, and then they are closed", async () => {
  await using origin = await echoOrigin();
  await using other = await echoOrigin();
  const clock = new SimulatedClock();
  await using edge = await edgeFor([origin.port], {}, { clock });
  const socket = await opened(edge.port);
  socket.on("error", () => {});
  const updating = edge.update(configFor([other.port], { limits: { drainTimeoutMs: 5_000 } }));
  await clock.advance(4_999);
  socket.send("still here");
  assert.equal(String(((await once(socket, "message")) as [Buffer])[0]), "still here");
  const closed = once(socket, "close");
  await clock.advance(1);
  assert.deepEqual(await updating, { drained: false });
  await closed;
});

test("closing the edge does not wait for tunnels", async () => {
  await using origin = await echoOrigin();
  const edge = await edgeFor([origin.port], {}, { clock: new SimulatedClock() });
  const socket = await opened(edge.port);
  socket.on("error", () => {});
  const closed = once(socket, "close");
  await edge.close();
  await closed;
});

test("a long answer to a request for an upgrade reaches a client that reads late", async () => {
  const size = 8_000_000;
  await using origin = await httpOrigin(() => {});
  origin.server.on("upgrade", (_: IncomingMessage, socket: Duplex) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
    socket.end(Buffer.alloc(size, "x"));
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.socket.pause();
  client.send(`${HEAD}\r\n`);
  await turns(50);
  client.socket.resume();
  const received = await client.toEnd();
  assert.equal(received.length - received.indexOf("\r\n\r\n") - 4, size);
});

test("a client that takes nothing of what waits for it is not kept for ever, be the service gone or not", async () => {
  const clock = new SimulatedClock();
  let service: Socket | undefined;
  await using origin = await httpOrigin(() => {});
  origin.server.on("upgrade", (_: IncomingMessage, socket: Duplex) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
    socket.write(Buffer.alloc(40_000_000, "x"));
    service = socket as Socket;
  });
  await using edge = await edgeFor([origin.port], {}, { clock });
  for (const isGone of [false, true]) {
    await using client = new RawClient(edge.port);
    client.socket.pause();
    client.send(`${HEAD.replace("websocket", "echo")}\r\n`);
    const tunnels = () => edge.reading().upstreams[0]?.endpoints[0]?.tunnels;
    // Until nobody on the way takes any more.
    for (let sent = -1; tunnels() !== 1 || sent !== service?.bytesWritten; await turns(50))
      sent = service?.bytesWritten ?? -1;
    if (isGone) await origin.kill();
    await turns(20);
    await clock.advance(59_000);
    assert.equal(tunnels(), 1);
    await clock.advance(5_000);
    await turns(5);
    assert.equal(tunnels(), 0);
  }
});
