import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadDesign } from "../design/load/load.ts";
import { estimate } from "../plan/estimate/index.ts";
import { init } from "./init.ts";
import { MemoryTerminal } from "./testing/memory-terminal.ts";

function emptyFolder() {
  const folder = mkdtempSync(join(tmpdir(), "trestle-init-"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

test("init writes a whole system under the name of its folder, and says what to do next", () => {
  using place = emptyFolder();
  const terminal = new MemoryTerminal({ folder: place.folder });
  init({ folder: "My Shop", json: true }, terminal);
  const said = JSON.parse(terminal.out.text);
  assert.equal(said.system, "my-shop");
  assert.deepEqual(said.files, [
    ".gitignore",
    "README.md",
    "migrations/0001-entries.sql",
    "package.json",
    "service.ts",
    "system.ts",
    "tsconfig.json",
  ]);
  const written = (name: string) => readFileSync(join(place.folder, "My Shop", name), "utf8");
  assert.match(written("system.ts"), /export default system\("my-shop", /);
  assert.match(written("README.md"), /^# my-shop\n/);
  assert.match(written(".gitignore"), /^\.trestle\/$/m);
  const manifest = JSON.parse(written("package.json"));
  assert.equal(manifest.name, "my-shop");
  assert.match(manifest.dependencies.pg, /^\^8/);
  assert.match(manifest.dependencies.trestle, /^file:|^\^/);
});

test("where the service would not find its database client, npm install comes first", () => {
  using place = emptyFolder();
  const terminal = new MemoryTerminal({ folder: place.folder });
  init({ folder: "demo", json: true }, terminal);
  assert.deepEqual(JSON.parse(terminal.out.text).next, ["cd demo", "npm install", "npx trestle up"]);
});

test("where everything is installed, one command is left", () => {
  using place = emptyFolder();
  mkdirSync(join(place.folder, "node_modules", "pg"), { recursive: true });
  writeFileSync(join(place.folder, "node_modules", "pg", "index.js"), "");
  for (const [environment, next] of [
    [{ npm_command: "exec" }, "npx trestle up one"],
    [{}, "trestle up two"],
  ] as const) {
    const terminal = new MemoryTerminal({ folder: place.folder, environment });
    init({ folder: next.split(" ").at(-1) ?? "", json: true }, terminal);
    assert.deepEqual(JSON.parse(terminal.out.text).next, [next]);
  }
});

test("what is written holds by plan what it requires", async () => {
  const { model } = await loadDesign(join(import.meta.dirname, "template", "system.ts"));
  const { requirements } = estimate(model, { file: "system.ts" });
  assert.equal(requirements.length, 3);
  for (const { state, sentence } of requirements) assert.equal(state, "holds", sentence);
});

test("a folder that holds anything is refused, and nothing in it is touched", () => {
  using place = emptyFolder();
  writeFileSync(join(place.folder, "notes.txt"), "mine");
  const terminal = new MemoryTerminal({ folder: place.folder });
  assert.throws(() => init({ folder: ".", json: false }, terminal), { code: "TARGET_NOT_EMPTY" });
  assert.throws(() => init({ folder: "notes.txt", json: false }, terminal), {
    code: "TARGET_NOT_EMPTY",
    message: /^notes\.txt is a file/,
  });
  assert.deepEqual(readdirSync(place.folder), ["notes.txt"]);
});

test("an empty folder, or one with nothing but a repository, is filled", () => {
  using place = emptyFolder();
  mkdirSync(join(place.folder, ".git"));
  const terminal = new MemoryTerminal({ folder: place.folder });
  init({ folder: ".", json: false }, terminal);
  assert.ok(existsSync(join(place.folder, "system.ts")));
  assert.match(terminal.out.text, /Next:\n\n {2}npm install\n {2}npx trestle up\n/);
});
