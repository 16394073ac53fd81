import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { SpanView } from "../../control-api/index.ts";
import { criticalPath, mainRoot, pathShares } from "./critical-path.ts";
import { madeSpan, madeSpans } from "./testing/spans.ts";
import { traceTree } from "./trace-tree.ts";

function pathOf(spans: readonly SpanView[]): string[] {
  return criticalPath(traceTree(spans)).map(
    ({ node, fromMs, toMs }) => `${node.span.spanId} ${fromMs}-${toMs}`,
  );
}

describe("the critical path", () => {
  test("goes through calls one after the other, with the caller's own time between them", () => {
    const spans = [
      madeSpan("root", undefined, 0, 100),
      madeSpan("first", "root", 10, 30),
      madeSpan("second", "root", 50, 40),
      madeSpan("within", "second", 60, 20),
    ];
    assert.deepEqual(pathOf(spans), [
      "root 0-10",
      "first 10-40",
      "root 40-50",
      "second 50-60",
      "within 60-80",
      "second 80-90",
      "root 90-100",
    ]);
  });

  test("goes through the one that ended last of those that ran beside each other", () => {
    const spans = [
      madeSpan("root", undefined, 0, 100),
      madeSpan("long", "root", 10, 80),
      madeSpan("short", "root", 10, 20),
      madeSpan("overlaps", "root", 5, 50),
      madeSpan("before", "root", 1, 7),
    ];
    assert.deepEqual(pathOf(spans), ["root 0-1", "before 1-8", "root 8-10", "long 10-90", "root 90-100"]);
  });

  test("leaves out what nobody waited for: work handed to a consumer, and work that outlived its parent", () => {
    const spans = [
      madeSpan("root", undefined, 0, 50),
      madeSpan("handed on", "root", 10, 30, { kind: "consumer" }),
      madeSpan("outlived", "root", 20, 90),
    ];
    assert.deepEqual(pathOf(spans), ["root 0-50"]);
  });

  test("cuts an answer where the caller gave up, and tells what was being done then", () => {
    const spans = [
      madeSpan("call", undefined, 0, 50, { part: "front", kind: "client" }),
      madeSpan("answer", "call", 5, 200, { kind: "server" }),
      madeSpan("query", "answer", 10, 150),
    ];
    assert.deepEqual(pathOf(spans), ["call 0-5", "answer 5-10", "query 10-50"]);
  });

  test("is that of the longest root where the true one is missing", () => {
    const spans = [madeSpan("a", "lost", 0, 5), madeSpan("b", "lost", 10, 50)];
    assert.equal(mainRoot(traceTree(spans))?.span.spanId, "b");
    assert.deepEqual(pathOf(spans), ["b 10-60"]);
    assert.deepEqual(pathOf([]), []);
  });

  test("has its shares by part and name: a loop of queries is one line, the largest first", () => {
    const spans = [
      madeSpan("root", undefined, 0, 100),
      ...Array.from({ length: 8 }, (_, at) =>
        madeSpan(`q${at}`, "root", 10 + at * 10, 9, { name: "SELECT" }),
      ),
    ];
    const [first, second] = pathShares(criticalPath(traceTree(spans)));
    assert.equal(first?.name, "SELECT");
    assert.equal(first?.ms, 72);
    assert.equal(first?.nodes.length, 8);
    assert.equal(second?.name, "root");
    assert.equal(second?.share, 0.28);
  });

  test("covers its root from beginning to end without a gap, and only while its spans ran", () => {
    fc.assert(
      fc.property(madeSpans, (spans) => {
        const tree = traceTree(spans);
        const root = mainRoot(tree);
        const path = criticalPath(tree);
        let atMs = root?.startMs ?? 0;
        for (const { node, fromMs, toMs } of path) {
          assert.equal(fromMs, atMs);
          assert.ok(toMs > fromMs && fromMs >= node.startMs && toMs <= node.endMs);
          atMs = toMs;
        }
        assert.equal(atMs, root?.endMs ?? 0);
        const wholeMs = pathShares(path).reduce((sum, { ms }) => sum + ms, 0);
        assert.ok(Math.abs(wholeMs - ((root?.endMs ?? 0) - (root?.startMs ?? 0))) < 1e-6);
      }),
      { numRuns: 500 },
    );
  });

  test("of two thousand spans, in a chain or one after the other, is found in no time", () => {
    const chain = Array.from({ length: 2_000 }, (_, at) =>
      madeSpan(`s${at}`, at === 0 ? undefined : `s${at - 1}`, at, 4_000 - 2 * at),
    );
    const wide = chain.map((span, at) =>
      at === 0 ? span : { ...span, parentSpanId: "s0", startMs: at * 1.5, durationMs: 1 },
    );
    const beganMs = performance.now();
    assert.equal(criticalPath(traceTree(chain)).length, 3_999);
    assert.equal(criticalPath(traceTree(wide)).length, 3_999);
    assert.ok(performance.now() - beganMs < 1_000);
  });
});
