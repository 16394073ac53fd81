import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { testAuthority, testFolder } from "./testing/test-authority.ts";
import { type TestServerSettings, tlsServer, visit } from "./testing/tls-server.ts";

async function setting(settings: TestServerSettings = {}) {
  const authority = await testAuthority();
  const folder = await testFolder();
  const certificates = [await folder.writeCertificate("a", await authority.issue({ names: ["a.example"] }))];
  const server = await tlsServer({ certificates }, settings);
  return {
    server,
    options: { ca: authority.root, servername: "a.example" },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A connection of plain TCP, which collects what it is told. */
async function plain(port: number): Promise<{ socket: Socket; closed: Promise<Buffer> }> {
  const socket = connect({ port, host: "127.0.0.1" });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk)).on("error", () => {});
  const closed = new Promise<Buffer>((resolve) => socket.once("close", () => resolve(Buffer.concat(chunks))));
  await once(socket, "connect");
  return { socket, closed };
}

test("plain HTTP on a port of TLS is ended, and said to be that", async () => {
  await using set = await setting();
  const { socket, closed } = await plain(set.server.port);
  socket.write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n");
  assert.deepEqual(await set.server.refused(), {
    kind: "protocol",
    reason: "speaks plain HTTP (ERR_SSL_HTTP_REQUEST)",
  });
  await closed;
  assert.equal(set.server.tls.handshakes, 0);
});

test("bytes that are no TLS are ended, whatever they are", async () => {
  await using set = await setting();
  const rubbish = [
    Buffer.from("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
    Buffer.alloc(64),
    Buffer.alloc(20_000, 0xff),
    Buffer.from([0x16, 0x03, 0x01, 0xff, 0xff, ...Buffer.alloc(70_000, 1)]),
  ];
  for (const bytes of rubbish) {
    const { socket, closed } = await plain(set.server.port);
    socket.write(bytes);
    assert.equal((await set.server.refused()).kind, "protocol");
    await closed;
  }
  await visit(set.server.port, set.options);
});

test("a hello that never ends is refused before it fills the memory", async () => {
  await using set = await setting();
  const { socket, closed } = await plain(set.server.port);
  // A handshake message that claims 16 MiB, in records of 16 KiB.
  const part = Buffer.alloc(16_384, 7);
  const record = (body: Buffer) =>
    Buffer.concat([Buffer.from([0x16, 0x03, 0x01, body.length >> 8, body.length & 0xff]), body]);
  part.set([0x01, 0xff, 0xff, 0xff, 0x03, 0x03]);
  for (let at = 0; at < 20; at++) socket.write(record(part));
  assert.equal((await set.server.refused()).kind, "protocol");
  await closed;
  assert.equal(socket.bytesWritten <= 20 * 16_389, true);
});

test("a client that leaves in the middle of its hello is forgotten", async () => {
  const clock = new SimulatedClock(Date.now());
  await using set = await setting({ clock });
  const { socket, closed } = await plain(set.server.port);
  socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
  while (set.server.tls.handshakes === 0) await new Promise(setImmediate);
  socket.resetAndDestroy();
  assert.equal((await set.server.refused()).kind, "left");
  await closed;
  assert.equal(set.server.tls.handshakes, 0);
  assert.equal(clock.pendingTimers, 0);
});

test("a hundred connections that say nothing, or drop after drop, are cut at the time limit", async () => {
  const clock = new SimulatedClock(Date.now());
  await using set = await setting({ clock, handshakeTimeoutMs: 5_000 });
  const { server } = set;
  const clients = await Promise.all(Array.from({ length: 100 }, () => plain(server.port)));
  while (server.tls.handshakes < 100) await new Promise(setImmediate);
  for (let second = 0; second < 4; second++) {
    for (const { socket } of clients.slice(0, 50)) socket.write(Buffer.from([[0x16, 3, 1, 2][second] ?? 0]));
    await clock.advance(1_000);
  }
  assert.equal(server.refusals.length, 0);
  await visit(server.port, set.options);
  await clock.advance(1_000);
  await Promise.all(clients.map(({ closed }) => closed));
  assert.equal(server.refusals.length, 100);
  assert.deepEqual(server.refusals[0], { kind: "timeout", reason: "took longer than 5000 ms" });
  assert.equal(server.tls.handshakes, 0);
});

test("a handshake that is done is no longer under the time limit", async () => {
  const clock = new SimulatedClock(Date.now());
  await using set = await setting({ clock, handshakeTimeoutMs: 5_000 });
  const { socket } = await visit(set.server.port, { ...set.options, stay: true });
  await clock.advance(60_000);
  socket.write("still here");
  const [echo] = await once(socket, "data");
  assert.equal(String(echo), "still here");
  socket.destroy();
});

test("a server name of odd characters is an unknown one", async () => {
  await using set = await setting();
  for (const servername of ["*.example", "__proto__", "a".repeat(255), "x.a.example", "a.example\r\nx"]) {
    const socket = connectTls({
      port: set.server.port,
      host: "127.0.0.1",
      servername,
      rejectUnauthorized: false,
    });
    const [greeting] = await once(socket, "data");
    assert.equal(String(greeting), "hello", servername);
    socket.destroy();
  }
});
