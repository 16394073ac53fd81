import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RawClient } from "./raw-client.ts";

/** A running redis-server of this machine, for tests that compare with it. */
export interface RedisServer {
  readonly port: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts Redis as this cache is: one database, LRU, nothing on disk. Undefined when it is not installed. */
export async function startRedisServer(memoryBytes: number): Promise<RedisServer | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "trestle-redis-"));
  const port = await freePort();
  const settings = {
    port,
    bind: "127.0.0.1",
    save: "",
    appendonly: "no",
    databases: 1,
    dir: folder,
    maxmemory: memoryBytes,
    "maxmemory-policy": "allkeys-lru",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  const ready = new Promise<boolean>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      if (chunk.includes("Ready to accept connections")) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  const dispose = async () => {
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  if (await ready) return { port, [Symbol.asyncDispose]: dispose };
  await dispose();
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port was given");
  return address.port;
}

/** The version that a server tells, such as `7.0.15`. */
export async function versionOf(port: number): Promise<string> {
  using client = await RawClient.connect(port);
  return /redis_version:(\S+)/.exec(await client.ask("INFO", "server"))?.[1] ?? "unknown";
}
