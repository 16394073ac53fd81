import assert from "node:assert/strict";
import { test } from "node:test";
import { heatRowEnds, heatRowOf, heatRows, heatStep } from "./heat.ts";

const BOUNDS = [1, 2, 5, 10];

test("only rows that hold something are drawn, with one around them", () => {
  assert.deepEqual(
    heatRows({
      bounds: BOUNDS,
      counts: [
        [0, 0, 3, 0, 0],
        [0, 0, 1, 0, 0],
      ],
    }),
    { from: 1, to: 3, most: 3 },
  );
  assert.deepEqual(heatRows({ bounds: BOUNDS, counts: [[9, 0, 0, 0, 1]] }), { from: 0, to: 4, most: 9 });
  assert.equal(heatRows({ bounds: BOUNDS, counts: [[0, 0, 0, 0, 0]] }), undefined);
  assert.equal(heatRows({ bounds: BOUNDS, counts: [] }), undefined);
});

test("an empty cell has no colour, a single request among a million has one, and more is never colder", () => {
  assert.equal(heatStep(0, 1_000_000, 24), 0);
  assert.equal(heatStep(1, 1_000_000, 24), 1);
  assert.equal(heatStep(1_000_000, 1_000_000, 24), 23);
  let last = 0;
  for (let count = 0; count <= 1_000; count++) {
    const step = heatStep(count, 1_000, 24);
    assert.ok(step >= last && step < 24);
    last = step;
  }
});

test("a value on a bound lies below it, and one above them all in the last row", () => {
  assert.equal(heatRowOf(0.5, BOUNDS), 0);
  assert.equal(heatRowOf(2, BOUNDS), 1);
  assert.equal(heatRowOf(11, BOUNDS), 4);
  assert.deepEqual(heatRowEnds(0, BOUNDS), { from: 0, to: 1 });
  assert.deepEqual(heatRowEnds(2, BOUNDS), { from: 2, to: 5 });
  assert.deepEqual(heatRowEnds(4, BOUNDS), { from: 10, to: Number.POSITIVE_INFINITY });
});
