import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { madeSpan, madeSpans } from "./testing/spans.ts";
import { traceTree } from "./trace-tree.ts";
import { openedFor, rowStep, shownRows } from "./waterfall-rows.ts";

const tree = traceTree([
  madeSpan("a", undefined, 0, 10),
  madeSpan("b", "a", 1, 4),
  madeSpan("c", "b", 2, 1),
  madeSpan("d", "a", 6, 1),
]);

function ids(closed: ReadonlySet<string>): string[] {
  return shownRows(tree, closed).map(({ span }) => span.spanId);
}

describe("the rows of a waterfall", () => {
  test("leave out what lies below a closed span, at any depth", () => {
    assert.deepEqual(ids(new Set()), ["a", "b", "c", "d"]);
    assert.deepEqual(ids(new Set(["b"])), ["a", "b", "d"]);
    assert.deepEqual(ids(new Set(["a", "b"])), ["a"]);
  });

  test("are walked, opened and closed by the keys of a tree", () => {
    const none = new Set<string>();
    const rows = shownRows(tree, none);
    assert.deepEqual(rowStep("ArrowDown", rows, 3, none), { to: 3 });
    assert.deepEqual(rowStep("ArrowUp", rows, 0, none), { to: 0 });
    assert.deepEqual(rowStep("End", rows, 0, none), { to: 3 });
    assert.deepEqual(rowStep("Home", rows, 2, none), { to: 0 });
    assert.deepEqual(rowStep("PageDown", rows, 0, none), { to: 3 });
    assert.deepEqual(rowStep("ArrowLeft", rows, 1, none), { close: "b" });
    assert.deepEqual(rowStep("ArrowLeft", rows, 2, none), { to: 1 });
    assert.deepEqual(rowStep("ArrowRight", rows, 1, none), { to: 2 });
    assert.deepEqual(rowStep("ArrowRight", rows, 2, none), { to: 2 });
    assert.deepEqual(rowStep("Enter", rows, 2, none), { choose: "c" });
    assert.equal(rowStep("x", rows, 2, none), undefined);
    const closed = new Set(["b"]);
    assert.deepEqual(rowStep("ArrowRight", shownRows(tree, closed), 1, closed), { open: "b" });
  });

  test("show a span that is asked for, whatever was closed", () => {
    fc.assert(
      fc.property(madeSpans, fc.nat(15), (spans, at) => {
        const made = traceTree(spans);
        const closed = new Set(spans.map(({ spanId }) => spanId));
        const wanted = spans[at % Math.max(1, spans.length)]?.spanId;
        if (wanted === undefined) return;
        const rows = shownRows(made, openedFor(wanted, made, closed));
        assert.ok(rows.some(({ span }) => span.spanId === wanted));
      }),
    );
  });
});
