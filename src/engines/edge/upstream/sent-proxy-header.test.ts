import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { http2Client, readAnswer } from "../http2/testing/scene.ts";
import { edgeFor, type Origin, rawOrigin } from "../testing/servers.ts";
import { proxyHeaderFor } from "./sent-proxy-header.ts";

/** A server that answers each request with the header of PROXY, version 1, that its connection began with. */
function proxiedOrigin(): Promise<Origin> {
  return rawOrigin((socket) => {
    let line: string | undefined;
    socket.on("data", (chunk) => {
      line ??= chunk.toString("latin1").split("\r\n")[0] ?? "";
      if (/\r\n\r\n$/.test(chunk.toString("latin1")))
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${line.length}\r\n\r\n${line}`);
    });
  });
}

async function asked(socket: Socket): Promise<string> {
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const [chunk] = await once(socket, "data");
  return String(chunk).split("\r\n\r\n")[1] ?? "";
}

test("an endpoint is told the client's address and port, and those that it connected to", async () => {
  await using origin = await proxiedOrigin();
  await using edge = await edgeFor([origin.port], { upstream: { sendProxy: "v1" } });
  for (const localAddress of ["127.0.0.1", "127.0.0.9"]) {
    const socket = connect({ host: "127.0.0.1", port: edge.port, localAddress });
    await once(socket, "connect");
    const wanted = `PROXY TCP4 ${localAddress} 127.0.0.1 ${socket.localPort} ${edge.port}`;
    assert.equal(await asked(socket), wanted);
    // The second request goes over the same connection, which has nothing new to tell.
    assert.equal(await asked(socket), wanted);
    socket.destroy();
  }
  assert.equal(origin.connections, 2);
});

test("an endpoint is told the client of HTTP/2 too, with prior knowledge", async () => {
  await using origin = await proxiedOrigin();
  await using edge = await edgeFor([origin.port], { upstream: { sendProxy: "v1" } });
  await using client = http2Client(edge.port);
  const { body } = await readAnswer(client.request({ ":path": "/" }));
  const { port } = client.socket.address() as AddressInfo;
  assert.equal(body, `PROXY TCP4 127.0.0.1 127.0.0.1 ${port} ${edge.port}`);
});

test("who asks for nobody is told as nobody", () => {
  assert.equal(Buffer.from(proxyHeaderFor("v1", undefined)).toString(), "PROXY UNKNOWN\r\n");
  assert.equal(proxyHeaderFor("v2", undefined)[12], 0x20);
  assert.equal(proxyHeaderFor("v2", { remoteAddress: "127.0.0.1" })[12], 0x20);
});
