import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { takeLock } from "./lock.ts";
import { startProgram } from "./testdata/program.ts";
import { temporaryFolder } from "./testdata/stage.ts";

const TAKER = fileURLToPath(new URL("./testdata/lock-taker/main.ts", import.meta.url));

describe("the lock of a state folder", () => {
  test("is refused while its holder lives, and says who that is", (t) => {
    const folder = temporaryFolder(t);
    const lock = takeLock(folder, "demo");
    assert.throws(() => takeLock(folder, "demo"), {
      code: "ALREADY_RUNNING",
      message: new RegExp(`demo already runs here \\(process ${process.pid}\\)`),
    });
    lock.release();
    takeLock(folder, "demo").release();
    assert.deepEqual(readdirSync(folder), []);
  });

  test("is taken over from a holder that is dead", async (t) => {
    const folder = temporaryFolder(t);
    const holder = startProgram(t, process.execPath, [TAKER, folder]);
    assert.equal(await holder.firstLine, "mine");
    assert.throws(() => takeLock(folder, "demo"), { code: "ALREADY_RUNNING" });
    holder.process.kill("SIGKILL");
    await holder.exited;
    takeLock(folder, "demo").release();
    assert.equal(existsSync(join(folder, "lock")), false);
  });

  test("goes to exactly one of several newcomers that find a dead holder at once", async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, "lock"), JSON.stringify({ pid: 4_194_300, started: "another-boot:1" }));
    const newcomers = Array.from({ length: 4 }, () => startProgram(t, process.execPath, [TAKER, folder]));
    const answers = await Promise.all(newcomers.map(({ firstLine }) => firstLine));
    assert.deepEqual(answers.sort(), ["ALREADY_RUNNING", "ALREADY_RUNNING", "ALREADY_RUNNING", "mine"]);
  });

  test("is taken over where what stands in it is damaged", (t) => {
    const folder = temporaryFolder(t);
    for (const damage of ["", "null", "{}", '{"pid":1', "\0\0"]) {
      writeFileSync(join(folder, "lock"), damage);
      takeLock(folder, "demo").release();
    }
  });

  test("is not released by one who has lost it to another", (t) => {
    const folder = temporaryFolder(t);
    const lock = takeLock(folder, "demo");
    writeFileSync(join(folder, "lock"), "another's");
    lock.release();
    assert.equal(existsSync(join(folder, "lock")), true);
  });
});
