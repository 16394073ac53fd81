import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { rowAt, rowWindow, scrollFor, topOf, wholeHeight } from "./row-window.ts";

describe("the rows of a long list", () => {
  const heights = { rows: 10_000, rowPx: 20, extraPx: new Map([[2, 100]]) };

  test("are drawn where they are seen, and a few beside them", () => {
    assert.deepEqual(rowWindow({ topPx: 100_100, heightPx: 200 }, heights, 3), { from: 4_997, to: 5_014 });
    assert.deepEqual(rowWindow({ topPx: 0, heightPx: 60 }, heights, 3), { from: 0, to: 6 });
    assert.deepEqual(rowWindow({ topPx: 1e9, heightPx: 60 }, heights, 3), { from: 9_996, to: 10_000 });
    assert.deepEqual(rowWindow({ topPx: 0, heightPx: 60 }, { ...heights, rows: 0 }), { from: 0, to: 0 });
  });

  test("are as high together as they are one by one, with those that are open", () => {
    assert.equal(wholeHeight(heights), 200_100);
    assert.equal(topOf(3, heights), 160);
    assert.equal(rowAt(159, heights), 2);
    assert.equal(wholeHeight({ ...heights, rows: 2 }), 40);
  });

  test("are scrolled to no further than is needed", () => {
    const view = { topPx: 1_000, heightPx: 200 };
    assert.equal(scrollFor(0, view, heights), 0);
    assert.equal(scrollFor(48, view, heights), 1_000);
    assert.equal(scrollFor(60, view, heights), 1_120);
  });

  test("lie at a height exactly when it is theirs", () => {
    const lists = fc.record({
      rows: fc.integer({ min: 1, max: 60 }),
      rowPx: fc.integer({ min: 1, max: 40 }),
      extraPx: fc.array(fc.tuple(fc.nat(60), fc.nat(300)), { maxLength: 5 }).map((pairs) => new Map(pairs)),
    });
    fc.assert(
      fc.property(lists, fc.nat(3_000), (list, px) => {
        const row = rowAt(px, list);
        assert.ok(topOf(row, list) <= px);
        if (row < list.rows - 1) assert.ok(topOf(row + 1, list) > px);
      }),
    );
  });
});
