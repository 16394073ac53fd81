import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type ClientOptions, type RawData, WebSocket, WebSocketServer } from "ws";
import { httpOrigin } from "../testing/servers.ts";
import { testAuthority, testFolder } from "../tls/testing/test-authority.ts";
import { endpointsAt, type PeerScene, peerScene, sha256 } from "./testing/scene.ts";

const MIB = 1024 * 1024;

/** An echo that tells of what it was, and closes when it is asked to. */
function serve(socket: WebSocket): void {
  socket.on("message", (data, isBinary) => {
    const text = isBinary ? "" : String(data);
    if (text.startsWith("close ")) socket.close(Number(text.slice(6)), "as you wish");
    else if (text === "ping me") socket.ping("are you there");
    else socket.send(data as Buffer, { binary: isBinary });
  });
  socket.on("pong", (data) => socket.send(`pong: ${data}`));
}

/** A server of WebSockets, in plain text. */
async function echoServer() {
  const origin = await httpOrigin((_, response) => response.writeHead(404).end("no page here"));
  const sockets = new WebSocketServer({
    server: origin.server as import("node:http").Server,
    perMessageDeflate: { threshold: 0 },
    maxPayload: 4 * MIB,
    handleProtocols: (offered) => (offered.has("chat.v2") ? "chat.v2" : false),
  });
  sockets.on("connection", serve);
  return origin;
}

/** Connects by each way of a scene. */
async function eachWay(
  scene: PeerScene,
  visit: (open: (options?: ClientOptions, protocols?: string[]) => Promise<WebSocket>) => Promise<void>,
): Promise<void> {
  const ca = await readFile(scene.root);
  for (const url of [scene.plain, scene.secure]) {
    const opened: WebSocket[] = [];
    await visit(async (options = {}, protocols = []) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}/chat`, protocols, { ca, ...options });
      opened.push(socket);
      await once(socket, "open");
      return socket;
    });
    for (const socket of opened) socket.terminate();
  }
}

/** The next message. */
async function heard(socket: WebSocket): Promise<{ readonly data: Buffer; readonly isBinary: boolean }> {
  const [data, isBinary] = (await once(socket, "message")) as [RawData, boolean];
  return { data: data as Buffer, isBinary };
}

test("text and bytes go both ways, up to messages of 2 MB, deflated and not", async () => {
  await using origin = await echoServer();
  await using scene = await peerScene([origin.port]);
  await eachWay(scene, async (open) => {
    for (const perMessageDeflate of [false, true]) {
      const socket = await open({ perMessageDeflate });
      assert.equal(socket.extensions, perMessageDeflate ? "permessage-deflate" : "");
      socket.send("grüße");
      assert.deepEqual(await heard(socket), { data: Buffer.from("grüße"), isBinary: false });
      for (const sizeBytes of [0, 1, 125, 126, 65_535, 65_536, MIB, 2 * MIB]) {
        const bytes = randomBytes(sizeBytes);
        socket.send(bytes);
        const { data, isBinary } = await heard(socket);
        assert.ok(isBinary && sha256(data) === sha256(bytes), `${sizeBytes} bytes`);
      }
      socket.send("a".repeat(MIB));
      assert.equal((await heard(socket)).data.toString(), "a".repeat(MIB));
    }
  });
});

test("a thousand messages that nobody waits for come back in their order", async () => {
  await using origin = await echoServer();
  await using scene = await peerScene([origin.port]);
  await eachWay(scene, async (open) => {
    const socket = await open();
    const wanted = Array.from({ length: 1_000 }, (_, at) => `${at} ${"x".repeat((at * 37) % 500)}`);
    const got: string[] = [];
    const { promise: all, resolve } = Promise.withResolvers<void>();
    socket.on("message", (data) => {
      got.push(String(data));
      if (got.length === wanted.length) resolve();
    });
    for (const message of wanted) socket.send(message);
    await all;
    assert.deepEqual(got, wanted);
  });
});

test("pings are answered in both directions, and each side hears the other's close code and reason", async () => {
  await using origin = await echoServer();
  await using scene = await peerScene([origin.port]);
  await eachWay(scene, async (open) => {
    const socket = await open();
    socket.ping("hello");
    assert.equal(String((await once(socket, "pong"))[0]), "hello");
    socket.send("ping me");
    assert.equal((await heard(socket)).data.toString(), "pong: are you there");
    for (const code of [1000, 1001, 1008, 1011, 4000, 4999]) {
      const one = await open();
      one.send(`close ${code}`);
      const [closed, reason] = await once(one, "close");
      assert.deepEqual([closed, String(reason)], [code, "as you wish"]);
    }
    socket.close(4321, "mine");
    // The server's echo of the code that it heard.
    assert.equal((await once(socket, "close"))[0], 4321);
  });
});

test("a subprotocol is agreed on, and a service that speaks none says so itself", async () => {
  await using origin = await echoServer();
  await using scene = await peerScene([origin.port]);
  await eachWay(scene, async (open) => {
    assert.equal((await open({}, ["chat.v3", "chat.v2"])).protocol, "chat.v2");
    await assert.rejects(open({}, ["chat.v3"]), /no subprotocol/i);
  });
  await using pages = await httpOrigin((_, response) => response.writeHead(404).end("no page here"));
  await using other = await peerScene([pages.port]);
  await eachWay(other, async (open) => {
    await assert.rejects(open(), /Unexpected server response: 404/);
  });
});

test("a client is cut off with 1006 when its server dies, and told 502 or 503 when there is none", async () => {
  await using origin = await echoServer();
  await using scene = await peerScene([origin.port]);
  const ca = await readFile(scene.root);
  for (const url of [scene.plain, scene.secure]) {
    const socket = new WebSocket(url.replace("http", "ws"), { ca });
    await once(socket, "open");
    const closed = once(socket, "close");
    if (url === scene.secure) await origin.kill();
    else socket.terminate();
    assert.equal((await closed)[0], 1006);
  }
  await eachWay(scene, async (open) => {
    await assert.rejects(open(), /Unexpected server response: 50[23]/);
  });
});

test("WebSockets go on over TLS to their server", async () => {
  await using folder = await testFolder();
  const authority = await testAuthority();
  const made = await authority.issue({ names: ["chat.internal"] });
  const server = createTlsServer({ cert: made.certificate, key: made.key });
  new WebSocketServer({ server, maxPayload: 4 * MIB }).on("connection", serve);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const tls = {
    serverName: "chat.internal",
    authorityFile: await folder.write("authority.pem", authority.root),
  };
  await using scene = await peerScene(endpointsAt([(server.address() as AddressInfo).port], { tls }));
  await eachWay(scene, async (open) => {
    const socket = await open();
    const bytes = randomBytes(MIB);
    socket.send(bytes);
    assert.equal(sha256((await heard(socket)).data), sha256(bytes));
    socket.send("close 4001");
    assert.equal((await once(socket, "close"))[0], 4001);
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
