import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import type { LogData } from "../../../../blocks/telemetry/otlp/model.ts";
import { SimulatedClock, systemClock } from "../../../../blocks/time/index.ts";
import type { LogEntry, LogQuery } from "../../../control-api/index.ts";
import { type LogEvent, LogStore, type LogStoreOptions } from "./log-store.ts";
import { directory, line } from "./testdata/lines.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

function storeOf(options: Partial<LogStoreOptions> = {}): LogStore {
  return new LogStore({ directory, clock: new SimulatedClock(), isPart: isPart, ...options });
}

function isPart(name: string): boolean {
  return /^[a-z]+$/.test(name);
}

function log(body: LogData["body"], more: Partial<LogData> = {}): LogData {
  return {
    timeUs: 5_000_000,
    severity: 0,
    severityText: "",
    body,
    attributes: {},
    traceId: undefined,
    spanId: undefined,
    ...more,
  };
}

function batch(part: string, ...items: readonly LogData[]) {
  return { resource: { attributes: { "service.name": part } }, scope: { name: "", version: "" }, items };
}

async function texts(store: LogStore, query: LogQuery): Promise<string[]> {
  return (await store.search(query)).entries.map(({ text }) => text);
}

describe("a search in logs", () => {
  test("finds the newest entries that fit all conditions, oldest first", async () => {
    const store = storeOf();
    store.add(line("a", 1, "one plain"));
    store.add(line("b", 2, `{"level":50,"msg":"two","trace_id":"${TRACE}","user":"Ann"}`));
    store.add(line("a", 3, "2026-01-01 12:00:00 DEBUG three"));
    store.add({ ...line("b", 4, "four"), replica: "b.2", stream: "stderr" });
    assert.deepEqual(await texts(store, {}), ["one plain", "two", "2026-01-01 12:00:00 DEBUG three", "four"]);
    assert.deepEqual(await texts(store, { limit: 2 }), ["2026-01-01 12:00:00 DEBUG three", "four"]);
    assert.deepEqual(await texts(store, { parts: ["b"] }), ["two", "four"]);
    assert.deepEqual(await texts(store, { replica: "b.2" }), ["four"]);
    assert.deepEqual(await texts(store, { level: "info" }), ["one plain", "two", "four"]);
    assert.deepEqual(await texts(store, { level: "warn" }), ["two"]);
    assert.deepEqual(await texts(store, { text: "user:ann -plain" }), ["two"]);
    assert.deepEqual(await texts(store, { traceId: TRACE.toUpperCase() }), ["two"]);
    assert.deepEqual(await texts(store, { fromMs: 2, toMs: 3, text: "three" }), [
      "2026-01-01 12:00:00 DEBUG three",
    ]);
    assert.deepEqual(await texts(store, { parts: ["c"] }), []);
  });

  test("goes through all pages without a gap or a repetition", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (parts, limit) => {
          const store = storeOf();
          for (const [at, part] of parts.entries()) store.add(line(part, at, `line ${at}`));
          const seen: LogEntry[] = [];
          let before: number | undefined;
          for (;;) {
            const page = await store.search({ limit, ...(before === undefined ? {} : { before }) });
            seen.unshift(...page.entries);
            assert.equal(page.more, page.next !== undefined);
            if (page.next === undefined) break;
            before = page.next;
          }
          assert.deepEqual(
            seen.map(({ text }) => text),
            parts.map((_, at) => `line ${at}`),
          );
          const ids = seen.map(({ id }) => id);
          assert.deepEqual(
            ids,
            [...new Set(ids)].sort((one, other) => one - other),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  test("finds an entry by the time that it bears, also when that is ahead of its arrival", async () => {
    const clock = new SimulatedClock();
    const store = storeOf({ clock });
    const nowMs = clock.wallMs();
    store.addOtlp(batch("a", log("ahead", { timeUs: (nowMs + 30_000) * 1_000 })));
    assert.deepEqual(await texts(store, { fromMs: nowMs + 10_000 }), ["ahead"]);
    assert.deepEqual(await texts(store, { fromMs: nowMs + 40_000 }), []);
  });

  test("sees the lines as they were when it began, whatever comes and goes meanwhile", async () => {
    const store = storeOf({ bytesMax: 400_000 });
    for (let at = 0; at < 1_500; at++) store.add(line("a", at, `early ${at}`));
    const searching = store.search({ text: "early", limit: 1_000 });
    for (let at = 0; at < 5_000; at++) store.add(line("a", at, `late ${at}`));
    assert.deepEqual(
      (await searching).entries.map(({ text }) => text),
      Array.from({ length: 1_000 }, (_, at) => `early ${500 + at}`),
    );
  });

  test("ends when its time is up, and says from where to go on", async () => {
    const store = storeOf({ clock: new HurriedClock() });
    for (let at = 0; at < 20_000; at++) store.add(line("a", at, at === 3 ? "needle" : "hay"));
    let before: number | undefined;
    for (let searches = 1; ; searches++) {
      const answer = await store.search({ text: "needle", ...(before === undefined ? {} : { before }) });
      if (answer.entries.length > 0) {
        assert.ok(searches > 1);
        break;
      }
      assert.ok(answer.more && answer.next !== undefined);
      before = answer.next;
    }
    const aborted = await store.search({ text: "needle" }, { signal: AbortSignal.abort() });
    assert.ok(aborted.more && aborted.entries.length === 0);
  });
});

/** Every reading finds it 500 ms later. */
class HurriedClock extends SimulatedClock {
  #readings = 0;
  override monotonicMs(): number {
    return 500 * this.#readings++;
  }
}

describe("entries that came over OTLP", () => {
  test("stand among the lines, with level, fields and trace, and go to the record when they are a part's", async () => {
    const recorded: LogEvent[] = [];
    const store = storeOf({ onRecord: (event) => recorded.push(event) });
    const attributes = { "http.route": "/x", count: 3, __proto__x: true, list: [1, "b"] };
    store.addOtlp(
      batch("a", log("hello", { severity: 17, traceId: TRACE, spanId: "b7ad6b7169203331", attributes })),
    );
    store.addOtlp(batch("a", log({ message: "from a map", nested: { deep: 1 } }, { severityText: "WARN" })));
    store.addOtlp(batch("../../outside", log(new Uint8Array([1, 2]))));
    const { entries } = await store.search({});
    assert.deepEqual(entries[0], {
      id: entries[0]?.id,
      timeMs: 5_000,
      part: "a",
      replica: "a",
      source: "otlp",
      level: "error",
      text: "hello",
      traceId: TRACE,
      spanId: "b7ad6b7169203331",
      fields: { "http.route": "/x", count: "3", __proto__x: "true", list: '[1,"b"]' },
    });
    assert.equal(entries[1]?.text, "from a map");
    assert.equal(entries[1]?.level, "warn");
    assert.deepEqual(entries[1]?.fields, { message: "from a map", "nested.deep": "1" });
    assert.equal(entries[2]?.text, "AQI=");
    assert.deepEqual(
      recorded.map(({ part, id }) => [part, id]),
      [
        ["a", entries[0]?.id],
        ["a", entries[1]?.id],
      ],
    );
    assert.deepEqual(await texts(store, { parts: ["../../outside"] }), ["AQI="]);
    assert.equal(store.status().received, 3);
  });

  test("are kept in bounds, whatever they hold", async () => {
    let deep: LogData["body"] = "x";
    for (let depth = 0; depth < 5_000; depth++) deep = { a: deep };
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`a${at}`, "y".repeat(9_000)]));
    const store = storeOf();
    store.addOtlp(batch("a", log(deep), log("z".repeat(1_000_000), { attributes: many })));
    assert.ok(store.status().bytes < 200_000);
    const { entries } = await store.search({});
    assert.equal(entries.length, 2);
    assert.equal(entries[1]?.text.length, 16 * 1024);
  });
});

