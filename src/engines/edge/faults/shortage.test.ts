import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(new URL("testing/short-of-descriptors.ts", import.meta.url));

test("an edge out of descriptors blames no endpoint for it, tells its numbers, and serves again when there are some", async () => {
  const { stdout } = await promisify(execFile)("sh", [
    "-c",
    'ulimit -n 128 && exec "$0" "$1"',
    process.execPath,
    script,
  ]);
  assert.deepEqual(JSON.parse(stdout), {
    before: "served",
    after: "served",
    said: [],
    state: "up",
    isCounted: true,
  });
});
