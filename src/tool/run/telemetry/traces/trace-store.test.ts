import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { SimulatedClock, seededRandom } from "../../../../blocks/time/index.ts";
import type { MetricWriter } from "../metric-reader.ts";
import { directory, sent, serverAttributes, span, traceIdOf } from "./testdata/spans.ts";
import { TraceStore, type TraceStoreOptions, type TraceWorth } from "./trace-store.ts";

function storeOf(options: Partial<TraceStoreOptions> = {}): TraceStore {
  return new TraceStore({ directory, clock: new SimulatedClock(), ...options });
}

describe("a trace", () => {
  test("is the same in whatever order its spans come", () => {
    const spans = [
      span(1, 1, { forMs: 100, kind: 2, name: "GET /links/:id" }),
      span(1, 2, { parent: 1, atMs: 10, forMs: 60, kind: 3 }),
      span(1, 3, { parent: 2, atMs: 20, forMs: 40, kind: 2, status: 2 }),
      span(1, 4, { parent: 3, atMs: 25, forMs: 5, kind: 3 }),
    ];
    const parts = ["front", "front", "shortener", "shortener"];
    const whole = storeOf();
    for (const [at, one] of spans.entries()) whole.add(sent(parts[at] ?? "", one));
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }), (order) => {
        const store = storeOf();
        for (const at of order) store.add(sent(parts[at] ?? "", ...spans.slice(at, at + 1)));
        assert.deepEqual(store.view(traceIdOf(1)), whole.view(traceIdOf(1)));
      }),
    );
    const summary = whole.search({})[0];
    assert.equal(summary?.name, "GET /links/:id");
    assert.equal(summary?.durationMs, 100);
    assert.equal(summary?.errors, 1);
    assert.equal(summary?.incomplete, false);
    assert.deepEqual(summary?.parts, [
      { part: "front", ms: 60 },
      { part: "shortener", ms: 40 },
    ]);
  });

  test("whose root has not come goes by its first span, and says that it is incomplete until the root comes", () => {
    const store = storeOf();
    store.add(sent("b", span(1, 3, { parent: 2, atMs: 20, name: "second" })));
    store.add(sent("b", span(1, 2, { parent: 1, atMs: 10, name: "first" })));
    assert.equal(store.search({})[0]?.name, "first");
    assert.equal(store.search({})[0]?.durationMs, 20);
    assert.equal(store.search({})[0]?.incomplete, true);
    store.add(sent("a", span(1, 1, { atMs: 15, forMs: 50, name: "root" })));
    assert.equal(store.search({})[0]?.name, "root");
    assert.equal(store.search({})[0]?.durationMs, 50);
    assert.equal(store.search({})[0]?.incomplete, false);
  });

  test("has a span once that was sent twice, and none that ends before it began", () => {
    const store = storeOf();
    store.add(sent("a", span(1, 1, { forMs: -5 }), span(1, 1)));
    const view = store.view(traceIdOf(1));
    assert.equal(view?.spans.length, 1);
    assert.equal(view?.spans[0]?.durationMs, 0);
  });

  test("tells everything of a span as text, in bounds", () => {
    const store = storeOf();
    const attributes = JSON.parse(
      '{"__proto__": "x", "constructor": 1, "deep": [[[[[[[[[[1]]]]]]]]]], "list": ["a", {"b": null}], "none": null}',
    );
    store.add(
      sent(
        "a",
        span(1, 1, {
          kind: 3,
          attributes: {
            ...attributes,
            long: "ä".repeat(10_000),
            bytes: new Uint8Array([1, 2, 3]),
            "http.response.status_code": 503,
            "trestle.peer": "b",
          },
          events: [{ timeUs: 1_000, name: "exception", attributes: { "exception.message": "no" } }],
          links: [{ traceId: traceIdOf(2), spanId: "0000000000000007", attributes: {} }],
          statusMessage: "broken",
        }),
      ),
    );
    const view = store.view(traceIdOf(1));
    const shown = view?.spans[0];
    assert.equal(view?.summary.httpStatus, 503);
    assert.equal(shown?.error, true);
    assert.equal(shown?.peer, "b");
    assert.equal(shown?.kind, "client");
    assert.equal(shown?.statusMessage, "broken");
    assert.equal(shown?.attributes.long, "ä".repeat(4_096));
    assert.equal(shown?.attributes.bytes, "AQID");
    assert.equal(shown?.attributes.list, '["a",{"b":null}]');
    assert.equal(shown?.attributes.constructor, "1");
    assert.equal(shown?.attributes.none, "");
    assert.equal(Object.getPrototypeOf(shown?.attributes), Object.prototype);
    assert.deepEqual(shown?.events, [
      { timeMs: 1, name: "exception", attributes: { "exception.message": "no" } },
    ]);
    assert.deepEqual(shown?.links, [{ traceId: traceIdOf(2), spanId: "0000000000000007" }]);
  });

  test("keeps 2,000 spans and counts the rest", () => {
    const store = storeOf();
    for (let id = 1; id <= 2_005; id++) store.add(sent("a", span(1, id)));
    assert.equal(store.view(traceIdOf(1))?.spans.length, 2_000);
    assert.equal(store.view(traceIdOf(1))?.dropped, 5);
    assert.equal(store.status().droppedSpans, 5);
  });
});

