import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../time/index.ts";
import { type BackOffOptions, backOff, type Jitter } from "./back-off.ts";

const options = fc
  .record({
    firstMs: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 5_000, noNaN: true })),
    factor: fc.double({ min: 1, max: 10, noNaN: true }),
    moreMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
    seed: fc.integer(),
  })
  .map(({ firstMs, factor, moreMs, seed }) => ({ firstMs, factor, maxMs: firstMs + moreMs, seed }));

/** The waits after the first twenty failures, and after one far beyond where the power is infinite. */
function waits(
  jitter: Jitter,
  { firstMs, factor, maxMs, seed }: Required<BackOffOptions> & { seed: number },
) {
  const random = seededRandom(seed);
  const rule = backOff({ firstMs, factor, maxMs, jitter });
  let previousMs = 0;
  return [...Array.from({ length: 20 }, (_, index) => index + 1), 5_000].map((attempt) => {
    const ms = rule.delayMs(attempt, previousMs, random);
    const waited = {
      ms,
      previousMs,
      ceilingMs: Math.min(maxMs, firstMs * Math.min(factor ** (attempt - 1), 1e300)),
    };
    previousMs = ms;
    return waited;
  });
}

function always(
  jitter: Jitter,
  holds: (wait: ReturnType<typeof waits>[number], firstMs: number, maxMs: number) => boolean,
) {
  fc.assert(
    fc.property(options, (one) =>
      waits(jitter, { ...one, jitter }).every((wait) => holds(wait, one.firstMs, one.maxMs)),
    ),
  );
}

test("without jitter, waits grow by the factor up to the cap", () => {
  always("none", ({ ms, ceilingMs }) => ms === ceilingMs);
  const rule = backOff({ jitter: "none" });
  const ms = [1, 2, 3, 8, 9].map((attempt) => rule.delayMs(attempt, 0, Math.random));
  assert.deepEqual(ms, [100, 200, 400, 10_000, 10_000]);
});

test("full jitter waits from nothing to the growing wait", () => {
  always("full", ({ ms, ceilingMs }) => ms >= 0 && ms <= ceilingMs);
  assert.equal(
    backOff().delayMs(3, 0, () => 0),
    0,
  );
  assert.equal(
    backOff().delayMs(3, 0, () => 0.999),
    0.999 * 400,
  );
});

test("equal jitter keeps half of the growing wait", () => {
  always("equal", ({ ms, ceilingMs }) => ms >= ceilingMs / 2 && ms <= ceilingMs);
  assert.equal(
    backOff({ jitter: "equal" }).delayMs(2, 0, () => 0),
    100,
  );
});

test("decorrelated jitter waits from the first wait to three times the previous one", () => {
  always("decorrelated", ({ ms, previousMs }, firstMs, maxMs) => {
    const highestMs = Math.min(maxMs, 3 * Math.max(firstMs, previousMs));
    return ms >= firstMs && ms <= highestMs + 1e-6;
  });
  assert.equal(
    backOff({ jitter: "decorrelated" }).delayMs(1, 0, () => 0.5),
    200,
  );
  assert.equal(
    backOff({ jitter: "decorrelated" }).delayMs(2, 200, () => 0.5),
    350,
  );
});

test("a mistake in the options is named", () => {
  assert.throws(() => backOff({ firstMs: -1 }), /firstMs has to be .* not -1/);
  assert.throws(() => backOff({ firstMs: Number.NaN }), RangeError);
  assert.throws(() => backOff({ factor: 0.5 }), /factor/);
  assert.throws(() => backOff({ firstMs: 200, maxMs: 100 }), /maxMs has to be from firstMs \(200\)/);
  assert.throws(() => backOff({ maxMs: Number.POSITIVE_INFINITY }), /maxMs/);
  assert.throws(() => backOff({ jitter: "some" as "full" }), /jitter/);
});
