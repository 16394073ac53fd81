import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { SimulatedClock, seededRandom } from "../../../../blocks/time/index.ts";
import type { LogAnswer, LogQuery } from "../../../control-api/index.ts";
import { RunRecord } from "../../run-record.ts";
import { temporaryFolder } from "../../testdata/stage.ts";
import { LogFilter } from "./log-filter.ts";
import { LogStore } from "./log-store.ts";
import { RecordedLines } from "./recorded-lines.ts";
import { searchStoredLogs } from "./stored-logs.ts";
import { directory, line } from "./testdata/lines.ts";

/** Every reading finds it 500 ms later. */
class HurriedClock extends SimulatedClock {
  #readings = 0;
  override monotonicMs(): number {
    return 500 * this.#readings++;
  }
}

async function allPages(search: (query: LogQuery) => Promise<LogAnswer>, query: LogQuery): Promise<string[]> {
  const seen: string[] = [];
  let before: number | undefined;
  for (;;) {
    const page = await search({ ...query, ...(before === undefined ? {} : { before }) });
    seen.unshift(...page.entries.map(({ text }) => text));
    if (page.next === undefined) return seen;
    before = page.next;
  }
}

describe("a search that memory does not reach far enough for", () => {
  test("goes on in the run's record, over all parts, without a gap or a repetition", async (t) => {
    const clock = new SimulatedClock();
    const model = { version: 1, name: "demo", requires: {}, parts: [] } as const;
    const record = new RunRecord(join(temporaryFolder(t), "runs"), model, clock, seededRandom(1));
    const store = new LogStore({
      directory,
      clock,
      folder: record.folder,
      isPart: (name) => name === "a" || name === "b",
      bytesMax: 60_000,
      onRecord: (event) => record.add(event),
    });
    const expected: string[] = [];
    for (let at = 0; at < 4_000; at++) {
      const part = at % 3 === 0 ? "b" : "a";
      const text = at % 7 === 0 ? `{"msg":"entry \\"${at}\\"","n":${at}}` : `entry ${at}`;
      const event = line(part, clock.wallMs(), text);
      record.add({ ...event, id: store.add(event) });
      expected.push(at % 7 === 0 ? `entry "${at}"` : text);
      if (at === 2_000) {
        const body = { timeUs: clock.wallMs() * 1_000, severity: 9, severityText: "", body: "over OTLP" };
        const item = { ...body, attributes: {}, traceId: undefined, spanId: undefined };
        store.addOtlp({
          resource: { attributes: { "service.name": "a" } },
          scope: { name: "", version: "" },
          items: [item],
        });
        expected.push("over OTLP");
      }
      if (at % 5 === 0) await clock.advance(1);
    }
    await record.flush();
    assert.ok(store.status().entries < 1_000);
    assert.deepEqual(await allPages((query) => store.search(query), { limit: 700 }), expected);
    const search = (query: LogQuery) => store.search(query);
    const fitting = expected.filter((text) => /^entry "\d*14\d*"$/.test(text));
    assert.ok(fitting.length > 20);
    assert.deepEqual(await allPages(search, { text: "n:14", limit: 5 }), fitting);
    assert.deepEqual(await allPages(search, { text: "otlp source:otlp" }), ["over OTLP"]);

    const stored = (query: LogQuery) => searchStoredLogs(record.folder, query, { clock });
    assert.deepEqual(await allPages(stored, { limit: 1_000 }), expected);
    assert.equal((await stored({ parts: ["b"], limit: 1_000 })).entries.length, 1_000);
    await record.close([]);
  });

  test("reads files that were set aside, half lines, what is no line, and records without ids", async (t) => {
    const folder = temporaryFolder(t);
    const clock = new SimulatedClock();
    assert.deepEqual(await searchStoredLogs(folder, {}, { clock }), { entries: [], more: false });
    mkdirSync(join(folder, "logs"));
    const path = join(folder, "logs", "a.jsonl");
    const written = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => {
        const text = `${from + at} ${"ä".repeat((from + at) % 90)}`;
        return `${JSON.stringify(line("a", Math.floor((from + at) / 10), text))}\n`;
      }).join("");
    writeFileSync(path, written(0, 1_500));
    renameSync(path, `${path}.1`);
    writeFileSync(path, written(1_500, 3_000));
    appendFileSync(path, `not JSON\n{"type":"log"}\n${"x".repeat(2_000_000)}\n`);
    appendFileSync(path, written(3_000, 3_010));
    appendFileSync(path, '{"type":"log","timeMs":1,"par');
    const found = await allPages((query) => searchStoredLogs(folder, query, { clock }), { limit: 400 });
    assert.deepEqual(
      found.map((text) => Number.parseInt(text, 10)),
      Array.from({ length: 3_010 }, (_, at) => at),
    );
  });

  test("gives each line once when the file is set aside while it is read", async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, "logs"));
    const path = join(folder, "logs", "a.jsonl");
    const text = (at: number) => `${JSON.stringify({ ...line("a", at, "x".repeat(1_000)), id: at })}\n`;
    writeFileSync(path, Array.from({ length: 200 }, (_, at) => text(at)).join(""));
    const lines = new RecordedLines(folder, "a");
    const filter = new LogFilter({});
    const ids: number[] = [];
    for (let blocks = 0; ; blocks++) {
      const stretch = await lines.older(filter);
      if (!stretch) break;
      ids.unshift(...stretch.lines.map(({ id }) => id));
      if (blocks === 0) renameSync(path, `${path}.1`);
    }
    assert.deepEqual(
      ids,
      Array.from({ length: 200 }, (_, at) => at),
    );
  });

  test("ends in time where nothing is found, and goes on from there", async (t) => {
    const folder = temporaryFolder(t);
    mkdirSync(join(folder, "logs"));
    const hay = Array.from(
      { length: 2_000 },
      (_, at) => `${JSON.stringify({ ...line("a", at, at === 3 ? "needle" : "y".repeat(900)), id: at })}\n`,
    );
    writeFileSync(join(folder, "logs", "a.jsonl"), hay.join(""));
    const search = (query: LogQuery) => searchStoredLogs(folder, query, { clock: new HurriedClock() });
    assert.ok((await search({ text: "needle" })).more);
    assert.deepEqual(await allPages(search, { text: "needle" }), ["needle"]);
  });
});
