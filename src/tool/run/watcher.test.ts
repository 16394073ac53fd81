import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { systemClock } from "../../blocks/time/index.ts";
import { temporaryFolder, until } from "./testdata/stage.ts";
import { Watcher } from "./watcher.ts";

function watching(t: TestContext, folder: string): string[] {
  const told: string[] = [];
  const watcher = new Watcher(folder, systemClock, (files) => told.push(files));
  t.after(() => watcher.close());
  return told;
}

/** A change that is told shows that those before it were seen, and not told. */
async function onlyTold(told: string[], folder: string): Promise<string[]> {
  writeFileSync(join(folder, "last.ts"), "the end");
  await until("the last change", () => told.some((files) => files.includes("last.ts")));
  return told;
}

describe("a watcher", () => {
  test("tells of a changed, a new and a removed source file, in folders that are new too", async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, "old.ts"), "1");
    const told = watching(t, folder);
    writeFileSync(join(folder, "old.ts"), "2");
    await until("the change", () => told.at(-1) === "old.ts");
    mkdirSync(join(folder, "deep"));
    await until("the folder", () => told.at(-1) === "deep");
    writeFileSync(join(folder, "deep", "new.py"), "1");
    await until("the new file", () => told.at(-1) === join("deep", "new.py"));
    rmSync(join(folder, "old.ts"));
    await until("the removal", () => told.at(-1) === "old.ts");
  });

  test("tells of many files that change together once", async (t) => {
    const folder = temporaryFolder(t);
    const told = watching(t, folder);
    for (let file = 0; file < 30; file++) writeFileSync(join(folder, `file-${file}.ts`), "1");
    await until("the change", () => told.length > 0);
    assert.equal(told.length, 1);
    assert.match(told[0] ?? "", /^file-\d+\.ts and 29 more$/);
  });

  test("leaves out what programs write: hidden files, libraries, caches, logs and editors' leavings", async (t) => {
    const folder = temporaryFolder(t);
    for (const name of [".trestle", "node_modules", "__pycache__"]) mkdirSync(join(folder, name));
    const told = watching(t, folder);
    for (const name of ["app.log", "x.pyc", "app.ts~", ".app.ts.swp", ".env.tmp", "y.tmp"])
      writeFileSync(join(folder, name), "1");
    for (const name of [".trestle", "node_modules", "__pycache__"])
      writeFileSync(join(folder, name, "index.js"), "1");
    assert.deepEqual(await onlyTold(told, folder), ["last.ts"]);
  });

  test("leaves out what Git ignores", async (t) => {
    const folder = temporaryFolder(t);
    execFileSync("git", ["init", "-q"], { cwd: folder });
    writeFileSync(join(folder, ".gitignore"), "generated/\n*.db\n");
    mkdirSync(join(folder, "generated"));
    const told = watching(t, folder);
    writeFileSync(join(folder, "generated", "code.ts"), "1");
    writeFileSync(join(folder, "data.db"), "1");
    assert.deepEqual(await onlyTold(told, folder), ["last.ts"]);
  });

  test("tells nothing more once it is closed", async (t) => {
    const folder = temporaryFolder(t);
    const told: string[] = [];
    const watcher = new Watcher(folder, systemClock, (files) => told.push(files));
    const other = watching(t, folder);
    writeFileSync(join(folder, "a.ts"), "1");
    watcher.close();
    await until("the change, for another", () => other.length > 0);
    assert.deepEqual(told, []);
  });

  test("does not watch the files of libraries, however many they are", { skip: linuxAlone() }, (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, "node_modules", "library"), { recursive: true });
    for (let file = 0; file < 200; file++)
      writeFileSync(join(folder, "node_modules", "library", `${file}.js`), "");
    const before = inotifyWatches();
    watching(t, folder);
    assert.ok(inotifyWatches() - before < 10);
  });

  test("throws where there is no folder to watch", (t) => {
    const missing = join(temporaryFolder(t), "missing");
    assert.throws(() => new Watcher(missing, systemClock, () => {}), { code: "ENOENT" });
  });
});

function linuxAlone(): string | false {
  return process.platform === "linux" ? false : "only Linux says what a process watches";
}

function inotifyWatches(): number {
  return readdirSync("/proc/self/fdinfo").reduce((sum, fd) => {
    try {
      return sum + (readFileSync(join("/proc/self/fdinfo", fd), "utf8").match(/^inotify/gm)?.length ?? 0);
    } catch {
      return sum;
    }
  }, 0);
}
