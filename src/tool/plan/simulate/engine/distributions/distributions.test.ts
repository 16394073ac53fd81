import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Streams } from "../random/streams.ts";
import { normalBelow } from "../testing/known-queues.ts";
import { squaredVariation } from "./distribution.ts";
import { type DistributionSpec, distributionOf } from "./distribution-spec.ts";
import { logNormal } from "./log-normal.ts";
import { normalQuantile } from "./normal-quantile.ts";

const DRAWS = 200_000;

/** A distribution, its moments as the books give them, and the chance of a value that is no greater than x. */
interface Known {
  readonly spec: DistributionSpec;
  readonly mean: number;
  readonly variance: number;
  readonly below: (x: number) => number;
}

const exponentialBelow = (mean: number) => (x: number) => 1 - Math.exp(-x / mean);
/** Of mean 4 and variation 2, by balanced means: p = (1 + sqrt(3 / 5)) / 2. */
const SHARE = (1 + Math.sqrt(3 / 5)) / 2;
const SIGMA = Math.sqrt(Math.log(2));

const KNOWN: readonly Known[] = [
  { spec: { kind: "uniform", from: 1, to: 4 }, mean: 2.5, variance: 0.75, below: (x) => (x - 1) / 3 },
  { spec: { kind: "exponential", mean: 3 }, mean: 3, variance: 9, below: exponentialBelow(3) },
  {
    spec: { kind: "erlang", mean: 6, stages: 3 },
    mean: 6,
    variance: 12,
    below: (x) => 1 - Math.exp(-x / 2) * (1 + x / 2 + x ** 2 / 8),
  },
  {
    spec: { kind: "hyperexponential", mean: 4, variation: 2 },
    mean: 4,
    variance: 64,
    below: (x) =>
      1 - SHARE * Math.exp((-x * 2 * SHARE) / 4) - (1 - SHARE) * Math.exp((-x * 2 * (1 - SHARE)) / 4),
  },
  {
    spec: { kind: "log-normal", mean: 2, variation: 1 },
    mean: 2,
    variance: 4,
    below: (x) => normalBelow((Math.log(x) - Math.log(2) + SIGMA ** 2 / 2) / SIGMA),
  },
  {
    spec: { kind: "pareto", least: 2, shape: 5 },
    mean: 2.5,
    variance: 5 / 12,
    below: (x) => 1 - (2 / x) ** 5,
  },
  {
    spec: { kind: "pareto", least: 1, shape: 1, most: 100 },
    mean: Math.log(100) / 0.99,
    variance: 99 / 0.99 - (Math.log(100) / 0.99) ** 2,
    below: (x) => (1 - 1 / x) / 0.99,
  },
  {
    spec: {
      kind: "percentiles",
      percentiles: [
        { percent: 0, value: 0 },
        { percent: 50, value: 1 },
        { percent: 100, value: 5 },
      ],
    },
    mean: 0.25 + 1.5,
    variance: 1 / 6 + 31 / 6 - 1.75 ** 2,
    below: (x) => (x <= 1 ? x / 2 : 0.5 + (x - 1) / 8),
  },
  {
    spec: { kind: "histogram", bounds: [1, 2, 4], counts: [3, 1] },
    mean: 0.75 * 1.5 + 0.25 * 3,
    variance: 0.75 * (7 / 3) + 0.25 * (28 / 3) - 1.875 ** 2,
    below: (x) => (x <= 2 ? 0.75 * (x - 1) : 0.75 + 0.125 * (x - 2)),
  },
];

for (const { spec, mean, variance, below } of KNOWN) {
  test(`${JSON.stringify(spec)} has its moments, and its draws fit it`, () => {
    const distribution = distributionOf(spec);
    assert.ok(Math.abs(distribution.mean - mean) < 1e-9 * mean, `mean ${distribution.mean}`);
    assert.ok(
      Math.abs(distribution.variance - variance) < 1e-9 * variance,
      `variance ${distribution.variance}`,
    );
    const random = new Streams(3).of(JSON.stringify(spec));
    const drawn = Float64Array.from({ length: DRAWS }, () => distribution.draw(random)).sort();
    // Kolmogorov and Smirnov: sqrt(n) times the greatest distance is above 1.95 once in a thousand.
    let distance = 0;
    for (const [at, value] of drawn.entries()) {
      const chance = below(value);
      distance = Math.max(distance, Math.abs(chance - at / DRAWS), Math.abs(chance - (at + 1) / DRAWS));
    }
    assert.ok(distance * Math.sqrt(DRAWS) < 1.95, `distance ${distance * Math.sqrt(DRAWS)}`);
    const sampled = drawn.reduce((sum, value) => sum + value, 0) / DRAWS;
    assert.ok(Math.abs(sampled - mean) < 4 * Math.sqrt(variance / DRAWS), `mean of draws ${sampled}`);
  });
}

