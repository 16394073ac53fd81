import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { connect } from "node:tls";
import type { HttpListenerConfig } from "../config/index.ts";
import { startEdge } from "../edge.ts";
import { testFolder } from "./testing/test-authority.ts";

test("an HTTP listener agrees by ALPN on HTTP/2, HTTP/1.1 and HTTP/1.0, in this order", async () => {
  await using folder = await testFolder();
  const routes: HttpListenerConfig["routes"] = [{ path: "/*", answer: { status: 200, body: "here" } }];
  const both = {
    host: "127.0.0.1",
    port: 0,
    routes,
    tls: { local: { folder: folder.path, names: ["localhost"] } },
  };
  await using edge = await startEdge({ listeners: [both, { ...both, http2: false }], upstreams: {} });
  const ca = await readFile(join(folder.path, "root.pem"), "utf8");
  const agreed = async (port: number | undefined, ALPNProtocols: string[]) => {
    const socket = connect({
      port: port ?? 0,
      host: "127.0.0.1",
      servername: "localhost",
      ca,
      ALPNProtocols,
    });
    socket.write("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
    const said = await text(socket);
    return [socket.alpnProtocol, said.endsWith("\r\n\r\nhere")];
  };
  const [first, second] = edge.ports;
  assert.deepEqual(await agreed(first, ["http/1.0"]), ["http/1.0", true]);
  assert.deepEqual(await agreed(first, ["http/1.0", "http/1.1"]), ["http/1.1", true]);
  assert.deepEqual((await agreed(first, ["http/1.0", "h2"]))[0], "h2");
  assert.deepEqual(await agreed(second, ["h2", "http/1.0"]), ["http/1.0", true]);
  await assert.rejects(agreed(second, ["h2"]), /no application protocol/);
});
