import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Streams } from "../random/streams.ts";
import { BatchMeans } from "./batch-means.ts";
import { Histogram } from "./histogram.ts";
import { LevelSeries, ValueSeries } from "./series.ts";
import { studentQuantile } from "./student-quantile.ts";
import { TimeAverage } from "./time-average.ts";
import { warmUpOf } from "./warm-up.ts";

test("a histogram knows any quantile to within half a percent, and mean and ends exactly", () => {
  const value = fc.double({ min: 0.001, max: 6e7, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 300, size: "max" }),
      fc.nat(100),
      (values, percent) => {
        const histogram = new Histogram();
        for (const one of values) histogram.record(one);
        const sorted = values.toSorted((one, other) => one - other);
        const exact = sorted[Math.max(0, Math.ceil((percent / 100) * values.length) - 1)] ?? 0;
        const quantile = histogram.quantile(percent / 100);
        assert.ok(Math.abs(quantile - exact) <= exact * 0.005, `${quantile}, not ${exact}`);
        const sum = values.reduce((total, one) => total + one, 0);
        assert.ok(Math.abs(histogram.mean - sum / values.length) <= 1e-9 * histogram.mean);
        const { least, greatest, count } = histogram.summary();
        assert.deepEqual([least, greatest, count], [sorted[0], sorted.at(-1), values.length]);
      },
    ),
    { numRuns: 300 },
  );
});

test("a histogram counts what is none, too small and too large, and tells nothing of nothing", () => {
  const histogram = new Histogram();
  assert.deepEqual([histogram.quantile(0.5), histogram.mean, histogram.shareAbove(0)], [0, 0, 0]);
  assert.equal(histogram.summary().least, 0);
  for (const value of [0, -1, Number.NaN, 1e-9]) histogram.record(value);
  assert.equal(histogram.quantile(1), 0);
  histogram.record(1e12);
  assert.equal(histogram.quantile(1), 1e12);
  assert.equal(histogram.count, 5);
  assert.deepEqual(
    histogram.buckets().map(({ count }) => count),
    [4, 1],
  );
  histogram.reset();
  assert.deepEqual([histogram.count, histogram.quantile(0.9), histogram.buckets().length], [0, 0, 0]);
});

test("two histograms together are that of all values, and shares above a bound fit their quantiles", () => {
  const random = new Streams(1).of("values");
  const [one, other, all] = [new Histogram(), new Histogram(), new Histogram()];
  for (let at = 0; at < 10_000; at++) {
    const value = -10 * Math.log1p(-random());
    (at % 3 === 0 ? one : other).record(value);
    all.record(value);
  }
  one.add(other);
  assert.deepEqual(one.buckets(), all.buckets());
  assert.equal(one.quantile(0.99), all.quantile(0.99));
  for (const share of [0.01, 0.1, 0.5, 0.9]) {
    assert.ok(Math.abs(all.shareAbove(all.quantile(1 - share)) - share) < 1e-6);
  }
  assert.equal(all.shareAbove(0), 1);
  assert.equal(all.shareAbove(1e9), 0);
});

test("a level's mean is over time, from the last reset on", () => {
  const average = new TimeAverage(2, 10);
  average.set(14, 6);
  average.set(16, 0);
  assert.equal(average.mean(20), (2 * 4 + 6 * 2) / 10);
  assert.equal(average.greatest, 6);
  average.reset(20);
  assert.deepEqual([average.mean(20), average.mean(30), average.greatest], [0, 0, 0]);
});

test("an interval of batch means holds the true mean about as often as it says, for values that depend on each other too", () => {
  let held = 0;
  const runs = 300;
  for (let run = 0; run < runs; run++) {
    const random = new Streams(run).of("values");
    const means = new BatchMeans();
    let value = 0;
    for (let at = 0; at < 8_192; at++) {
      // Each is nine tenths of the one before, and its share of chance: of mean 5.
      value = 0.9 * value + random();
      if (at >= 100) means.record(value);
    }
    const { mean, halfWidth, batches } = means.interval(0.95);
    assert.ok(batches >= 32 && batches < 64);
    if (Math.abs(mean - 5) <= (halfWidth ?? 0)) held++;
  }
  // Of 300 at 95 % between 272 and 297 in 999 cases of a thousand.
  assert.ok(held >= 270 && held <= 298, `${held} of ${runs}`);
});

