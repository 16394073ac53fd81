import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startEdge } from "../edge.ts";
import { type TestFolder, testFolder } from "../tls/testing/test-authority.ts";
import { freePort, output, type PeerServer, startServer } from "./testing/program.ts";
import { endpointsAt, sha256, someBytes } from "./testing/scene.ts";

/** A redis-server that keeps nothing. */
async function redisServer(folder: TestFolder): Promise<PeerServer & { readonly port: number }> {
  const port = await freePort();
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder.path];
  return { port, ...(await startServer("redis-server", settings, [port])) };
}

test("redis-cli works with redis-server through a TCP listener, in plain text and over the edge's TLS", async () => {
  await using folder = await testFolder();
  await using redis = await redisServer(folder);
  const authority = join(folder.path, "authority");
  const listener = { kind: "tcp", host: "127.0.0.1", port: 0, to: "redis" } as const;
  await using edge = await startEdge({
    listeners: [listener, { ...listener, tls: { local: { folder: authority } } }],
    upstreams: { redis: endpointsAt([redis.port], { health: { kind: "tcp" } }) },
  });
  const [plain, secure] = edge.ports;
  const secured = ["--tls", "--cacert", join(authority, "root.pem"), "--sni", "localhost"];
  for (const [name, args] of [
    ["plain", ["-p", String(plain)]],
    ["secure", ["-p", String(secure), ...secured]],
  ] as const) {
    const cli = (input: string | Buffer, ...words: string[]) =>
      output("redis-cli", ["-h", "localhost", ...args, ...words], input);
    assert.equal(await cli("", "SET", "greeting", name), "OK\n");
    assert.equal(await cli("", "GET", "greeting"), `${name}\n`);
    // A value of 5 MB, there and back.
    const bytes = someBytes(5_000_000);
    assert.equal(await cli(bytes, "-x", "SET", "bytes"), "OK\n");
    assert.equal(sha256((await cli("", "--raw", "GET", "bytes")).slice(0, -1)), sha256(bytes));
    // Twenty thousand commands that nobody waits for.
    const commands = Array.from({ length: 20_000 }, (_, at) => `SET ${name}:${at} ${at}\r\n`).join("");
    assert.match(await cli(commands, "--pipe"), /errors: 0, replies: 20000/);
    assert.equal(await cli("", "GET", `${name}:19999`), "19999\n");
    // A connection that waits, and is woken by another one.
    const waited = cli("", "BLPOP", "queue", "10");
    await cli("", "RPUSH", "queue", "work");
    assert.equal(await waited, "queue\nwork\n");
    // Many at once.
    const bench = ["-h", "localhost", ...args, "-n", "2000", "-c", "20", "-t", "get", "-q"];
    assert.match(await output("redis-benchmark", bench), /GET: [\d.]+ requests per second/);
  }
});
