import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";

const FOLDER = join(import.meta.dirname, "testdata", "wrong-use");

test("a wrong option, unit or reference does not compile, and every right use does", () => {
  const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
  const compiler = spawnSync(
    process.execPath,
    [join(dirname(manifest), bin.tsc), "--noEmit", "--pretty", "false", "-p", FOLDER],
    { encoding: "utf8", cwd: FOLDER, timeout: 120_000 },
  );
  assert.equal(compiler.stderr, "");
  const found = compiler.stdout
    .split("\n")
    .flatMap((line) => /^(.+)\((\d+),\d+\): error (TS\d+)/.exec(line)?.slice(1, 4).join(" ") ?? []);
  const expected = readFileSync(join(FOLDER, "wrong-use.ts"), "utf8")
    .split("\n")
    .flatMap((line, index) => {
      const code = /^\/\/ error (TS\d+)$/.exec(line)?.[1];
      return code === undefined ? [] : [`wrong-use.ts ${index + 2} ${code}`];
    });
  assert.ok(expected.length > 25);
  assert.deepEqual(found, expected, compiler.stdout);
});
