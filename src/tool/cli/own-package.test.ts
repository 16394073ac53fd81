import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { trestlePackage, trestleSpecifier } from "./own-package.ts";

/** A project that has Trestle 1.2.3 installed, and names it as `said`. */
function installed(said: string | undefined): { project: string; root: string; [Symbol.dispose](): void } {
  const project = mkdtempSync(join(tmpdir(), "trestle-own-"));
  const root = join(project, "node_modules", "trestle");
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, "package.json"), JSON.stringify({ version: "1.2.3" }));
  if (said !== undefined) {
    writeFileSync(join(project, "package.json"), JSON.stringify({ devDependencies: { trestle: said } }));
  }
  return { project, root, [Symbol.dispose]: () => rmSync(project, { recursive: true }) };
}

test("a new system depends on Trestle as the project does that it is made in", () => {
  using one = installed("~1.2.0");
  assert.equal(trestleSpecifier(join(one.project, "demo"), one.root), "~1.2.0");
});

test("a tarball that the project was given is found from the new folder too", () => {
  using one = installed("file:trestle-1.2.3.tgz");
  assert.equal(trestleSpecifier(join(one.project, "demo"), one.root), "file:../trestle-1.2.3.tgz");
});

test("installed by nobody in particular, it depends on this version or a compatible one", () => {
  using one = installed(undefined);
  assert.equal(trestleSpecifier(join(one.project, "demo"), one.root), "^1.2.3");
});

test("in a checkout it depends on the checkout", () => {
  assert.equal(trestleSpecifier("/work/demo", "/work/trestle"), "file:../trestle");
});

test("its own package is found", () => {
  assert.match(trestlePackage().version ?? "", /^\d+\.\d+\.\d+/);
});
