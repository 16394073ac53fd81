import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ExponentialHistogramPoint } from "../../../../blocks/telemetry/otlp/model.ts";
import { EXPONENTIAL_LAYOUT } from "./bucket-layout.ts";
import { Distribution } from "./distribution.ts";
import { exponentialFell, exponentialRise, exponentialTotal } from "./exponential.ts";
import type { Entry } from "./strip.ts";

const values = fc.array(
  fc.oneof(fc.double({ min: 1e-4, max: 1e4, noNaN: true }), fc.double({ min: -50, max: 50, noNaN: true })),
  { maxLength: 60, size: "max" },
);
const scale = fc.integer({ min: -2, max: 12 });

test("what came between two reports is told whatever their scales, bucket by bucket rising, and none is lost", () => {
  fc.assert(
    fc.property(values, values, scale, scale, (first, more, oneScale, otherScale) => {
      const before = exponentialTotal(pointOf(first, oneScale));
      const now = exponentialTotal(pointOf([...first, ...more], otherScale));
      assert.ok(before && now);
      assert.equal(exponentialFell(before, now), false);
      const entry: Entry = { value: 0, used: 0, ids: [], counts: [] };
      exponentialRise(before, now, entry);
      const ids = entry.ids.slice(0, entry.used);
      assert.deepEqual(
        ids,
        [...new Set(ids)].sort((one, other) => one - other),
      );
      const count = entry.counts.slice(0, entry.used).reduce((sum, each) => sum + each, 0);
      assert.ok(Math.abs(count - more.length) < 1e-6, `${count} of ${more.length}`);
    }),
    { numRuns: 300 },
  );
});

test("a percentile of a report is off by at most the width of its buckets", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), {
        minLength: 1,
        maxLength: 200,
        size: "max",
      }),
      scale,
      (given, reported) => {
        const total = exponentialTotal(pointOf(given, reported));
        assert.ok(total);
        const entry: Entry = { value: 0, used: 0, ids: [], counts: [] };
        exponentialRise(undefined, total, entry);
        const sum = new Distribution();
        sum.addEntry(EXPONENTIAL_LAYOUT, entry, 1);
        const exact = given.sort((one, other) => one - other)[Math.ceil(0.9 * given.length) - 1] ?? 0;
        const width = 2 ** (2 ** -Math.min(5, reported));
        const read = sum.percentile(0.9);
        assert.ok(read <= exact * width * 1.0001 && read >= exact / width / 1.0001, `${read} for ${exact}`);
      },
    ),
    { numRuns: 300 },
  );
});

test("a bucket that holds less than before is a new beginning", () => {
  const before = exponentialTotal(pointOf([1, 2, 2, 3], 3));
  const now = exponentialTotal(pointOf([1, 2, 3, 3, 3], 2));
  assert.ok(before && now);
  assert.equal(exponentialFell(before, now), true);
  assert.equal(exponentialFell(before, before), false);
});

test("scales and counts that no histogram has are refused", () => {
  const point = pointOf([1, 2], 3);
  assert.equal(exponentialTotal({ ...point, scale: 21 }), undefined);
  assert.equal(exponentialTotal({ ...point, scale: 1.5 }), undefined);
  assert.equal(exponentialTotal({ ...point, zeroCount: -1 }), undefined);
  assert.equal(exponentialTotal({ ...point, positive: { offset: 0, counts: [1, -1] } }), undefined);
  assert.equal(exponentialTotal({ ...point, positive: { offset: 0, counts: [Number.NaN] } }), undefined);
  assert.equal(
    exponentialTotal({ ...point, positive: { offset: 0, counts: new Array<number>(2_000).fill(1) } }),
    undefined,
  );
});

/** What an SDK makes of values at a scale. */
function pointOf(given: readonly number[], scale: number): ExponentialHistogramPoint {
  const side = (magnitudes: readonly number[]) => {
    const places = magnitudes.map((each) => Math.ceil(Math.log2(each) * 2 ** scale) - 1);
    const offset = places.length > 0 ? Math.min(...places) : 0;
    const size = places.length > 0 ? Math.max(...places) - offset + 1 : 0;
    // SDKs keep 160 buckets and lower the scale instead; the test's values need no more than these.
    if (size > 1_000) return undefined;
    const counts = new Array<number>(size).fill(0);
    for (const place of places) counts[place - offset] = (counts[place - offset] ?? 0) + 1;
    return { offset, counts };
  };
  const positive = side(given.filter((each) => each > 1e-9));
  const negative = side(given.filter((each) => each < -1e-9).map((each) => -each));
  if (!positive || !negative) return pointOf(given, scale - 1);
  return {
    attributes: {},
    startUs: 0,
    timeUs: 0,
    exemplars: [],
    count: given.length,
    sum: given.reduce((sum, each) => sum + each, 0),
    scale,
    zeroCount: given.filter((each) => Math.abs(each) <= 1e-9).length,
    positive,
    negative,
  };
}
