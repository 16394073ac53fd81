import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { upperGamma } from "../numerics/gamma.ts";
import { percentileOfTail } from "../numerics/percentile.ts";
import { mg1 } from "../queueing/mg1.ts";
import type { ServiceTime } from "../queueing/service-time.ts";
import { BIN_STARTS, BINS, binOf, MOST_SECONDS } from "./bins.ts";
import { quickestOf, slowestOf } from "./join.ts";
import { constantTime, oneOf, stretched, timeOfPercentiles, timeOfPoints, timeOfService } from "./laws.ts";
import { residualTime, waitOfWaiting } from "./residual.ts";
import {
  meanSeconds,
  percentileSeconds,
  type ResponseTime,
  shareAbove,
  varianceSquareSeconds,
} from "./response-time.ts";
import { inSequence } from "./sequence.ts";

const RANKS = [0.1, 0.5, 0.9, 0.95, 0.99, 0.999];

function near(got: number, wanted: number, relative: number, what = ""): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${what} ${got}, not ${wanted}`);
}

function exponential(meanOf: number): ResponseTime {
  return timeOfService({ kind: "exponential", meanSeconds: meanOf });
}

function percentilesAre(
  time: ResponseTime,
  tail: (t: number) => number,
  relative: number,
  ranks = RANKS,
): void {
  for (const rank of ranks) {
    const wanted = percentileOfTail(tail, rank, meanSeconds(time));
    near(percentileSeconds(time, rank), wanted, relative, `p${rank * 100}`);
  }
}

/** Laws as a path has them: from constant to widely spread, of 10 µs to 10 s. */
const anyLaw: fc.Arbitrary<ResponseTime> = fc
  .tuple(fc.double({ min: -5, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 1, 3))
  .map(([power, scv]) => {
    const mean = 10 ** power;
    const laws: Record<number, ServiceTime> = {
      0: { kind: "deterministic", meanSeconds: mean },
      0.25: { kind: "erlang", meanSeconds: mean, stages: 4 },
      1: { kind: "exponential", meanSeconds: mean },
    };
    return timeOfService(laws[scv] ?? { kind: "log-normal", meanSeconds: mean, scv });
  });

test("every time lies in the bin that it is counted in", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: MOST_SECONDS * 2, noNaN: true }), (seconds) => {
      const bin = binOf(seconds);
      assert.ok(seconds >= (BIN_STARTS[bin] as number));
      if (bin < BINS - 1) assert.ok(seconds < (BIN_STARTS[bin + 1] as number));
    }),
  );
});

test("exponential times one after the other are Erlang's law, for 2 to 20 of them", () => {
  for (const [count, relative] of [
    [2, 0.005],
    [5, 0.005],
    [20, 0.02],
  ] as const) {
    const path = inSequence(...Array.from({ length: count }, () => exponential(0.001)));
    percentilesAre(path, (t) => upperGamma(count, t / 0.001), relative);
  }
});

test("means and variances of what is one after the other add up, whatever the laws", () => {
  fc.assert(
    fc.property(fc.array(anyLaw, { minLength: 1, maxLength: 6 }), (laws) => {
      const all = inSequence(...laws);
      const mean = laws.reduce((sum, law) => sum + meanSeconds(law), 0);
      const variance = laws.reduce((sum, law) => sum + varianceSquareSeconds(law), 0);
      near(meanSeconds(all), mean, 1e-9);
      near(varianceSquareSeconds(all), variance, 1e-3 + (1e-8 * mean * mean) / Math.max(variance, 1e-30));
      near(
        percentileSeconds(inSequence(...laws.toReversed()), 0.9),
        percentileSeconds(all, 0.9),
        0.02,
        "order",
      );
    }),
    { numRuns: 60 },
  );
});

test("a law of percentiles has these percentiles, and a share above each time that fits", () => {
  const law = timeOfPercentiles([
    { rank: 0, seconds: 0.001 },
    { rank: 0.5, seconds: 0.004 },
    { rank: 0.99, seconds: 0.03 },
    { rank: 1, seconds: 0.1 },
  ]);
  near(percentileSeconds(law, 0.5), 0.004, 0.005);
  near(percentileSeconds(law, 0.99), 0.03, 0.015);
  near(meanSeconds(law), 0.5 * 0.0025 + 0.49 * 0.017 + 0.01 * 0.065, 1e-9);
  near(shareAbove(law, 0.017), 0.01 + 0.49 / 2, 0.005);
  assert.equal(shareAbove(law, 0.1), 0);
  assert.throws(() => timeOfPercentiles([]), RangeError);
  assert.throws(
    () =>
      timeOfPercentiles([
        { rank: 0.5, seconds: 2 },
        { rank: 0.9, seconds: 1 },
      ]),
    RangeError,
  );
});

test("the slowest and the quickest of exponential calls have the laws that they have in closed form", () => {
  const laws = [exponential(1), exponential(2), exponential(3)];
  percentilesAre(quickestOf(...laws), (t) => Math.exp(-t * (1 + 1 / 2 + 1 / 3)), 0.01);
  percentilesAre(
    slowestOf(...laws),
    (t) => 1 - (1 - Math.exp(-t)) * (1 - Math.exp(-t / 2)) * (1 - Math.exp(-t / 3)),
    0.01,
  );
  // Of n equal ones the mean is the n-th harmonic number.
  near(meanSeconds(slowestOf(exponential(1), exponential(1), exponential(1))), 1 + 1 / 2 + 1 / 3, 0.002);
});

test("what takes longer than any time that is told apart is still there", () => {
  const long = stretched(exponential(3_600), 10_000);
  near(meanSeconds(long), 3_600 * 10_000, 0.1);
});

test("a mixture is its parts by their shares, and a stretched law has all its times longer", () => {
  const mixed = oneOf([
    { share: 0.8, time: exponential(0.001) },
    { share: 0.2, time: exponential(0.1) },
  ]);
  percentilesAre(mixed, (t) => 0.8 * Math.exp(-t / 0.001) + 0.2 * Math.exp(-t / 0.1), 0.005);
  near(meanSeconds(mixed), 0.8 * 0.001 + 0.2 * 0.1, 1e-3);
  percentilesAre(stretched(exponential(1), 3, 0.5), (t) => (t < 0.5 ? 1 : Math.exp(-(t - 0.5) / 3)), 0.01);
  assert.throws(() => oneOf([{ share: 0.5, time: constantTime(1) }]), RangeError);
});

test("a constant time is known exactly at every rank", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1e4, noNaN: true }),
      fc.constantFrom(...RANKS),
      (seconds, rank) => {
        near(percentileSeconds(constantTime(seconds), rank), seconds, 1e-12);
        near(meanSeconds(inSequence(constantTime(seconds), constantTime(seconds))), 2 * seconds, 1e-12);
      },
    ),
  );
  const two = timeOfPoints([
    { share: 3, seconds: 1 },
    { share: 1, seconds: 2 },
  ]);
  near(percentileSeconds(two, 0.7), 1, 0.01);
  near(percentileSeconds(two, 0.8), 2, 0.01);
});

test("of an exponential time as much is left as there was at first; of a constant one, anything", () => {
  percentilesAre(residualTime(exponential(2)), (t) => Math.exp(-t / 2), 0.005);
  const left = residualTime(constantTime(2));
  for (const rank of [0.1, 0.5, 0.9, 0.99]) near(percentileSeconds(left, rank), 2 * rank, 0.02);
});

test("waits before one server are Pollaczek and Khinchine's, for loads of 0.1 to 0.95 and any variation", () => {
  for (const scv of [0, 0.25, 1, 4]) {
    const service: ServiceTime =
      scv === 0 ? { kind: "deterministic", meanSeconds: 1 } : { kind: "log-normal", meanSeconds: 1, scv };
    for (const load of [0.1, 0.3, 0.6, 0.8, 0.95]) {
      const queue = mg1({ arrivalsPerSecond: load, service });
      const wait = waitOfWaiting(timeOfService(service), load);
      near(meanSeconds(wait), queue.meanWaitSeconds / load, 0.002);
      for (const rank of [0.5, 0.9, 0.99]) {
        if (rank <= 1 - load) continue;
        const got = percentileSeconds(wait, 1 - (1 - rank) / load);
        const scale = queue.sojournPercentile(rank);
        assert.ok(
          Math.abs(got - queue.waitPercentile(rank)) < 0.015 * scale,
          `${scv} ${load} p${rank * 100}: ${got}, not ${queue.waitPercentile(rank)}`,
        );
      }
    }
  }
});
