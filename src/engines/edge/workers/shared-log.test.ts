import assert from "node:assert/strict";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ask, configFor, httpOrigin } from "../testing/servers.ts";
import { testFolder } from "../tls/testing/test-authority.ts";
import { EdgeProcess, until } from "./testing/edge-process.ts";
import { eachAlone } from "./testing/turns-of-workers.ts";

/** The paths in the lines of a log, each of which has to be whole. */
async function targetsIn(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.split("\n");
  // What is written is written in whole lines, however often somebody looks meanwhile.
  assert.equal(lines.pop(), "");
  return lines.map((line) => (JSON.parse(line) as { target: string }).target);
}

test("two workers write whole lines to one log, and go on in another file when the first is moved away", async () => {
  await using origin = await httpOrigin((_, response) => response.end("ok"));
  await using folder = await testFolder();
  const to = join(folder.path, "access.jsonl");
  const config = { ...configFor([origin.port], { accessLog: { to } }), workers: 2 };
  await using edge = await EdgeProcess.start(config);
  const asked: string[] = [];
  const askMany = async (count: number, sizeBytes: number) => {
    const paths = Array.from({ length: count }, (_, at) => `/${asked.length + at}-${"x".repeat(sizeBytes)}`);
    asked.push(...paths);
    await Promise.all(paths.map((path) => ask(edge.port, { path })));
  };
  // Lines of two kilobytes, so that what is written at once is long.
  for (let round = 0; round < 5; round++) await askMany(40, 1_900);
  await eachAlone(await edge.workers(), () => askMany(10, 10));
  await until("every line", async () => (await targetsIn(to)).length === asked.length);
  assert.deepEqual((await targetsIn(to)).sort(), asked.sort());

  const old = `${to}.1`;
  await rename(to, old);
  edge.child.kill("SIGHUP");
  await until("the new file", async () => (await readFile(to).catch(() => undefined)) !== undefined);
  const before = (await targetsIn(old)).length;
  await eachAlone(await edge.workers(), () => askMany(5, 10));
  await until("the rest", async () => (await targetsIn(to)).length + before >= asked.length);
  const all = [...(await targetsIn(old)), ...(await targetsIn(to))];
  assert.deepEqual(all.sort(), asked.sort());
  assert.equal((await edge.workers()).length, 2);
  assert.deepEqual(edge.unread("worker"), []);
});