test("a constant is that, and draws as others do", () => {
  const distribution = distributionOf({ kind: "constant", value: 5 });
  let drawn = 0;
  const random = () => ++drawn / 10;
  assert.deepEqual([distribution.draw(random), distribution.draw(random), drawn], [5, 5, 2]);
  assert.equal(squaredVariation(distribution), 0);
});

test("each draw but Erlang's takes one number, and grows with it", () => {
  const one = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  for (const { spec } of KNOWN) {
    if (spec.kind === "erlang" || spec.kind === "hyperexponential") continue;
    const distribution = distributionOf(spec);
    fc.assert(
      fc.property(one, one, (a, b) => {
        let taken = 0;
        const drawn = (value: number) => {
          taken++;
          return distribution.draw(() => value);
        };
        const [low, high] = [drawn(Math.min(a, b)), drawn(Math.max(a, b))];
        assert.equal(taken, 2);
        assert.ok(low >= 0 && low <= high && high < Number.POSITIVE_INFINITY);
      }),
    );
  }
});

test("a log-normal is known by mean or median with its p99", () => {
  const random = new Streams(1).of("p99");
  for (const figures of [
    { mean: 10, p99: 60 },
    { median: 10, p99: 60 },
  ]) {
    const distribution = logNormal(figures);
    const drawn = Float64Array.from({ length: DRAWS }, () => distribution.draw(random)).sort();
    const within = (value: number | undefined, expected: number) =>
      assert.ok(Math.abs((value ?? 0) / expected - 1) < 0.02, `${value}, not ${expected}`);
    within(drawn[Math.floor(0.99 * DRAWS)], 60);
    if (figures.mean !== undefined) within(distribution.mean, 10);
    else within(drawn[DRAWS / 2], 10);
  }
  assert.throws(() => logNormal({ mean: 1, p99: 20 }), RangeError);
  assert.throws(() => logNormal({ mean: 1, p99: 0.5 }), RangeError);
  assert.throws(() => logNormal({ median: 2, p99: 1 }), RangeError);
});

test("the normal quantile is that of the tables, to the last digits, in all of its three parts", () => {
  // Wichura's own check values, and those of NIST for the tail.
  const table: readonly (readonly [number, number])[] = [
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167813],
    [1e-20, -9.262340089798409],
    [0.975, 1.959963984540054],
    [1e-10, -6.361340902404056],
  ];
  for (const [chance, value] of table) {
    assert.ok(Math.abs(normalQuantile(chance) / value - 1) < 1e-14, `${chance}: ${normalQuantile(chance)}`);
  }
  assert.equal(normalQuantile(0.5), 0);
  assert.equal(normalQuantile(0), Number.NEGATIVE_INFINITY);
  assert.equal(normalQuantile(1), Number.POSITIVE_INFINITY);
});

test("what is no distribution is refused with the figure that is wrong", () => {
  const wrong: readonly DistributionSpec[] = [
    { kind: "constant", value: -1 },
    { kind: "uniform", from: 2, to: 1 },
    { kind: "exponential", mean: 0 },
    { kind: "erlang", mean: 1, stages: 0 },
    { kind: "erlang", mean: 1, stages: 1.5 },
    { kind: "hyperexponential", mean: 1, variation: 0.9 },
    { kind: "log-normal", mean: 1, variation: Number.NaN },
    { kind: "pareto", least: 0, shape: 1 },
    { kind: "pareto", least: 2, shape: 1, most: 1 },
    { kind: "percentiles", percentiles: [] },
    {
      kind: "percentiles",
      percentiles: [
        { percent: 50, value: 2 },
        { percent: 90, value: 1 },
      ],
    },
    { kind: "percentiles", percentiles: [{ percent: 101, value: 1 }] },
    { kind: "histogram", bounds: [1, 2], counts: [1, 1] },
    { kind: "histogram", bounds: [1, 2], counts: [0] },
    { kind: "histogram", bounds: [2, 1], counts: [1] },
  ];
  for (const spec of wrong) assert.throws(() => distributionOf(spec), RangeError, JSON.stringify(spec));
});

test("heavy tails have infinite moments, and say so", () => {
  assert.equal(distributionOf({ kind: "pareto", least: 1, shape: 1 }).mean, Number.POSITIVE_INFINITY);
  assert.equal(distributionOf({ kind: "pareto", least: 1, shape: 0.5 }).mean, Number.POSITIVE_INFINITY);
  assert.equal(distributionOf({ kind: "pareto", least: 1, shape: 2 }).variance, Number.POSITIVE_INFINITY);
  assert.equal(distributionOf({ kind: "pareto", least: 1, shape: 2 }).mean, 2);
});

test("percentiles alone are kept: what lies beyond those given is as the last of them", () => {
  const distribution = distributionOf({
    kind: "percentiles",
    percentiles: [
      { percent: 50, value: 10 },
      { percent: 99, value: 100 },
    ],
  });
  const at = (lot: number) => distribution.draw(() => lot);
  assert.deepEqual([at(0), at(0.3), at(0.5), at(0.99), at(0.999)], [10, 10, 10, 100, 100]);
});