describe("the log store", () => {
  test("takes about as much of the heap as it says", () => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    assert.ok(typeof collect === "function");
    const heapBytes = () => {
      collect();
      collect();
      return process.memoryUsage().heapUsed;
    };
    for (const length of [20, 300]) {
      const store = storeOf();
      const before = heapBytes();
      for (let at = 0; at < 20_000; at++) {
        store.add(line("a", 1_767_225_600_000 + at, Buffer.from(`${at} `.padEnd(length, "x")).toString()));
      }
      const share = (heapBytes() - before) / store.status().bytes;
      assert.ok(share > 0.7 && share < 1.3, `lines of ${length}: ${share} of what it says`);
    }
  });

  test("stays within its bytes, and lets one that floods push out its own lines", async () => {
    const store = storeOf({ bytesMax: 500_000 });
    for (let at = 0; at < 100; at++) store.add(line("quiet", at, `quiet ${at}`));
    for (let at = 0; at < 30_000; at++) store.add(line(at % 2 ? "loud" : "louder", at, `loud ${at}`));
    const { bytes, entries, evicted } = store.status();
    assert.ok(bytes <= 500_000);
    assert.equal(entries + evicted, 30_100);
    assert.equal((await texts(store, { parts: ["quiet"], limit: 1_000 })).length, 100);
    assert.equal((await texts(store, {})).at(-1), "loud 29999");
  });

  test("lets the oldest of all go when no part has too much", async () => {
    const store = storeOf({ bytesMax: 100_000 });
    const parts = ["a", "b", "c", "d", "e", "f"];
    for (let at = 0; at < 6_000; at++) store.add(line(parts[at % 6] ?? "", at, `line ${at}`));
    const found = await texts(store, { limit: 1_000 });
    assert.ok(found.length > 100);
    assert.deepEqual(
      found,
      Array.from({ length: found.length }, (_, at) => `line ${6_000 - found.length + at}`),
    );
  });

  test("gives the last lines of processes as they were written, for the tail", () => {
    const store = storeOf();
    const events = [line("a", 1, "\u001b[1mx"), line("b", 2), line("a", 3)];
    for (const event of events) store.add(event);
    store.addOtlp(batch("a", log("not a line")));
    assert.deepEqual(store.tail([], 10), events);
    assert.deepEqual(store.tail([], 2), events.slice(1));
    assert.deepEqual(store.tail(["a"], 1), events.slice(2));
    assert.deepEqual(store.tail(["unknown"], 5), []);
    assert.deepEqual(store.tail([], 0), []);
  });

  test("tells listeners every 250 ms, the newest 200, and how many were left out", async () => {
    const clock = new SimulatedClock();
    const store = storeOf({ clock });
    const told: [number, string | undefined, number][] = [];
    store.add(line("a", 0, "before"));
    const end = store.subscribe((entries, leftOut) =>
      told.push([entries.length, entries.at(-1)?.text, leftOut]),
    );
    assert.equal(clock.pendingTimers, 0);
    for (let at = 0; at < 1_030; at++) store.add(line("a", at, `line ${at}`));
    await clock.advance(249);
    assert.deepEqual(told, []);
    await clock.advance(1);
    store.add(line("a", 2_000, "later"));
    await clock.advance(250);
    assert.deepEqual(told, [
      [200, "line 1029", 830],
      [1, "later", 0],
    ]);
    store.add(line("a", 3_000));
    end();
    assert.equal(clock.pendingTimers, 0);
    const endOther = store.subscribe((entries) => assert.fail(`told ${entries.length} of before`));
    await clock.advance(1_000);
    endOther();
    assert.equal(told.length, 2);
    assert.equal(clock.pendingTimers, 0);
  });

  test("looks through 100,000 lines for a word before its time is up", async () => {
    const store = storeOf({ clock: systemClock });
    for (let at = 0; at < 100_000; at++) {
      store.add(line("a", at, `{"level":30,"msg":"request ${at}","path":"/links/${at}"}`));
    }
    // It gives up after 2 s, and would say that there may be more.
    assert.deepEqual(await store.search({ text: "nothing-like-it" }), { entries: [], more: false });
  });
});
