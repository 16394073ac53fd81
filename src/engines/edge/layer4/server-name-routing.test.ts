import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { test } from "node:test";
import { connect, createSecureContext, createServer, type TLSSocket, TLSSocket as TlsSocket } from "node:tls";
import { RawClient, rawOrigin, turns } from "../testing/servers.ts";
import { type TestAuthority, testAuthority } from "../tls/testing/test-authority.ts";
import type { TlsEnd } from "./edge-listener.ts";
import { Layer4Scene, PERIOD_MS } from "./testing/layer4-scene.ts";

/** A server of TLS that says its name, and then everything back. */
async function tlsOrigin(authority: TestAuthority, names: readonly string[]) {
  const issued = await authority.issue({ names });
  const server = createServer({ cert: issued.certificate, key: issued.key });
  const sockets = new Set<TLSSocket>();
  server.on("secureConnection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.write(`${names[0]}:`);
    socket.pipe(socket);
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** What a client that checks certificates hears from the server that it asks for; or the code of why it hears nothing. */
async function heard(port: number, servername: string, ca: string, more: object = {}): Promise<string> {
  const client = connect({ host: "127.0.0.1", port, servername, ca, ...more });
  let received = "";
  client.on("data", (chunk: Buffer) => {
    received += chunk.toString();
    if (received.endsWith("hello")) client.end();
  });
  client.write("hello");
  return await new Promise((resolve) => {
    client.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    client.on("close", () => resolve(received));
  });
}

test("a client of TLS comes to the server that it asks for, whose certificate it checks itself", async () => {
  const authority = await testAuthority();
  await using shop = await tlsOrigin(authority, ["shop.example.com"]);
  await using rest = await tlsOrigin(authority, ["*.example.com"]);
  await using scene = new Layer4Scene({ shop: [shop.port], rest: [rest.port] });
  const { port } = await scene.tcp({
    servers: [
      { names: ["*.example.com"], to: "rest" },
      { names: ["shop.example.com"], to: "shop" },
    ],
  });
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    const versions = { minVersion: version, maxVersion: version };
    assert.equal(await heard(port, "shop.example.com", authority.root, versions), "shop.example.com:hello");
    assert.equal(await heard(port, "Blog.example.com", authority.root, versions), "*.example.com:hello");
  }
  // The certificate of the pattern is not one for this name, and no upstream takes it.
  assert.equal(await heard(port, "a.b.example.com", authority.root), "ECONNRESET");
  while (scene.records.length < 5) await turns(1);
  assert.deepEqual(
    scene.records.map(({ serverName, upstream, end }) => [serverName, upstream, end]),
    [
      ["shop.example.com", "shop", "ended"],
      ["blog.example.com", "rest", "ended"],
      ["shop.example.com", "shop", "ended"],
      ["blog.example.com", "rest", "ended"],
      ["a.b.example.com", undefined, "unroutable"],
    ],
  );
});

test("who names no server, or does not speak TLS, goes where the rest goes; with no such place it is closed", async () => {
  const authority = await testAuthority();
  await using shop = await tlsOrigin(authority, ["shop.example.com"]);
  await using plain = await rawOrigin((socket) => socket.pipe(socket));
  await using scene = new Layer4Scene({ shop: [shop.port], plain: [plain.port] });
  const servers = [{ names: ["shop.example.com"], to: "shop" }];
  const open = await scene.tcp({ servers, to: "plain" });
  await using client = new RawClient(open.port);
  client.send("SSH-2.0-x\r\n");
  await client.until(/^SSH-2\.0-x\r\n$/);
  assert.equal(await heard(open.port, "shop.example.com", authority.root), "shop.example.com:hello");

  const closed = await scene.tcp({ servers });
  await using refused = new RawClient(closed.port);
  refused.send("SSH-2.0-x\r\n");
  assert.equal(await refused.toEnd(), "");
});

test("what begins as TLS and breaks its grammar, or never ends, is closed", async () => {
  await using scene = new Layer4Scene({ plain: [] });
  const servers = [{ names: ["shop.example.com"], to: "plain" }];
  const { port } = await scene.tcp({ servers, to: "plain" });
  await using broken = new RawClient(port);
  broken.send(Buffer.from("160301000001", "hex"));
  assert.equal(await broken.toEnd(), "");
  await using slow = new RawClient(port);
  slow.send(Buffer.from("1603010100", "hex"));
  await turns(20);
  await scene.clock.advance(10_000 + 2 * PERIOD_MS);
  assert.equal(await slow.toEnd(), "");
  assert.deepEqual(
    scene.records.map(({ end }) => end),
    ["tls", "tls"],
  );
});

test("a listener with TLS of its own passes on what is inside, both ways and in great amounts", async () => {
  const authority = await testAuthority();
  const issued = await authority.issue({ names: ["shop.example.com"] });
  const secureContext = createSecureContext({ cert: issued.certificate, key: issued.key });
  const tls: TlsEnd = {
    accept(socket: Socket, user) {
      const inside = new TlsSocket(socket, { isServer: true, secureContext });
      inside.once("secure", () => user.onSecure(inside));
      inside.once("error", () => user.onRefused({ kind: "protocol", reason: "does not speak TLS" }));
    },
  };
  await using origin = await rawOrigin((socket) => socket.pipe(socket));
  await using scene = new Layer4Scene({ service: [origin.port] }, {}, tls);
  const authorityFolder = { folder: "unused" };
  const { port } = await scene.tcp({ to: "service", tls: { local: authorityFolder } });
  const client = connect({ host: "127.0.0.1", port, servername: "shop.example.com", ca: authority.root });
  const sent = Buffer.alloc(4 * 1_024 * 1_024, "0123456789abcdef");
  client.write(sent);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of client) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length === sent.length) break;
  }
  assert.ok(Buffer.concat(chunks).equals(sent));
  await using plain = new RawClient(port);
  plain.send("GET / HTTP/1.1\r\n\r\n");
  await plain.toEnd();
  while (scene.records.length < 2) await turns(1);
  assert.deepEqual(scene.records.map(({ end }) => end).sort()[1], "tls");
});
