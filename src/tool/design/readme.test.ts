import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

test("the examples of the README do what they say", (t) => {
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  const [design = "", program = ""] = Array.from(
    readme.matchAll(/```ts\n(.*?)```/gs),
    (match) => match[1] ?? "",
  );
  const folder = mkdtempSync(join(tmpdir(), "trestle-readme-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(import.meta.dirname, "../../.."), join(folder, "node_modules", "trestle"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "system.ts"), design);
  writeFileSync(join(folder, "read.ts"), program);
  const read = () =>
    spawnSync(process.execPath, ["read.ts"], { cwd: folder, encoding: "utf8", timeout: 60_000 });

  const good = read();
  assert.equal(good.stderr, "");
  assert.equal(good.stdout, "links → hot → shortener → front\np99 within 200 ms\n");

  writeFileSync(join(folder, "system.ts"), design.replace("64 MiB", "64 MIB"));
  const bad = read();
  assert.match(bad.stderr, /^the design has a problem:\n\nsystem\.ts:4:28 {2}hot\.memory\n/);
  assert.equal(bad.status, 1);
});
