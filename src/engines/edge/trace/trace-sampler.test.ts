import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { weightOf } from "../../../blocks/telemetry/trace/sampling-threshold.ts";
import { TraceIds } from "../../../blocks/telemetry/trace/trace-ids.ts";
import { seededRandom } from "../../../blocks/time/index.ts";
import { TraceSampler } from "./trace-sampler.ts";

interface Sampled {
  readonly atMs: number;
  /** For how many it stands. */
  readonly weight: number;
}

/** Asks about traces at a rate for each second, evenly spread. */
function run(sampler: TraceSampler, perSecond: readonly number[], seed: number): Sampled[] {
  const ids = new TraceIds(seededRandom(seed));
  const sampled: Sampled[] = [];
  perSecond.forEach((count, second) => {
    for (let at = 0; at < count; at++) {
      const atMs = 1_000 * (second + at / count);
      if (sampler.samples(ids.traceId(), atMs)) sampled.push({ atMs, weight: weightOf(sampler.traceState) });
    }
  });
  return sampled;
}

test("up to the bound all traces are told, and each stands for itself", () => {
  const sampled = run(new TraceSampler({ share: 1, perSecondMax: 50 }, 0), [40, 40, 1, 40], 1);
  assert.equal(sampled.length, 121);
  assert.ok(sampled.every(({ weight }) => weight === 1));
});

test("no more traces begin in a second than may, whatever comes and goes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 1, 30, 200, 5_000, 20_000), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(0, 1, 2, 10, 50),
      fc.constantFrom(1, 0.1),
      fc.nat(),
      (rates, perSecondMax, share, seed) => {
        const sampled = run(new TraceSampler({ share, perSecondMax }, 0), rates, seed);
        // A second begins with the first request after the last one's end, so that one may reach into two of the clock's.
        for (const { atMs: from } of sampled) {
          const within = sampled.filter(({ atMs }) => atMs >= from && atMs < from + 1_000).length;
          assert.ok(within <= 2 * perSecondMax, `${within} of ${perSecondMax}`);
        }
        assert.ok(sampled.length <= perSecondMax * rates.length);
      },
    ),
    { numRuns: 30 },
  );
});

test("at a steady rate those that are told stand for all of them", () => {
  const rates = Array.from({ length: 40 }, () => 2_000);
  const sampled = run(new TraceSampler({ share: 1, perSecondMax: 50 }, 0), rates, 7);
  const estimate = sampled.reduce((sum, { weight }) => sum + weight, 0);
  assert.ok(Math.abs(estimate - 80_000) < 8_000, String(estimate));
});

test("the share that is wanted is kept where it is below the bound", () => {
  const sampled = run(new TraceSampler({ share: 0.01, perSecondMax: 1_000 }, 0), [20_000, 20_000], 3);
  assert.ok(sampled.length > 300 && sampled.length < 500, String(sampled.length));
  assert.ok(sampled.every(({ weight }) => Math.abs(weight - 100) < 1));
});

test("a flood does not use up a second's room at its beginning", () => {
  const sampled = run(new TraceSampler({ share: 1, perSecondMax: 50 }, 0), [20_000], 5);
  const late = sampled.filter(({ atMs }) => atMs > 200).length;
  assert.ok(late >= 5, String(late));
});

test("a share of nothing, and a bound of none, tell no trace", () => {
  assert.deepEqual(run(new TraceSampler({ share: 0, perSecondMax: 50 }, 0), [1_000], 1), []);
  assert.deepEqual(run(new TraceSampler({ share: 1, perSecondMax: 0 }, 0), [1_000, 1_000], 1), []);
});
