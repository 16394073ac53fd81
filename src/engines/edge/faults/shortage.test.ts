import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { httpOrigin } from "../testing/servers.ts";

const script = fileURLToPath(new URL("./testing/short-of-descriptors.ts", import.meta.url));

test("an edge out of descriptors blames no endpoint for it, tells its numbers, and serves again when there are some", async () => {
  await using origin = await httpOrigin((_, response) => response.end("served"));
  const { stdout } = await promisify(execFile)("sh", [
    "-c",
    'ulimit -n 128 && exec "$0" "$@"',
    process.execPath,
    script,
    String(origin.port),
  ]);
  assert.deepEqual(JSON.parse(stdout), {
    before: "served",
    after: "served",
    said: [],
    state: "up",
    isCounted: true,
  });
});
