import assert from "node:assert/strict";
import { appendFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../../../blocks/time/index.ts";
import { temporaryFolder } from "../../testdata/stage.ts";
import { readStoredTraces } from "./stored-traces.ts";
import { directory, sent, span, traceIdOf } from "./testdata/spans.ts";
import { readTraceLine } from "./trace-line-format.ts";
import { TraceRecord } from "./trace-record.ts";
import { TraceStore } from "./trace-store.ts";

function recorded(folder: string, bytesMax?: number) {
  const clock = new SimulatedClock();
  const record = new TraceRecord(folder, bytesMax === undefined ? { clock } : { clock, bytesMax });
  const store = new TraceStore({ directory, clock, onSettled: record.add });
  return { clock, record, store };
}

describe("the traces of a run on disk", () => {
  test("answer as the store did, late spans and all", async (t) => {
    const folder = temporaryFolder(t);
    const { clock, record, store } = recorded(folder);
    const attributes = { "http.response.status_code": 503, quote: '"\n', share: 0.5, ok: true };
    const event = { timeUs: 5, name: "exception", attributes: { at: "x" } };
    const link = { traceId: traceIdOf(9), spanId: "0000000000000001", attributes: {} };
    store.add(sent("front", span(1, 1, { kind: 2, forMs: 80, attributes, events: [event], links: [link] })));
    await clock.advance(20_000);
    store.add(sent("shortener", span(1, 2, { parent: 1, kind: 3, attributes: { "trestle.peer": "hot" } })));
    store.add(sent("front", span(2, 1, { atMs: 100 })));
    await clock.advance(20_000);
    store.close();
    await record.flush();
    const stored = await readStoredTraces(folder, clock);
    for (const trace of [1, 2]) {
      assert.ok(store.view(traceIdOf(trace)));
      assert.deepEqual(stored.view(traceIdOf(trace)), store.view(traceIdOf(trace)));
    }
    assert.deepEqual(stored.search({}), store.search({}));
    // Each span is written once.
    assert.equal(readFileSync(join(folder, "traces.jsonl"), "utf8").split('"spanId"').length, 1 + 4);
    assert.equal(stored.search({ text: "503" }).length, 1);
  });

  test("are few of ordinary ones, and those that failed", async (t) => {
    const folder = temporaryFolder(t);
    const { clock, record, store } = recorded(folder);
    for (let trace = 1; trace <= 2_000; trace++) {
      store.add(sent("front", span(trace, 1, { forMs: 1 + (trace % 7), status: trace % 100 === 0 ? 2 : 0 })));
    }
    store.close();
    await record.flush();
    const stored = await readStoredTraces(folder, clock);
    assert.equal(stored.search({ status: "error" }).length, 20);
    assert.ok(stored.search({ limit: 500 }).length < 100);
  });

  test("stay within their bound and keep the end of a long run", async (t) => {
    const folder = temporaryFolder(t);
    const { clock, record, store } = recorded(folder, 100_000);
    for (let trace = 1; trace <= 600; trace++) {
      store.add(sent("front", span(trace, 1, { atMs: trace, status: 2, statusMessage: "x".repeat(1_000) })));
      await clock.advance(15_000);
      await record.flush();
    }
    for (const name of ["traces.jsonl", "traces.jsonl.1"]) {
      assert.ok(statSync(join(folder, name)).size <= 50_000);
    }
    const stored = await readStoredTraces(folder, clock);
    assert.equal(stored.search({})[0]?.traceId, traceIdOf(600));
  });

  test("are read without a line that was cut off, and there are none where there is no file", async (t) => {
    const folder = temporaryFolder(t);
    const { clock, record, store } = recorded(folder);
    assert.deepEqual((await readStoredTraces(folder, clock)).search({}), []);
    store.add(sent("front", span(1, 1)));
    store.close();
    await record.flush();
    const whole = readFileSync(join(folder, "traces.jsonl"), "utf8");
    appendFileSync(join(folder, "traces.jsonl"), whole.slice(0, -20));
    assert.equal((await readStoredTraces(folder, clock)).search({}).length, 1);
  });

  test("leave the system running where the disk does not take them", async (t) => {
    const { record, store } = recorded(join(temporaryFolder(t), "nowhere"));
    store.add(sent("front", span(1, 1)));
    store.close();
    await record.flush();
    assert.ok(store.view(traceIdOf(1)));
  });

  test("are parsed, whatever stands there", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        readTraceLine(line);
      }),
    );
    const odd =
      '{"traceId":"x","spans":[{"spanId":"1","startUs":1,"attributes":["a"],"events":[1],"links":{}},7]}';
    assert.deepEqual(readTraceLine(odd)?.spans.length, 1);
    assert.deepEqual(readTraceLine(odd)?.spans[0]?.attributes, []);
  });
});
