import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { codeOf } from "../../blocks/errors/index.ts";
import { type RunningCache, startCache } from "./index.ts";

const run = promisify(execFile);
const MEMORY_BYTES = 64 * 1024 * 1024;

/** What a program prints on its standard output. */
async function printed(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args, { timeout: 30_000 })).stdout;
  } catch (thrown) {
    assert.notEqual(codeOf(thrown), "ENOENT", `${program} is not installed: apt-get install redis-tools`);
    throw thrown;
  }
}

async function withCache(use: (cache: RunningCache) => Promise<void>): Promise<void> {
  const cache = await startCache({ port: 0, memoryBytes: MEMORY_BYTES, password: "secret" });
  try {
    await use(cache);
  } finally {
    await cache.close();
  }
}

test("redis-cli reads and writes over both protocols, and pipes", async () => {
  await withCache(async (cache) => {
    const cli = (...args: string[]) =>
      printed("redis-cli", ["-p", String(cache.port), "-a", "secret", "--no-auth-warning", ...args]);
    assert.equal(await cli("SET", "k", "hello world", "EX", "100"), "OK\n");
    assert.equal(await cli("GET", "k"), "hello world\n");
    assert.equal(await cli("-3", "HELLO", "3").then((text) => text.includes("proto 3")), true);
    assert.equal(await cli("-r", "5", "INCR", "n"), "1\n2\n3\n4\n5\n");
    assert.equal(await cli("--scan", "--pattern", "*"), "n\nk\n");
    assert.match(await cli("INFO"), /# Keyspace\r\ndb0:keys=2,expires=1/);
    assert.equal(await cli("NOSUCH"), "ERR unknown command 'NOSUCH', with args beginning with: \n\n");
    const pipe = spawn("redis-cli", [
      "-p",
      String(cache.port),
      "-a",
      "secret",
      "--no-auth-warning",
      "--pipe",
    ]);
    let said = "";
    pipe.stdout.on("data", (chunk) => {
      said += chunk;
    });
    pipe.stdin.end(Array.from({ length: 2000 }, (_, at) => `SET piped:${at} ${at}\r\n`).join(""));
    await new Promise((resolve) => pipe.once("close", resolve));
    assert.match(said, /errors: 0, replies: 2000/);
    assert.equal(await cli("GET", "piped:1999"), "1999\n");
  });
});

test("redis-benchmark runs to its end, one by one and pipelined", async () => {
  await withCache(async (cache) => {
    for (const pipeline of ["1", "16"]) {
      const report = await printed("redis-benchmark", [
        ...["-p", String(cache.port), "-a", "secret", "-n", "2000", "-c", "10", "-P", pipeline],
        ...["-t", "ping,set,get,incr,mset", "--csv"],
      ]);
      const rows = report
        .trim()
        .split("\n")
        .filter((line) => /^"[A-Z]/.test(line));
      assert.equal(rows.length, 6, report);
      assert.doesNotMatch(report, /error/i);
    }
  });
});