test("batches hold all values in constant room: their mean is the mean", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 500, size: "max" }), (values) => {
      const means = new BatchMeans(8);
      for (const value of values) means.record(value);
      const { size, means: kept } = means.batches;
      const whole = values.slice(0, kept.length * size);
      assert.ok(kept.length < 8 && values.length - whole.length < size);
      const sum = whole.reduce((total, value) => total + value, 0);
      assert.ok(Math.abs(kept.reduce((total, mean) => total + mean * size, 0) - sum) < 1e-6);
    }),
  );
  assert.deepEqual(new BatchMeans().interval(), { mean: 0, halfWidth: null, batches: 0, correlation: 0 });
  assert.throws(() => new BatchMeans(7), RangeError);
});

test("Student's quantiles are those of the tables", () => {
  // Abramowitz and Stegun, table 26.10.
  for (const [chance, degrees, value] of [
    [0.975, 1, 12.7062],
    [0.975, 2, 4.3027],
    [0.975, 5, 2.5706],
    [0.975, 10, 2.2281],
    [0.995, 30, 2.75],
    [0.975, 31, 2.0395],
    [0.975, 60, 2.0003],
  ] as const) {
    assert.ok(Math.abs(studentQuantile(chance, degrees) - value) < 2e-4 * value, `${chance}, ${degrees}`);
  }
});

test("the warm-up ends where a run has settled, and is not known of one that never does", () => {
  const random = new Streams(1).of("noise");
  const rising = Array.from({ length: 200 }, (_, at) => 100 * (1 - Math.exp(-at / 8)) + random());
  const { values, isSettled } = warmUpOf({ size: 50, means: rising });
  assert.ok(isSettled);
  assert.ok(values >= 30 * 50 && values <= 70 * 50, `${values} values`);
  const steady = warmUpOf({ size: 1, means: rising.map(() => random()) });
  assert.ok(steady.values <= 60 && steady.isSettled);
  assert.equal(warmUpOf({ size: 1, means: rising.map((_, at) => at) }).isSettled, false);
  assert.deepEqual(warmUpOf({ size: 1, means: [] }), { values: 0, isSettled: false });
});

test("a series tells by windows what happened, and doubles them when a run outlasts it", () => {
  const series = new ValueSeries({ windowMs: 10, windowsMax: 4 });
  for (let timeMs = 0; timeMs < 40; timeMs++) series.record(timeMs, timeMs < 20 ? 1 : 100);
  const before = series.data();
  assert.deepEqual(before.count, [10, 10, 10, 10]);
  assert.deepEqual(before.mean, [1, 1, 100, 100]);
  for (const [at, p99] of before.p99.entries()) assert.ok(Math.abs(p99 / (at < 2 ? 1 : 100) - 1) < 0.05);
  series.record(45, 7);
  assert.equal(series.data().windowMs, 20);
  assert.deepEqual(series.data().count, [20, 20, 1]);
  assert.deepEqual(series.data().greatest, [1, 100, 7]);
  series.record(1_000, 3);
  assert.equal(series.data().windowMs, 320);
  assert.deepEqual(series.data().count, [41, 0, 0, 1]);
  assert.throws(() => new ValueSeries({ windowMs: 0 }), RangeError);
  assert.throws(() => new ValueSeries({ windowsMax: 3 }), RangeError);
});

test("a series of a level has the same mean as the level, however windows are put together", () => {
  const change = fc.record({ afterMs: fc.integer({ min: 0, max: 500 }), level: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const series = new LevelSeries({ windowMs: 10, windowsMax: 8 });
      const average = new TimeAverage();
      let nowMs = 0;
      for (const { afterMs, level } of changes) {
        nowMs += afterMs;
        series.set(nowMs, level);
        average.set(nowMs, level);
      }
      nowMs += 5;
      const { windowMs, mean, greatest } = series.data(nowMs);
      assert.ok(mean.length <= 8);
      let area = 0;
      for (const [at, level] of mean.entries()) {
        area += level * (Math.min(nowMs, (at + 1) * windowMs) - at * windowMs);
        assert.ok((greatest[at] ?? 0) >= level - 1e-9);
      }
      assert.ok(Math.abs(area / nowMs - average.mean(nowMs)) < 1e-6);
    }),
  );
});
