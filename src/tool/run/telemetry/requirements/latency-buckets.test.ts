import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { HistogramReading } from "../metric-reader.ts";
import { boundsWith, LatencyBuckets } from "./latency-buckets.ts";

/** Values in milliseconds, as a histogram that keeps each. */
function reading(values: readonly number[]): HistogramReading {
  return {
    count: values.length,
    sum: 0,
    percentile: () => 0,
    above: (seconds) => values.filter((ms) => ms > seconds * 1_000).length,
  };
}

const times = fc.array(fc.double({ min: 0.02, max: 60_000, noNaN: true }), {
  minLength: 1,
  maxLength: 300,
  size: "max",
});
const required = fc.double({ min: 0.05, max: 10_000, noNaN: true });

test("a percentile is off by no more than the distance of two bounds", () => {
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.9, 0.99, 0.999), (values, rank) => {
      const buckets = new LatencyBuckets(boundsWith([]));
      buckets.addReading(reading(values));
      const sorted = [...values].sort((one, other) => one - other);
      const exact = sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? 0;
      const told = buckets.percentileMs(rank) ?? 0;
      assert.ok(told >= exact / 1.1 && told <= exact * 1.1, `${told} for ${exact}`);
    }),
    { numRuns: 50 },
  );
});

test("a required time is met exactly when no more than the allowed share took longer", () => {
  fc.assert(
    fc.property(times, required, fc.constantFrom(0.5, 0.9, 0.95, 0.99), (values, limitMs, rank) => {
      const buckets = new LatencyBuckets(boundsWith([limitMs]));
      buckets.addReading(reading(values));
      const over = values.filter((ms) => ms > (limitMs / 1_000) * 1_000).length;
      assert.equal(buckets.above(limitMs), over);
      const allowed = values.length - rank * values.length;
      // Where it is a matter of the last bit of a double, either is right.
      if (Math.abs(over - allowed) < 1e-9) return;
      assert.equal((buckets.percentileMs(rank) ?? 0) <= limitMs, over < allowed);
    }),
    { numRuns: 100 },
  );
});

test("parts added up are the whole", () => {
  fc.assert(
    fc.property(times, times, (some, others) => {
      const whole = new LatencyBuckets(boundsWith([]));
      whole.addReading(reading([...some, ...others]));
      const sum = new LatencyBuckets(boundsWith([]));
      for (const values of [some, others]) {
        const part = new LatencyBuckets(sum.boundsMs);
        part.addReading(reading(values));
        sum.add(part);
      }
      assert.equal(sum.total, whole.total);
      assert.equal(sum.percentileMs(0.9), whole.percentileMs(0.9));
    }),
    { numRuns: 30 },
  );
});

test("of nothing there is no percentile, and of what lies beyond all bounds the last bound is told", () => {
  const buckets = new LatencyBuckets(boundsWith([]));
  assert.equal(buckets.percentileMs(0.5), undefined);
  buckets.addReading(reading([1e12]));
  assert.equal(buckets.percentileMs(0.5), buckets.boundsMs.at(-1));
});
