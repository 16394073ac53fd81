import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { percentileOfTail } from "./percentile.ts";
import { findRoot } from "./root.ts";

test("the root of a cubic is found wherever it lies, in a few looks", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 50, noNaN: true }), fc.boolean(), (size, negative) => {
      const root = negative ? -size : size;
      let looks = 0;
      const found = findRoot(
        (x) => {
          looks++;
          return (x - root) ** 3 + (x - root);
        },
        -60,
        70,
      );
      assert.ok(Math.abs(found - root) <= 1e-9 * Math.max(1, Math.abs(root)), `${found} for ${root}`);
      assert.ok(looks < 100, `${looks} looks`);
    }),
  );
});

test("where a function jumps over 0, the jump is found", () => {
  assert.ok(Math.abs(findRoot((x) => (x < 3.25 ? 1 : -Infinity), 0, 10) - 3.25) < 1e-9);
});

test("when there is no change of sign, the better end is given", () => {
  assert.equal(
    findRoot((x) => x + 1, 0, 5),
    0,
  );
  assert.equal(
    findRoot((x) => -x - 1, 0, 5),
    0,
  );
});

test("an exponential law's percentile is its mean times ln(1 / (1 - fraction)), far from the first guess as well", () => {
  for (const mean of [1e-6, 1, 1e6]) {
    const found = percentileOfTail((t) => Math.exp(-t / mean), 0.99, 1);
    assert.ok(Math.abs(found / (mean * Math.log(100)) - 1) < 1e-9, `${found}`);
  }
});

test("a law with enough of itself at 0 has its percentile there, and one that does not fall has none", () => {
  assert.equal(
    percentileOfTail((t) => 0.1 * Math.exp(-t), 0.9, 1),
    0,
  );
  assert.equal(
    percentileOfTail(() => 0.5, 0.9, 1),
    Infinity,
  );
});
