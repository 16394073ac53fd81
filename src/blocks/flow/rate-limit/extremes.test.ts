import assert from "node:assert/strict";
import { test } from "node:test";
import { rateLimiter } from "./local-limiter.ts";
import { fixedWindow, gcra, leakyQueue, type Rule, slidingCounter, slidingLog, tiers } from "./rule.ts";
import { HandClock } from "./testing/hand-clock.ts";

const RATE = { limit: 7, windowMs: 100 };
const ALL: readonly Rule[] = [
  gcra(RATE),
  leakyQueue({ ...RATE, queue: 3 }),
  fixedWindow(RATE),
  slidingLog(RATE),
  slidingCounter(RATE),
  tiers(gcra(RATE), slidingLog(RATE)),
];

test("limits of a million millions are counted to the unit, and windows of three hundred years keep their law", () => {
  for (const make of [fixedWindow, slidingCounter]) {
    const limiter = rateLimiter(make({ limit: 1e12, windowMs: 1e12 }), { clock: new HandClock() });
    assert.equal(limiter.take("a", 1e12 - 1).remaining, 1, make.name);
    assert.equal(limiter.take("a", 2).allowed, false, make.name);
    assert.equal(limiter.take("a", 1).allowed, true, make.name);
    assert.equal(limiter.take("a", 1).allowed, false, make.name);
  }
  const clock = new HandClock();
  for (const make of [gcra, fixedWindow, slidingLog, slidingCounter, leakyQueue]) {
    const limiter = rateLimiter(make({ limit: 3, windowMs: 1e13 }), { clock });
    // Uptimes whose sums with the window are rounded.
    for (const atMs of [0.3, 12_345.678, 1e9 + 0.7]) {
      clock.nowMs = atMs;
      const key = `at ${atMs}`;
      const took = [1, 2, 3].map(() => limiter.take(key).allowed);
      assert.deepEqual(took, [true, true, true], `${make.name} ${key}`);
      if (make !== leakyQueue) assert.equal(limiter.take(key).allowed, false, `${make.name} ${key}`);
    }
  }
});

test("costs of a billionth add up, and costs beyond all measure are refused and cost nothing", () => {
  for (const rule of ALL) {
    const limiter = rateLimiter(rule, { clock: new HandClock() });
    for (let taken = 0; taken < 1_000; taken++)
      assert.equal(limiter.take("a", 1e-9).allowed, true, rule.kind);
    const said = limiter.peek("a");
    for (const cost of [1e15, Number.MAX_VALUE])
      assert.equal(limiter.take("a", cost).retryAfterMs, Number.POSITIVE_INFINITY, rule.kind);
    assert.deepEqual(limiter.peek("a"), said, rule.kind);
  }
});

test("tiers state the bound of their longest window, whichever comes first", () => {
  const day = fixedWindow({ limit: 1_000, windowMs: 86_400_000 });
  const second = gcra({ limit: 10, windowMs: 1_000 });
  for (const rule of [tiers(second, day), tiers(day, second)]) {
    const { accuracy } = rateLimiter(rule);
    assert.deepEqual([accuracy.windowMs, accuracy.admittedPerWindowMax], [86_400_000, 2_000]);
  }
});
