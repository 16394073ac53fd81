import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../time/index.ts";
import { LatencyPercentile } from "./latency-percentile.ts";

/** The smallest of the latencies that at least this share of them does not exceed. */
function exact(latenciesMs: readonly number[], share: number): number {
  const sorted = latenciesMs.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * share - 1e-9) - 1] ?? Number.NaN;
}

test("it is never below the percentile, and above it by at most a sixteenth and a microsecond", () => {
  const latency = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.double({ min: 0, max: 2_000_000, noNaN: true }),
  );
  fc.assert(
    fc.property(
      fc.array(latency, { minLength: 100, maxLength: 100 }),
      fc.constantFrom(0.5, 0.9, 0.95, 0.99),
      (latenciesMs, share) => {
        const percentile = new LatencyPercentile(share);
        for (const ms of latenciesMs) percentile.note(ms);
        const trueMs = exact(latenciesMs, share);
        const toldMs = percentile.ms ?? Number.NaN;
        assert.ok(toldMs > trueMs - 1e-9, `${toldMs} is below ${trueMs}`);
        assert.ok(toldMs <= trueMs * (1 + 1 / 16) + 0.001 + 1e-9, `${toldMs} is far above ${trueMs}`);
      },
    ),
  );
});

test("it says nothing until 100 latencies are noted", () => {
  const percentile = new LatencyPercentile(0.95);
  for (let noted = 0; noted < 99; noted++) percentile.note(10);
  assert.equal(percentile.ms, undefined);
  percentile.note(10);
  assert.ok(percentile.ms);
});

test("it follows a service that becomes slow, and one that becomes quick again", () => {
  const percentile = new LatencyPercentile(0.95);
  const random = seededRandom(7);
  const run = (calls: number, aroundMs: number) => {
    for (let call = 0; call < calls; call++) percentile.note(aroundMs * (0.5 + random()));
    return percentile.ms ?? Number.NaN;
  };
  const quick = run(5_000, 10);
  assert.ok(quick > 14 && quick < 15.5, `${quick}`);
  const slow = run(1_000, 1_000);
  assert.ok(slow > 1_300, `${slow}`);
  // What was slow is forgotten: after six halvings it is less than one in a hundred.
  const again = run(6_000, 10);
  assert.ok(again < 16.5, `${again}`);
});

test("what is no latency does no harm", () => {
  const percentile = new LatencyPercentile(0.5);
  for (const ms of [Number.NaN, -5, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300])
    for (let times = 0; times < 40; times++) percentile.note(ms);
  assert.ok(Number.isFinite(percentile.ms));
});

test("a share that is none is named", () => {
  for (const share of [0, 1, 95, -0.5, Number.NaN])
    assert.throws(
      () => new LatencyPercentile(share),
      /latencyPercentile: share has to be above 0 and below 1/,
    );
});