describe("the trace store", () => {
  test("takes about as much of the heap as it says", () => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    assert.ok(typeof collect === "function");
    const heapBytes = () => {
      collect();
      collect();
      return process.memoryUsage().heapUsed;
    };
    for (const spansPerTrace of [1, 20]) {
      const random = seededRandom(spansPerTrace);
      const store = storeOf();
      const before = heapBytes();
      for (let trace = 1; store.status().spans < 12_000; trace++) {
        for (let id = 1; id <= spansPerTrace; id++) {
          store.add(sent("a", span(trace, id, { parent: id - 1, attributes: serverAttributes(random) })));
        }
      }
      const share = (heapBytes() - before) / store.status().bytes;
      assert.ok(share > 0.7 && share < 1.3, `${spansPerTrace} spans a trace: ${share} of what it says`);
    }
  });

  test("stays within its bytes under a flood, whatever comes, and says how many traces had to go", () => {
    const huge = "x".repeat(100_000);
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ trace: fc.nat(300), size: fc.nat(60), fails: fc.boolean(), atMs: fc.nat(10_000) }),
          { minLength: 500, maxLength: 1_500, size: "max" },
        ),
        (wanted) => {
          const store = storeOf({ bytesMax: 200_000 });
          for (const [id, { trace, size, fails, atMs }] of wanted.entries()) {
            const attributes = Object.fromEntries(
              Array.from({ length: size }, (_, at) => [`a${at}`, size > 55 ? huge : "x"]),
            );
            store.add(sent("a", span(trace, id, { attributes, atMs, status: fails ? 2 : 0 })));
            assert.ok(store.status().bytes <= 200_000);
          }
          const { received, spans, evictedSpans, droppedSpans, traces } = store.status();
          assert.equal(received, wanted.length);
          assert.equal(spans + evictedSpans + droppedSpans, received);
          assert.equal(store.search({ limit: 500 }).length, traces);
        },
      ),
      { numRuns: 10 },
    );
  });

  test("lets ordinary traces go first and keeps those that failed and the slowest of each name", async () => {
    const clock = new SimulatedClock();
    const store = storeOf({ clock, bytesMax: 400_000 });
    store.add(sent("a", span(1, 1, { status: 2 })));
    store.add(sent("a", span(2, 1, { forMs: 5_000 })));
    store.add(sent("a", span(3, 1, { forMs: 80, name: "rare" })));
    for (let trace = 100; trace < 120; trace++) store.add(sent("a", span(trace, 1, { forMs: 500 })));
    for (let trace = 1_000; trace < 6_000; trace++) {
      store.add(sent("a", span(trace, 1, { forMs: 1, name: "GET /" })));
      if (trace % 100 === 0) await clock.advance(10_000);
    }
    for (const trace of [1, 2, 3]) assert.ok(store.view(traceIdOf(trace)), `trace ${trace} is kept`);
    assert.ok(store.view(traceIdOf(5_999)));
    assert.equal(store.view(traceIdOf(1_000)), undefined);
    // Two longer than 1 ms beside 9 of 500 ms: ten of the name.
    assert.equal(store.search({ minMs: 500 }).length, 10);
    assert.ok(store.status().evictedTraces > 4_000);
  });

  test("lets a slow trace go first once ten slower ones of its name have come", async () => {
    const clock = new SimulatedClock();
    const store = storeOf({ clock, bytesMax: 400_000 });
    for (let trace = 1; trace <= 200; trace++) {
      store.add(sent("a", span(trace, 1, { forMs: 100 + trace })));
      await clock.advance(15_000);
    }
    for (let trace = 1_000; trace < 3_000; trace++) store.add(sent("a", span(trace, 1, { forMs: 1 })));
    for (let trace = 1; trace <= 190; trace++) assert.equal(store.view(traceIdOf(trace)), undefined);
    for (let trace = 191; trace <= 200; trace++) assert.ok(store.view(traceIdOf(trace)));
  });

  test("judges what is slow by the traces that are still there", () => {
    const worths: TraceWorth[] = [];
    const store = storeOf({ bytesMax: 200_000, onSettled: (_, worth) => worths.push(worth) });
    for (let trace = 1; trace <= 20; trace++)
      store.add(sent("a", span(trace, 1, { forMs: 5_000, status: 2 })));
    store.close();
    const failing = { forMs: 1, status: 2 as const, name: "other" };
    for (let trace = 1_000; trace < 2_000; trace++) store.add(sent("a", span(trace, 1, failing)));
    store.add(sent("a", span(5_000, 1, { forMs: 500 })));
    store.close();
    assert.equal(worths.at(-1), "slow");
  });

  test("keeps of a span no more than 64 KiB of names and values, or little more", () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 128 }, (_, at) => [`a${at}`, "x".repeat(9_000)]),
    );
    const events = Array.from({ length: 200 }, () => ({ timeUs: 1, name: "event", attributes }));
    const store = storeOf();
    store.add(sent("a", span(1, 1, { attributes, events, links: [] })));
    assert.equal(store.status().spans, 1);
    assert.ok(store.status().bytes < 80_000);
  });

  test("keeps room for what comes in when everything fails", () => {
    const store = storeOf({ bytesMax: 400_000 });
    for (let trace = 1; trace <= 3_000; trace++) store.add(sent("a", span(trace, 1, { status: 2 })));
    for (let trace = 4_001; trace <= 4_050; trace++) store.add(sent("a", span(trace, 1)));
    assert.ok(store.view(traceIdOf(3_000)));
    assert.equal(store.view(traceIdOf(1)), undefined);
    for (let trace = 4_001; trace <= 4_050; trace++) assert.ok(store.view(traceIdOf(trace)));
  });

  test("settles a trace 10 to 15 s after its last span, again when more came, and what is left when it closes", async () => {
    const clock = new SimulatedClock();
    const settled: [string, number, TraceWorth][] = [];
    const store = storeOf({
      clock,
      onSettled: (trace, worth) => settled.push([trace.id, trace.spans.length, worth]),
    });
    store.add(sent("a", span(1, 1)));
    await clock.advance(9_000);
    assert.deepEqual(settled, []);
    await clock.advance(6_000);
    assert.deepEqual(settled, [[traceIdOf(1), 1, "slow"]]);
    assert.equal(clock.pendingTimers, 0);
    store.add(sent("b", span(1, 2, { parent: 1, status: 2 })));
    store.close();
    assert.deepEqual(settled.at(-1), [traceIdOf(1), 2, "failed"]);
    assert.equal(clock.pendingTimers, 0);
  });

  test("tells the metrics of each call of another part, for as many as its sampling stands for", () => {
    const observed: Parameters<MetricWriter["observe"]>[0][] = [];
    const metrics: MetricWriter = {
      gauge: () => assert.fail("no gauge"),
      counter: () => assert.fail("no counter"),
      observe: (sample) => observed.push(sample),
    };
    const store = storeOf({ metrics });
    const call = { attributes: { "trestle.peer": "hot" }, forMs: 20 };
    store.add(
      sent(
        "shortener",
        span(1, 1, { ...call, kind: 3, traceState: "ot=th:c" }),
        span(1, 2, { ...call, kind: 4, status: 2 }),
        span(1, 3, { ...call, kind: 2 }),
        span(1, 4, { kind: 3 }),
        span(1, 5, { ...call, kind: 3, traceState: "ot=th:ffffffffffffff" }),
      ),
    );
    assert.deepEqual(
      observed.map(({ value, weight, attributes }) => ({ value, weight, attributes })),
      [
        { value: 0.02, weight: 4, attributes: { "trestle.peer": "hot", error: "false" } },
        { value: 0.02, weight: 1, attributes: { "trestle.peer": "hot", error: "true" } },
        { value: 0.02, weight: 100_000, attributes: { "trestle.peer": "hot", error: "false" } },
      ],
    );
    assert.equal(observed[0]?.name, "trestle.link.duration");
    assert.equal(observed[0]?.part, "shortener");
    assert.equal(observed[0]?.traceId, traceIdOf(1));
  });
});
