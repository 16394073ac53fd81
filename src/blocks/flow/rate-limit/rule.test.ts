import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fixedWindow,
  gcra,
  leakyMeter,
  leakyQueue,
  perDay,
  perHour,
  perMinute,
  perSecond,
  slidingCounter,
  slidingLog,
  tiers,
  tokenBucket,
} from "./rule.ts";

test("rules are frozen data with their defaults filled in", () => {
  assert.deepEqual(tokenBucket(perSecond(5)), {
    kind: "token-bucket",
    limit: 5,
    windowMs: 1_000,
    burst: 5,
  });
  assert.deepEqual(gcra({ ...perMinute(5), burst: 2 }), {
    kind: "gcra",
    limit: 5,
    windowMs: 60_000,
    burst: 2,
  });
  assert.deepEqual(leakyQueue(perHour(9)), {
    kind: "leaky-queue",
    limit: 9,
    windowMs: 3_600_000,
    queue: 9,
  });
  const both = tiers(slidingLog(perSecond(1)), fixedWindow(perDay(100)));
  assert.deepEqual(JSON.parse(JSON.stringify(both)), both);
  for (const rule of [both, both.tiers, leakyMeter(perSecond(1)), slidingCounter(perSecond(1))])
    assert.ok(Object.isFrozen(rule));
});

test("an option out of its range is told by name, with its value", () => {
  for (const make of [
    tokenBucket,
    gcra,
    leakyMeter,
    leakyQueue,
    fixedWindow,
    slidingLog,
    slidingCounter,
  ] as const) {
    for (const bad of [0, -1, Number.NaN, Infinity, 2e15, 5e-324, "5" as unknown as number]) {
      assert.throws(() => make({ limit: bad, windowMs: 1 }), {
        name: "RangeError",
        message: new RegExp(`${make.name}: limit has to be .* not ${bad}`),
      });
      assert.throws(() => make({ limit: 1, windowMs: bad }), {
        name: "RangeError",
        message: new RegExp(`${make.name}: windowMs has to be .* not ${bad}`),
      });
    }
  }
  assert.throws(() => tokenBucket({ ...perSecond(1), burst: 0 }), /burst has to be .* not 0/);
  assert.throws(() => leakyQueue({ ...perSecond(1), queue: -1 }), /queue has to be .* not -1/);
  assert.throws(() => slidingLog(perSecond(10_001)), /limit has to be .* to 10000, not 10001/);
  const one = fixedWindow(perSecond(1));
  assert.throws(() => tiers(one, one, one, one, one, one, one, one, one), /got 9 rules/);
  // @ts-expect-error no rule at all
  assert.throws(() => tiers(), /got 0 rules/);
  // @ts-expect-error tiers do not nest
  tiers(tiers(one));
});
