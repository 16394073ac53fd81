import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Circuit } from "./circuit.ts";
import { consecutiveFailures } from "./consecutive-failures.ts";
import { countWindow } from "./count-window.ts";
import { timeWindow } from "./time-window.ts";
import type { TripRecord } from "./trip-rule.ts";

interface Noted {
  readonly atMs: number;
  readonly failed: boolean;
  readonly slow: boolean;
}

const ended = fc.record({
  waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2_000 })),
  failed: fc.boolean(),
  slow: fc.boolean(),
});

/** Notes each and compares with a judge who sees all that was noted so far. */
function agree(
  record: TripRecord,
  steps: readonly { waitMs: number; failed: boolean; slow: boolean }[],
  opens: (all: readonly Noted[], nowMs: number) => boolean,
  startMs = 0,
): void {
  const all: Noted[] = [];
  let nowMs = startMs;
  for (const { waitMs, failed, slow } of steps) {
    nowMs += waitMs;
    all.push({ atMs: nowMs, failed, slow });
    assert.equal(record.note(nowMs, failed, slow), opens(all, nowMs));
  }
}

const share = fc.constantFrom(0.01, 0.1, 0.25, 0.5, 0.75, 1);

function tooMany(
  window: readonly Noted[],
  rule: { failureShare: number; slowShare: number; minimumCalls: number },
): boolean {
  const { length } = window;
  if (length < rule.minimumCalls) return false;
  const failures = window.filter((one) => one.failed).length;
  const slow = window.filter((one) => one.slow).length;
  return (
    (failures > 0 && failures / length >= rule.failureShare) || (slow > 0 && slow / length >= rule.slowShare)
  );
}

test("a count window opens exactly when too many of the last calls were bad, and never below its minimum", () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 1, max: 30 })
        .chain((calls) => fc.tuple(fc.constant(calls), fc.integer({ min: 1, max: calls }))),
      share,
      share,
      fc.array(ended, { maxLength: 120, size: "max" }),
      ([calls, minimumCalls], failureShare, slowShare, steps) => {
        const rule = { failureShare, slowShare, minimumCalls };
        const record = countWindow({ ...rule, calls, slowAfterMs: 1 }).begin();
        agree(record, steps, (all) => tooMany(all.slice(-calls), rule));
      },
    ),
  );
});

test("a time window opens exactly when too many of its tenths' calls were bad, and never below its minimum", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 3_000 }),
      fc.integer({ min: 1, max: 20 }),
      share,
      share,
      fc.array(ended, { maxLength: 120, size: "max" }),
      fc.constantFrom(0, 12_345.678, 1e9),
      (windowMs, minimumCalls, failureShare, slowShare, steps, startMs) => {
        const rule = { failureShare, slowShare, minimumCalls };
        const record = timeWindow({ ...rule, windowMs, slowAfterMs: 1 }).begin();
        const tenth = (ms: number) => Math.floor(ms / (windowMs / 10));
        agree(
          record,
          steps,
          (all, nowMs) =>
            tooMany(
              all.filter((one) => tenth(one.atMs) > tenth(nowMs) - 10),
              rule,
            ),
          startMs,
        );
      },
    ),
  );
});

test("a streak opens with so many failures in a row", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(ended, { maxLength: 60, size: "max" }),
      (count, steps) => {
        const record = consecutiveFailures(count).begin();
        agree(record, steps, (all) => {
          const last = all.slice(-count);
          return last.length === count && last.every((one) => one.failed);
        });
      },
    ),
  );
});

test("by default a first failure does not open, nor do nineteen", () => {
  for (const rule of [timeWindow(), countWindow()]) {
    const record = rule.begin();
    for (let call = 1; call <= 19; call++) assert.equal(record.note(call, true, false), false);
    assert.equal(record.note(20, true, false), true);
  }
});

test("a share is reached exactly: 55 of 100 are 55 %, though 0.55 times 100 is a little more than 55", () => {
  for (let percent = 1; percent <= 100; percent++) {
    const share = percent / 100;
    const rules = [{ failureShare: share }, { failureShare: 1, slowAfterMs: 10, slowShare: share }];
    for (const [index, shares] of rules.entries()) {
      const [failed, slow] = [index === 0, index === 1];
      for (const rule of [countWindow, timeWindow]) {
        const record = rule({ ...shares, minimumCalls: 100 }).begin();
        const isBad = (call: number) => call >= 100 - percent;
        const noted = Array.from({ length: 100 }, (_, call) =>
          record.note(0, failed && isBad(call), slow && isBad(call)),
        );
        assert.equal(noted.at(-1), true, `${percent} %`);
      }
      const circuit = new Circuit({ trip: timeWindow(shares), openMs: 1, trials: 100 });
      circuit.openFor(0, 1);
      const trials = Array.from({ length: 100 }, () => circuit.admit(1, () => 0) ?? assert.fail());
      for (const trial of trials.slice(percent)) circuit.succeeded(trial, 1, 0, () => 0);
      for (const trial of trials.slice(0, percent))
        circuit[failed ? "failed" : "succeeded"](trial, 1, slow ? 11 : 0, () => 0);
      assert.equal(circuit.position, "open", `${percent} %`);
    }
  }
});

test("a time window that goes back a little in time notes into the tenth under way", () => {
  const record = timeWindow({ minimumCalls: 2 }).begin();
  assert.equal(record.note(5_000, true, false), false);
  assert.equal(record.note(4_000, true, false), true);
});

test("rules out of their range do not come about, and say what they have to be", () => {
  assert.throws(() => consecutiveFailures(0), /consecutiveFailures: count has to be .* not 0/);
  assert.throws(() => consecutiveFailures(1.5), RangeError);
  assert.throws(() => countWindow({ calls: 0 }), /countWindow: calls/);
  assert.throws(() => countWindow({ calls: 2_000_000 }), /countWindow: calls/);
  // A minimum above the window would never open.
  assert.throws(() => countWindow({ calls: 10, minimumCalls: 11 }), /minimumCalls has to be .* from 1 to 10/);
  assert.equal(countWindow({ calls: 10 }).begin().note(0, true, false), false);
  assert.throws(() => timeWindow({ windowMs: 9 }), /timeWindow: windowMs/);
  assert.throws(() => timeWindow({ windowMs: Number.POSITIVE_INFINITY }), RangeError);
  for (const bad of [0, -1, 1.01, Number.NaN]) {
    assert.throws(() => timeWindow({ failureShare: bad }), /failureShare/);
    assert.throws(() => timeWindow({ slowShare: bad, slowAfterMs: 10 }), /slowShare/);
  }
  assert.throws(() => timeWindow({ slowShare: 0.5 }), /slowShare has to come with slowAfterMs/);
  assert.throws(() => timeWindow({ slowAfterMs: 0 }), /slowAfterMs/);
});
