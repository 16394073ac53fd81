import assert from "node:assert/strict";
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { SimulatedClock, seededRandom } from "../../blocks/time/index.ts";
import type { RunEvent } from "../control-api/index.ts";
import type { SystemModel } from "../design/model.ts";
import { listRuns, readRun } from "./run-history.ts";
import { RunRecord } from "./run-record.ts";
import { temporaryFolder } from "./testdata/stage.ts";

const MODEL: SystemModel = { version: 1, name: "demo", requires: {}, parts: [] };

function line(part: string, timeMs: number, text = "hello"): RunEvent {
  return { type: "log", timeMs, part, replica: `${part}.1`, stream: "stdout", text };
}

describe("the record of a run", () => {
  test("holds the design, the events, the log of each part and the verdicts", async (t) => {
    const state = temporaryFolder(t);
    const clock = new SimulatedClock();
    const record = new RunRecord(join(state, "runs"), MODEL, clock, seededRandom(1));
    record.add({ type: "system", timeMs: 1, state: "starting" });
    record.add(line("a", 2));
    record.add(line("b", 3));
    await clock.advance(1_500);
    await record.close(["a.1 is in a crash loop"]);
    assert.deepEqual(JSON.parse(readFileSync(join(record.folder, "design.json"), "utf8")), MODEL);
    assert.match(readFileSync(join(record.folder, "events.jsonl"), "utf8"), /"starting"/);

    const [run] = listRuns(state);
    assert.ok(run);
    assert.equal(run.id, record.id);
    assert.equal(run.startedMs, Date.UTC(2026, 0, 1));
    assert.equal(run.endedMs, Date.UTC(2026, 0, 1) + 1_500);
    assert.deepEqual(run.verdicts, ["a.1 is in a crash loop"]);
    assert.deepEqual(readRun(run, { lines: 10 }), [line("a", 2), line("b", 3)]);
    assert.deepEqual(readRun(run, { parts: ["b"], lines: 10 }), [line("b", 3)]);
    assert.deepEqual(readRun(run, { lines: 1 }), [line("b", 3)]);
    assert.equal(clock.pendingTimers, 0);
  });

  test("is on disk 100 ms after an event at the latest, so that a killed supervisor loses no more", async (t) => {
    const state = temporaryFolder(t);
    const clock = new SimulatedClock();
    const record = new RunRecord(join(state, "runs"), MODEL, clock, seededRandom(1));
    record.add(line("a", 1));
    await clock.advance(100);
    await record.flush();
    const [run] = listRuns(state);
    assert.ok(run);
    assert.equal(run.endedMs, undefined);
    assert.equal(readRun(run, { lines: 10 }).length, 1);
  });

  test("is read without its last line where that was cut off", async (t) => {
    const state = temporaryFolder(t);
    const record = new RunRecord(join(state, "runs"), MODEL, new SimulatedClock(), seededRandom(1));
    record.add(line("a", 1));
    await record.close([]);
    appendFileSync(join(record.folder, "logs", "a.jsonl"), '{"type":"log","timeMs":2,"par');
    const [run] = listRuns(state);
    assert.ok(run);
    assert.deepEqual(readRun(run, { lines: 10 }), [line("a", 1)]);
  });

  test("keeps of a part that floods two files, the newest lines among them, and of the others everything", async (t) => {
    const state = temporaryFolder(t);
    const record = new RunRecord(join(state, "runs"), MODEL, new SimulatedClock(), seededRandom(1));
    record.add(line("quiet", 0));
    for (let timeMs = 1; timeMs <= 300; timeMs++) {
      for (let more = 0; more < 10; more++) record.add(line("loud", timeMs, "x".repeat(5_000)));
      if (timeMs % 20 === 0) await record.flush();
    }
    await record.close([]);
    const logs = join(record.folder, "logs");
    assert.deepEqual(readdirSync(logs).sort(), ["loud.jsonl", "loud.jsonl.1", "quiet.jsonl"]);
    for (const name of readdirSync(logs)) assert.ok(statSync(join(logs, name)).size < 6 * 1024 * 1024);
    const [run] = listRuns(state);
    assert.ok(run);
    assert.equal(readRun(run, { parts: ["loud"], lines: 1 })[0]?.timeMs, 300);
    assert.equal(readRun(run, { parts: ["quiet"], lines: 5 }).length, 1);
  });

  test("is one of the last 20, oldest first; older ones are dropped", async (t) => {
    const state = temporaryFolder(t);
    const clock = new SimulatedClock();
    const random = seededRandom(7);
    const ids: string[] = [];
    for (let run = 0; run < 25; run++) {
      const record = new RunRecord(join(state, "runs"), MODEL, clock, random);
      ids.push(record.id);
      await record.close([]);
      await clock.advance(1);
    }
    assert.deepEqual(
      listRuns(state).map(({ id }) => id),
      ids.slice(-20),
    );
  });

  test("goes on with a gap where the disk does not take it, and still closes", async (t) => {
    const state = temporaryFolder(t);
    const record = new RunRecord(join(state, "runs"), MODEL, new SimulatedClock(), seededRandom(1));
    rmSync(record.folder, { recursive: true });
    record.add(line("a", 1));
    await record.close([]);
    assert.equal(existsSync(record.folder), false);
  });

  test("of another kind of folder is not taken for a run, and no folder at all is no run", (t) => {
    const state = temporaryFolder(t);
    assert.deepEqual(listRuns(state), []);
    assert.deepEqual(listRuns(join(state, "nowhere")), []);
  });
});
