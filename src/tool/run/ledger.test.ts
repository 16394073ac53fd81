import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { systemClock } from "../../blocks/time/index.ts";
import { Ledger } from "./ledger.ts";
import { startProgram } from "./testdata/program.ts";
import { temporaryFolder } from "./testdata/stage.ts";

const IGNORING = "trap '' TERM; echo up; while :; do sleep 1; done";

describe("a ledger", () => {
  test("ends what a killed supervisor left, by its stop signal, and names it", async (t) => {
    const folder = temporaryFolder(t);
    const service = startProgram(t, "sh", ["-c", "trap 'exit 7' TERM; echo up; while :; do sleep 0.1; done"]);
    const database = startProgram(t, "sh", ["-c", "trap 'exit 8' INT; echo up; while :; do sleep 0.1; done"]);
    await Promise.all([service.firstLine, database.firstLine]);
    const before = new Ledger(folder);
    before.add(database.identity, "links", "SIGINT");
    before.add(service.identity, "shortener.1", "SIGTERM");

    const left = await new Ledger(folder).endLeftovers(systemClock, 5_000);
    assert.deepEqual(left, ["shortener.1", "links"]);
    assert.equal(await service.exited, 7);
    assert.equal(await database.exited, 8);
    assert.equal(existsSync(join(folder, "processes.jsonl")), false);
  });

  test("kills what does not end in its time", async (t) => {
    const folder = temporaryFolder(t);
    const deaf = startProgram(t, "sh", ["-c", IGNORING]);
    await deaf.firstLine;
    new Ledger(folder).add(deaf.identity, "deaf.1", "SIGTERM");
    assert.deepEqual(await new Ledger(folder).endLeftovers(systemClock, 50), ["deaf.1"]);
    assert.equal(await deaf.exited, "SIGKILL");
  });

  test("leaves alone a stranger that was given the number of a process which has ended", async (t) => {
    const folder = temporaryFolder(t);
    const stranger = startProgram(t, "sh", ["-c", "echo up; exec sleep 72"]);
    await stranger.firstLine;
    const earlier = { pid: stranger.identity.pid, started: `${stranger.identity.started}0` };
    new Ledger(folder).add(earlier, "gone.1", "SIGTERM");
    assert.deepEqual(await new Ledger(folder).endLeftovers(systemClock, 50), []);
    assert.equal(stranger.process.exitCode, null);
  });

  test("reads on past a line that was cut off, or that is none of its own", async (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, "processes.jsonl");
    const service = startProgram(t, "sh", ["-c", "echo up; exec sleep 73"]);
    await service.firstLine;
    writeFileSync(path, 'null\n[]\n{"pid":1,"started":"x","replica":"init"}\n{"pid":-1}\nnonsense\n');
    new Ledger(folder).add(service.identity, "service.1", "SIGTERM");
    appendFileSync(path, '{"pid":123,"star');
    assert.deepEqual(await new Ledger(folder).endLeftovers(systemClock, 5_000), ["service.1"]);
  });

  test("is for its owner's eyes alone, and stays small however often processes die", (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, "processes.jsonl");
    const ledger = new Ledger(folder);
    for (let death = 0; death < 1_200; death++) {
      ledger.add({ pid: 4_000_000 + death, started: "another-boot:1" }, "looping.1", "SIGTERM");
    }
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(readFileSync(path, "utf8").split("\n").length <= 502);
  });

  test("writes what a full disk did not take as soon as there is room", (t) => {
    const folder = join(temporaryFolder(t), "state");
    writeFileSync(folder, "a file where a folder should be");
    const ledger = new Ledger(folder);
    const mine = { pid: process.pid, started: "another-boot:1" };
    ledger.add(mine, "one", "SIGTERM");
    rmSync(folder);
    ledger.add(mine, "two", "SIGTERM");
    assert.equal(existsSync(folder), false, "there is still no folder, and still no harm");
  });

  test("finds nothing to end where there is no list", async (t) => {
    assert.deepEqual(await new Ledger(temporaryFolder(t)).endLeftovers(systemClock, 5_000), []);
  });
});
