import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { readShared } from "./shared-read.ts";

/** A server that reads its connections by callback, and what they said. */
async function scene() {
  const said: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (accepted) => {
    const at = sockets.length;
    said.push("");
    sockets.push(
      readShared(accepted, (bytes) => {
        said[at] += bytes.toString("latin1");
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { said, sockets, server, port: (server.address() as AddressInfo).port };
}

test("what comes on an accepted connection is told to the callback, and what is written goes out", async () => {
  const { said, sockets, server, port } = await scene();
  const client = connect(port, "127.0.0.1");
  client.write("hello");
  await once(server, "connection");
  while (said[0] !== "hello") await new Promise(setImmediate);
  sockets[0]?.write("world");
  const [answer] = await once(client, "data");
  assert.equal(String(answer), "world");
  assert.equal(sockets[0]?.remoteAddress, "127.0.0.1");
  client.destroy();
  sockets[0]?.destroy();
  server.close();
  await once(server, "close");
});

test("a paused connection is not read until it is resumed", async () => {
  const { said, sockets, server, port } = await scene();
  const client = connect(port, "127.0.0.1");
  await once(server, "connection");
  sockets[0]?.pause();
  client.write("hello");
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  assert.equal(said.join(), "");
  sockets[0]?.resume();
  while (said[0] !== "hello") await new Promise(setImmediate);
  client.destroy();
  sockets[0]?.destroy();
  server.close();
  await once(server, "close");
});

test("the server counts its connections: the bound holds, and it closes once all are gone", async () => {
  const { sockets, server, port } = await scene();
  server.maxConnections = 1;
  const first = connect(port, "127.0.0.1");
  await once(server, "connection");
  const second = connect(port, "127.0.0.1");
  await once(second, "close");
  assert.equal(sockets.length, 1);
  const closed = once(server, "close");
  server.close();
  first.end();
  await once(sockets[0] as Socket, "end");
  sockets[0]?.end();
  await closed;
});
