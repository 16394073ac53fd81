import assert from "node:assert/strict";
import { test } from "node:test";
import { hyperexponential } from "../distributions/phases.ts";
import { Streams } from "../random/streams.ts";
import { Simulation } from "../simulation.ts";
import { type ArrivalTimes, evenly, poisson, recorded, renewal, varying } from "./arrival-times.ts";
import type { RateSpec } from "./rate.ts";
import { rateOf } from "./rates.ts";
import { ClosedSource, OpenSource } from "./sources.ts";

const HOUR_MS = 3_600_000;

/** How many arrive in each of so many windows. */
function countsOf(times: ArrivalTimes, windowMs: number, windows: number): number[] {
  const counts = new Array<number>(windows).fill(0);
  for (let timeMs = times.next(); timeMs < windowMs * windows; timeMs = times.next()) {
    const window = Math.floor(timeMs / windowMs);
    counts[window] = (counts[window] ?? 0) + 1;
  }
  return counts;
}

test("Poisson arrivals are as many as their rate says, and vary as much as they are", () => {
  const counts = countsOf(poisson(50, new Streams(1).of("arrivals")), 1_000, 10_000);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  assert.ok(Math.abs(mean - 50) < 0.3, `mean ${mean}`);
  assert.ok(Math.abs(variance - 50) < 3, `variance ${variance}`);
});

test("gaps that vary more make bursts: counts vary as much more as gaps do", () => {
  const counts = countsOf(renewal(hyperexponential(20, 2), new Streams(1).of("arrivals")), 10_000, 4_000);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  // The index of dispersion of a renewal process tends to the squared variation of its gaps (Cox, "Renewal Theory", 1962).
  assert.ok(Math.abs(variance / mean - 4) < 0.4, `dispersion ${variance / mean}`);
});

test("even arrivals come at even times, without drift", () => {
  const times = evenly(3, 100);
  const first = Array.from({ length: 300_000 }, () => times.next());
  assert.ok(Math.abs((first[0] ?? 0) - 433.333) < 0.001);
  assert.equal(first.at(-1), 100 + 1e8);
});

test("recorded arrivals come when they did, and those out of order with their predecessor", () => {
  const times = recorded([5, 7, 6, 20], 100);
  assert.deepEqual(
    Array.from({ length: 5 }, () => times.next()),
    [105, 107, 107, 120, Number.POSITIVE_INFINITY],
  );
});

const RATES: readonly { readonly what: string; readonly spec: RateSpec; readonly untilMs: number }[] = [
  {
    what: "a ramp",
    spec: { kind: "ramp", fromPerSecond: 10, toPerSecond: 200, startMs: 10_000, durationMs: 60_000 },
    untilMs: 100_000,
  },
  {
    what: "a ramp downwards, to nothing",
    spec: { kind: "ramp", fromPerSecond: 300, toPerSecond: 0, durationMs: 60_000 },
    untilMs: 90_000,
  },
  {
    what: "steps",
    spec: {
      kind: "steps",
      steps: [
        { fromMs: 5_000, perSecond: 100 },
        { fromMs: 20_000, perSecond: 0 },
        { fromMs: 30_000, perSecond: 400 },
      ],
    },
    untilMs: 60_000,
  },
  {
    what: "a spike",
    spec: { kind: "spike", basePerSecond: 20, peakPerSecond: 500, startMs: 30_000, durationMs: 10_000 },
    untilMs: 100_000,
  },
  {
    what: "a flash crowd",
    spec: {
      kind: "flash-crowd",
      basePerSecond: 20,
      peakPerSecond: 500,
      startMs: 20_000,
      riseMs: 5_000,
      holdMs: 3_000,
      halfLifeMs: 10_000,
    },
    untilMs: 120_000,
  },
  { what: "a day", spec: { kind: "daily", meanPerSecond: 1 }, untilMs: 24 * HOUR_MS },
  {
    what: "a day with a crowd in it",
    spec: {
      kind: "sum",
      of: [
        { kind: "daily", meanPerSecond: 1, peak: 2, peakMs: 12 * HOUR_MS },
        { kind: "spike", basePerSecond: 0, peakPerSecond: 5, startMs: 15 * HOUR_MS, durationMs: HOUR_MS },
      ],
    },
    untilMs: 24 * HOUR_MS,
  },
];

