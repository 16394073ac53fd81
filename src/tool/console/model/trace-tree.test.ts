import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { SpanView } from "../../control-api/index.ts";
import { madeSpan, madeSpans } from "./testing/spans.ts";
import { traceTree } from "./trace-tree.ts";

function rowsOf(spans: readonly SpanView[]): string[] {
  return traceTree(spans).nodes.map(
    ({ depth, span, startMs, isOrphan }) =>
      `${"  ".repeat(depth)}${span.spanId}@${startMs}${isOrphan ? "?" : ""}`,
  );
}

describe("the tree of a trace", () => {
  test("has a parent before its children, and children by their beginning", () => {
    const spans = [
      madeSpan("c", "a", 5, 3),
      madeSpan("a", undefined, 0, 10),
      madeSpan("d", "b", 2, 1),
      madeSpan("b", "a", 1, 3),
    ];
    assert.deepEqual(rowsOf(spans), ["a@0", "  b@1", "    d@2", "  c@5"]);
    const [root, second] = traceTree(spans).nodes;
    assert.equal(root?.below, 3);
    assert.equal(second?.below, 1);
  });

  test("shows what names a parent that has not come beside the root, as an orphan", () => {
    const spans = [madeSpan("a", undefined, 0, 10), madeSpan("b", "lost", 2, 3), madeSpan("c", "b", 3, 1)];
    assert.deepEqual(rowsOf(spans), ["a@0", "b@2?", "  c@3"]);
  });

  test("cuts a circle before the span that began first, and one that is its own parent", () => {
    const spans = [
      madeSpan("b", "c", 2, 1),
      madeSpan("c", "a", 3, 1),
      madeSpan("a", "b", 1, 1),
      madeSpan("tail", "c", 4, 1),
      madeSpan("self", "self", 9, 1),
    ];
    assert.deepEqual(rowsOf(spans), ["a@1?", "  c@3", "    b@2", "    tail@4", "self@9?"]);
  });

  test("counts a span that came twice once, and failures below a span without its own", () => {
    const spans = [
      madeSpan("a", undefined, 0, 9, { error: true }),
      madeSpan("b", "a", 1, 1, { error: true }),
      madeSpan("b", "a", 1, 1, { error: true }),
    ];
    assert.equal(traceTree(spans).nodes.length, 2);
    assert.equal(traceTree(spans).nodes[0]?.errorsBelow, 1);
  });

  test("moves an answer whose clock goes differently into the middle of the call, with all that its process did", () => {
    const client = madeSpan("call", undefined, 1_000, 10, { part: "front", kind: "client" });
    const server = madeSpan("serve", "call", 400, 6, { part: "shop", kind: "server" });
    const query = madeSpan("query", "serve", 403, 2, { part: "shop", kind: "client" });
    assert.deepEqual(rowsOf([client, server, query]), ["call@1000", "  serve@1002", "    query@1005"]);
    const late = { ...server, startMs: 1_500 };
    assert.deepEqual(rowsOf([client, late]), ["call@1000", "  serve@1002"]);
    assert.equal(traceTree([client, late]).nodes[1]?.shiftMs, -498);
  });

  test("believes what could be so: work that goes on after its parent, and an answer that outlives the call", () => {
    const root = madeSpan("a", undefined, 0, 10, { part: "one", kind: "client" });
    const handedOn = madeSpan("b", "a", 8, 50, { part: "two", kind: "consumer" });
    const outlived = madeSpan("c", "a", 1, 50, { part: "two", kind: "server" });
    assert.deepEqual(
      traceTree([root, handedOn, outlived]).nodes.map(({ shiftMs }) => shiftMs),
      [0, 0, 0],
    );
  });

  test("of nothing is empty", () => {
    assert.deepEqual(traceTree([]), { nodes: [], roots: [], fromMs: 0, toMs: 0 });
  });

  test("holds every span once, after its parent, not before it in time, and as long as it was", () => {
    fc.assert(
      fc.property(madeSpans, (spans) => {
        const { nodes, roots, fromMs, toMs } = traceTree(spans);
        assert.deepEqual(
          nodes.map(({ span }) => span.spanId).sort(),
          [...new Set(spans.map(({ spanId }) => spanId))].sort(),
        );
        nodes.forEach((node, index) => {
          assert.equal(node.index, index);
          assert.ok(node.startMs >= fromMs && node.endMs <= toMs);
          assert.ok(Math.abs(node.endMs - node.startMs - node.span.durationMs) < 1e-6);
          assert.equal(roots.includes(node), node.parent === undefined);
          if (!node.parent) return;
          assert.equal(node.depth, node.parent.depth + 1);
          assert.ok(node.index > node.parent.index && node.index <= node.parent.index + node.parent.below);
          const isOther = node.span.part !== node.parent.span.part;
          if (isOther) assert.ok(node.startMs >= node.parent.startMs - 0.01);
        });
      }),
      { numRuns: 300 },
    );
  });

  test("of two thousand spans in one chain, or below one span, is made in no time", () => {
    const chain = Array.from({ length: 2_000 }, (_, at) =>
      madeSpan(`s${at}`, at === 0 ? undefined : `s${at - 1}`, at, 4_000 - 2 * at),
    );
    const wide = chain.map((span, at) => (at === 0 ? span : { ...span, parentSpanId: "s0" }));
    const beganMs = performance.now();
    assert.equal(traceTree(chain).nodes.at(-1)?.depth, 1_999);
    assert.equal(traceTree(wide).roots[0]?.children.length, 1_999);
    assert.ok(performance.now() - beganMs < 500);
  });
});
