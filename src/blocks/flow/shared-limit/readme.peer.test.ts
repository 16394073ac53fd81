import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { RedisServer } from "./testing/redis-server.ts";

test("the example in the README runs and prints what it says", async (t) => {
  await using server = await RedisServer.start();
  const readme = await readFile(join(import.meta.dirname, "README.md"), "utf8");
  const example = /```ts server\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const file = join(import.meta.dirname, `.readme-example-${process.pid}.ts`);
  await writeFile(file, example);
  t.after(() => rm(file, { force: true }));
  const env = { ...process.env, HOT_URL: server.url };
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env, timeout: 30_000 });
  assert.equal(stdout, "true 1\ntrue 0\nfalse 0\n");
});