for (const { what, spec, untilMs } of RATES) {
  test(`${what}: arrivals follow the rate, in each fiftieth of the time`, () => {
    const rate = rateOf(spec);
    const windows = 50;
    const windowMs = untilMs / windows;
    const counts = countsOf(varying(rate, new Streams(2).of(what)), windowMs, windows);
    let chi = 0;
    for (let window = 0; window < windows; window++) {
      let due = 0;
      const parts = 1_000;
      for (let part = 0; part < parts; part++) {
        due += (rate.at((window + (part + 0.5) / parts) * windowMs) * windowMs) / 1_000 / parts;
      }
      if (due === 0) assert.equal(counts[window], 0);
      else chi += ((counts[window] ?? 0) - due) ** 2 / due;
    }
    // Of 50 degrees of freedom above 100 once in 30,000.
    assert.ok(chi < 100, `chi square ${chi}`);
  });

  test(`${what}: no rate exceeds its bound, and each bound leads on`, () => {
    const rate = rateOf(spec);
    let timeMs = 0;
    for (let bounds = 0; timeMs < untilMs; bounds++) {
      assert.ok(bounds < 1_000, `still at ${timeMs} ms`);
      const { perSecond, untilMs: nextMs } = rate.boundFrom(timeMs);
      assert.ok(nextMs > timeMs);
      for (let part = 0; part < 20; part++) {
        const withinMs = timeMs + (Math.min(nextMs, untilMs) - timeMs) * (part / 20);
        assert.ok(rate.at(withinMs) <= perSecond * (1 + 1e-9), `at ${withinMs} ms`);
      }
      timeMs = nextMs;
    }
  });
}

test("a day of the handbook's: 2,315 per second on average, 6,944 at eight in the evening, and never none", () => {
  const rate = rateOf({ kind: "daily", meanPerSecond: 200e6 / 86_400, peak: 3 });
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let minute = 0; minute < 1_440; minute++) {
    sum += rate.at(minute * 60_000);
    least = Math.min(least, rate.at(minute * 60_000));
  }
  assert.equal(Math.round(sum / 1_440), 2_315);
  assert.equal(Math.round(rate.at(20 * HOUR_MS)), 6_944);
  assert.ok(least > 2_315 * 0.08 && least < 2_315 * 0.1, `least ${least}`);
  const shorter = rateOf({ kind: "daily", meanPerSecond: 1, peak: 1, dayMs: 60_000 });
  assert.ok(Math.abs(shorter.at(12_345) - 1) < 1e-9);
  assert.throws(() => rateOf({ kind: "daily", meanPerSecond: 1, peak: 0.5 }), RangeError);
});

test("arrivals that are over are over, and a rate of nothing ends in no endless search", () => {
  const ended = varying(
    rateOf({ kind: "ramp", fromPerSecond: 5, toPerSecond: 0, durationMs: 1_000 }),
    () => 0.5,
  );
  let last = ended.next();
  for (let at = 0; at < 100 && last !== Number.POSITIVE_INFINITY; at++) last = ended.next();
  assert.equal(last, Number.POSITIVE_INFINITY);
  assert.equal(
    varying(rateOf({ kind: "daily", meanPerSecond: 0 }), () => 0.5).next(),
    Number.POSITIVE_INFINITY,
  );
});

test("an open load goes on whatever becomes of it, one event ahead", () => {
  const simulation = new Simulation();
  const seen: string[] = [];
  const source = new OpenSource(simulation, recorded([1, 1, 4]), (index) => {
    seen.push(`${index} at ${simulation.nowMs}`);
    assert.ok(simulation.pending <= 1);
  });
  simulation.run();
  assert.deepEqual(seen, ["0 at 1", "1 at 1", "2 at 4"]);
  assert.equal(source.count, 3);
});

test("a closed load asks as often as its clients' cycles take: N / (think + response)", () => {
  const simulation = new Simulation();
  const random = new Streams(4).of("think");
  const source = new ClosedSource(
    simulation,
    { clients: 20, thinkMs: hyperexponential(80, 1.5), random },
    (client) => simulation.after(20, { happen: () => source.answered(client) }),
  );
  simulation.run(1_000_000);
  // The interactive response time law (Lazowska and others, "Quantitative System Performance", 1984, 3.2).
  assert.ok(Math.abs(source.count / 200_000 - 1) < 0.01, `${source.count} requests`);
  assert.throws(
    () => new ClosedSource(simulation, { clients: 0, thinkMs: hyperexponential(1, 1), random }, () => {}),
    RangeError,
  );
});

test("rates that are none are refused", () => {
  assert.throws(() => poisson(0, Math.random), RangeError);
  assert.throws(() => evenly(Number.NaN), RangeError);
  assert.throws(() => rateOf({ kind: "constant", perSecond: -1 }), RangeError);
  assert.throws(
    () =>
      rateOf({
        kind: "steps",
        steps: [
          { fromMs: 5, perSecond: 1 },
          { fromMs: 1, perSecond: 1 },
        ],
      }),
    RangeError,
  );
});
