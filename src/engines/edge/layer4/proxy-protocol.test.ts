import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { UpstreamConfig } from "../config/index.ts";
import { RawClient, rawOrigin, turns } from "../testing/servers.ts";
import { testAuthority } from "../tls/testing/test-authority.ts";
import type { ProxyHeader } from "./proxy-header.ts";
import { readProxyHeader } from "./proxy-header-reader.ts";
import { proxyHeaderV1, proxyHeaderV2 } from "./proxy-header-writer.ts";
import { Layer4Scene, PERIOD_MS } from "./testing/layer4-scene.ts";

const ADDRESSES = {
  family: "ip",
  transport: "stream",
  source: { address: "203.0.113.7", port: 4_711 },
  destination: { address: "198.51.100.1", port: 443 },
} as const;

/** A server that demands a header, says what it told, and then says everything back. */
function demandingOrigin(scene: () => Layer4Scene) {
  return rawOrigin((socket) => {
    void readProxyHeader(socket.pause(), { watch: scene().watch }).then((outcome) => {
      if (outcome.kind !== "header") socket.destroy();
      else {
        socket.write(`${told(outcome.header)}|`);
        socket.pipe(socket);
      }
    });
  });
}

function told({ version, addresses }: ProxyHeader): string {
  if (addresses?.family !== "ip") return `v${version}`;
  const { source, destination } = addresses;
  return `v${version} ${source.address} ${source.port} ${destination.address} ${destination.port}`;
}

function upstreamAt(port: number, sendProxy: "v1" | "v2"): UpstreamConfig {
  return { endpoints: [{ id: "one", host: "127.0.0.1", port }], sendProxy };
}

test("an endpoint is told who the client is, in both versions, ahead of the first byte", async () => {
  for (const version of ["v1", "v2"] as const) {
    let scene: Layer4Scene | undefined;
    await using origin = await demandingOrigin(() => scene ?? assert.fail());
    await using made = new Layer4Scene({ service: upstreamAt(origin.port, version) });
    scene = made;
    const { port } = await made.tcp();
    await using client = new RawClient(port);
    client.send("hello");
    const received = await client.until(/hello$/);
    assert.equal(received, `${version} 127.0.0.1 ${client.socket.localPort} 127.0.0.1 ${port}|hello`);
  }
});

test("a client that a trusted proxy tells of is passed on as it was told, whichever way it was cut", async () => {
  let scene: Layer4Scene | undefined;
  await using origin = await demandingOrigin(() => scene ?? assert.fail());
  await using made = new Layer4Scene({ service: upstreamAt(origin.port, "v2") });
  scene = made;
  const { port } = await made.tcp({ to: "service", acceptProxy: true });
  for (const header of [proxyHeaderV1(ADDRESSES), proxyHeaderV2(ADDRESSES, [], { checksum: true })]) {
    for (const cut of [0, 1, 20, header.length]) {
      await using client = new RawClient(port);
      client.send(Buffer.from(header.subarray(0, cut)));
      await turns(10);
      client.send(Buffer.concat([header.subarray(cut), Buffer.from("hello")]));
      assert.equal(await client.until(/hello$/), "v2 203.0.113.7 4711 198.51.100.1 443|hello");
    }
  }
  await using local = new RawClient(port);
  local.send("PROXY UNKNOWN\r\nhello");
  assert.match(await local.until(/hello$/), /^v2 127\.0\.0\.1 /);
  local.socket.destroy();
  while (made.records.length < 9) await turns(1);
  assert.equal(made.records[0]?.clientAddress, "203.0.113.7");
});

test("where a header is demanded nobody comes through without one, or with one too late", async () => {
  await using origin = await rawOrigin((socket) => socket.end("never"));
  await using scene = new Layer4Scene({ service: [origin.port] });
  const { port } = await scene.tcp({ to: "service", acceptProxy: true });
  for (const text of ["GET / HTTP/1.1\r\n\r\n", "PROXY TCP4 1.2.3.4\r\n", "\x16\x03\x01"]) {
    await using client = new RawClient(port);
    client.send(text);
    assert.equal(await client.toEnd(), "");
  }
  await using slow = new RawClient(port);
  slow.send("PROXY TCP4 ");
  await turns(20);
  await scene.clock.advance(2_900);
  assert.equal(scene.records.length, 3);
  await scene.clock.advance(100 + 2 * PERIOD_MS);
  assert.equal(await slow.toEnd(), "");
  await using leaving = new RawClient(port);
  leaving.send("PROXY");
  leaving.socket.end();
  await leaving.toEnd();
  while (scene.records.length < 5) await turns(1);
  assert.deepEqual(
    scene.records.map(({ end }) => end),
    ["proxy", "proxy", "proxy", "proxy", "left"],
  );
  assert.equal(origin.connections, 0);
});

test("where none is demanded a header is the client's own first bytes", async () => {
  await using origin = await rawOrigin((socket) => socket.pipe(socket));
  await using scene = new Layer4Scene({ service: [origin.port] });
  const { port } = await scene.tcp();
  await using client = new RawClient(port);
  client.send("PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\n");
  await client.until(/^PROXY TCP4 1\.2\.3\.4 1\.2\.3\.4 1 1\r\n$/);
  client.socket.destroy();
  while (scene.records.length === 0) await turns(1);
  assert.equal(scene.records[0]?.clientAddress, "127.0.0.1");
});

test("a header stands in front of TLS, though both come in one segment", async () => {
  const authority = await testAuthority();
  const issued = await authority.issue({ names: ["localhost"] });
  const server = createTlsServer({ cert: issued.certificate, key: issued.key });
  server.on("secureConnection", (socket) => {
    socket.on("error", () => {});
    socket.end("inside");
  });
  await using scene = new Layer4Scene({ service: [] });
  let header: ProxyHeader | undefined;
  await using front = await rawOrigin(() => {});
  front.server.removeAllListeners("connection");
  Object.assign(front.server, { pauseOnConnect: true });
  front.server.on("connection", (socket: Socket) => {
    void readProxyHeader(socket, scene).then((outcome) => {
      if (outcome.kind !== "header") socket.destroy();
      else {
        header = outcome.header;
        server.emit("connection", socket);
      }
    });
  });
  const raw = connect({ host: "127.0.0.1", port: front.port });
  raw.cork();
  raw.write(proxyHeaderV2(ADDRESSES));
  const client: TLSSocket = connectTls({ socket: raw, servername: "localhost", ca: authority.root });
  setImmediate(() => raw.uncork());
  let received = "";
  for await (const chunk of client) received += String(chunk);
  assert.equal(received, "inside");
  assert.equal(header && told(header), "v2 203.0.113.7 4711 198.51.100.1 443");
});
