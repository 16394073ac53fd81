import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EXPONENTIAL_ERROR, EXPONENTIAL_LAYOUT, ExplicitLayout } from "./bucket-layout.ts";
import { Distribution } from "./distribution.ts";

const values = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
  size: "max",
});
const rank = fc.constantFrom(0.5, 0.9, 0.95, 0.99, 0.999, 1);

test("a percentile of the exponential layout is off by at most the stated error", () => {
  fc.assert(
    fc.property(values, rank, (given, share) => {
      const sum = new Distribution();
      for (const value of given) add(sum, EXPONENTIAL_LAYOUT, value);
      const exact = sorted(given)[Math.ceil(share * given.length) - 1] ?? 0;
      const read = sum.percentile(share);
      assert.ok(Math.abs(read - exact) <= EXPONENTIAL_ERROR * exact * 1.000001, `${read} for ${exact}`);
    }),
  );
});

test("a percentile of reported bounds lies in the bucket that holds it, also when histograms of other bounds are added", () => {
  const one = new ExplicitLayout([0.01, 0.1, 1, 10, 100]);
  const other = new ExplicitLayout([0.05, 0.5, 5, 50]);
  fc.assert(
    fc.property(values, values, rank, (left, right, share) => {
      const sum = new Distribution();
      for (const value of left) add(sum, one, value);
      const exact = sorted(left)[Math.ceil(share * left.length) - 1] ?? 0;
      const bucket = one.idOf(exact);
      const read = sum.percentile(share);
      assert.ok(read >= one.lower(bucket) && read <= one.upper(bucket) + 1e-9, `${read} for ${exact}`);

      for (const value of right) add(sum, other, value);
      assert.equal(sum.count, left.length + right.length);
      const both = sum.percentile(share);
      assert.ok(sum.below(both * (1 + 1e-9)) >= share * sum.count - 1e-6, "so many lie at or below it");
      assert.ok(sum.below(both * (1 - 1e-9) - 1e-12) <= share * sum.count + 1e-6, "and no more below it");
    }),
  );
});

test("how many lie above a bound that was reported is exact, and within a bucket evenly shared out", () => {
  const layout = new ExplicitLayout([0.1, 0.2, 0.4]);
  const sum = new Distribution();
  for (const value of [0.05, 0.15, 0.15, 0.3, 0.3, 0.3, 0.3, 9]) add(sum, layout, value);
  assert.equal(sum.above(0.2), 5);
  assert.equal(sum.above(0.3), 3);
  assert.equal(sum.above(0.4), 1);
  assert.equal(sum.above(0), 8);
});

test("negative values and zero have buckets of their own", () => {
  const sum = new Distribution();
  for (const value of [-8, -4, 0, 4, 8]) add(sum, EXPONENTIAL_LAYOUT, value);
  assert.equal(sum.percentile(0.5), 0);
  assert.ok(Math.abs(sum.percentile(0.2) + 8) <= 8 * EXPONENTIAL_ERROR);
  assert.ok(Math.abs(sum.percentile(1) - 8) <= 8 * EXPONENTIAL_ERROR);
  assert.equal(sum.above(0), 2);
});

test("a histogram without bounds knows its mean", () => {
  const sum = new Distribution();
  sum.addEntry(new ExplicitLayout([]), { value: 12, used: 1, ids: [0], counts: [4] }, 1);
  assert.equal(sum.percentile(0.99), 3);
});

function add(sum: Distribution, layout: ExplicitLayout | typeof EXPONENTIAL_LAYOUT, value: number): void {
  sum.addEntry(layout, { value, used: 1, ids: [layout.idOf(value)], counts: [1] }, 1);
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((one, other) => one - other);
}
