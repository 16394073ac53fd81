import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import { bucketOf, ExponentialBuckets, SCALE_MAX } from "./exponential-buckets.ts";
import { createMeter } from "./meter.ts";

const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });

test("a power of two lies on a bound at every scale, and so below it", () => {
  for (let scale = -10; scale <= SCALE_MAX; scale++) {
    for (const exponent of [-1_000, -3, -1, 0, 1, 2, 10, 1_000]) {
      const expected = scale > 0 ? exponent * 2 ** scale - 1 : Math.ceil(exponent / 2 ** -scale) - 1;
      assert.equal(bucketOf(2 ** exponent, scale), expected, `2^${exponent} at scale ${scale}`);
    }
  }
});

test("a value lies above its bucket's lower bound and not above its upper one", () => {
  fc.assert(
    fc.property(positive, fc.integer({ min: -5, max: 8 }), (value, scale) => {
      const index = bucketOf(value, scale);
      const growth = 2 ** -scale;
      // In logarithms, to within what those are exact to.
      const at = Math.log2(value);
      assert.ok(index * growth <= at + 1e-9 && at <= (index + 1) * growth + 1e-9, `${value} in ${index}`);
    }),
  );
});

test("a coarser scale joins neighbours and nothing else", () => {
  fc.assert(
    fc.property(positive, fc.integer({ min: -9, max: SCALE_MAX }), (value, scale) => {
      assert.equal(bucketOf(value, scale) >> 1, bucketOf(value, scale - 1));
    }),
  );
});

test("whatever comes in whatever order, nothing is lost, the bound is kept, and each value is in its bucket", () => {
  fc.assert(
    fc.property(
      fc.array(positive, { minLength: 1, maxLength: 100, size: "max" }),
      fc.integer({ min: 4, max: 40 }),
      (values, bucketsMax) => {
        const buckets = new ExponentialBuckets(bucketsMax);
        for (const value of values) buckets.add(value);
        const { scale, offset, counts } = buckets;
        const expected = new Map<number, number>();
        for (const value of values) {
          const index = bucketOf(value, scale);
          expected.set(index, (expected.get(index) ?? 0) + 1);
        }
        const found = new Map<number, number>();
        for (const [place, count] of counts.entries()) if (count > 0) found.set(offset + place, count);
        assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()));
        assert.ok(counts.length <= bucketsMax);
      },
    ),
  );
});

test("values from 1 ms to 10 s are told apart to within 6 % by 160 buckets", () => {
  const buckets = new ExponentialBuckets(160);
  for (let value = 0.001; value <= 10; value *= 1.01) buckets.add(value);
  assert.ok(2 ** (2 ** -buckets.scale) < 1.1);
  assert.ok(2 ** (2 ** -buckets.scale / 2) - 1 < 0.06);
});

test("an exponential histogram holds count, sum and zeros, and examples of each magnitude", () => {
  const context = { traceId: "a".repeat(32), spanId: "a".repeat(16), flags: 1, traceState: "" };
  const meter = createMeter({ clock: new SimulatedClock(), sampledContext: () => context });
  const durations = meter.histogram("durations", { exponential: true, bucketsMax: 20 });
  for (const value of [0, 0.001, 0.0011, 1, 1, 1, Number.NaN, -1]) durations.record(value);
  const [metric] = meter.collect();
  assert.ok(metric?.kind === "exponential-histogram");
  const [point] = metric.points;
  assert.equal(point?.count, 6);
  assert.equal(point.zeroCount, 1);
  assert.equal(point.sum.toFixed(4), "3.0021");
  assert.equal(
    point.positive.counts.reduce((sum, one) => sum + one, 0),
    5,
  );
  assert.deepEqual(point.exemplars.map(({ value }) => value).sort(), [0.001, 1]);
  assert.throws(() => meter.histogram("b", { exponential: true, bucketsMax: 1 }), RangeError);
});
