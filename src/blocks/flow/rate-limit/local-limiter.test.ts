import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../time/index.ts";
import { rateLimiter } from "./local-limiter.ts";
import {
  fixedWindow,
  gcra,
  perMinute,
  perSecond,
  type Rule,
  slidingCounter,
  slidingLog,
  tiers,
  tokenBucket,
} from "./rule.ts";
import { HandClock } from "./testing/hand-clock.ts";

test("an answer says limit, remaining, reset and retry after", () => {
  const clock = new HandClock();
  const limiter = rateLimiter(tokenBucket({ limit: 10, windowMs: 1_000, burst: 2 }), { clock });
  limiter.take("a");
  assert.deepEqual(limiter.take("a"), {
    allowed: true,
    limit: 2,
    remaining: 0,
    resetAfterMs: 200,
    retryAfterMs: 0,
    delayMs: 0,
  });
  assert.deepEqual(limiter.take("a"), {
    allowed: false,
    limit: 2,
    remaining: 0,
    resetAfterMs: 200,
    retryAfterMs: 100,
    delayMs: 0,
  });
});

test("a cost that no key could ever have is refused for ever, and takes nothing", () => {
  for (const make of [tokenBucket, slidingLog, fixedWindow, slidingCounter]) {
    const limiter = rateLimiter(make(perSecond(5)), { clock: new HandClock() });
    assert.equal(limiter.take("a", 6).retryAfterMs, Number.POSITIVE_INFINITY);
    assert.equal(limiter.take("a", 5).allowed, true);
  }
});

test("costs, units and options out of range are told by name", () => {
  const limiter = rateLimiter(gcra(perSecond(5)));
  for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "x" as unknown as number]) {
    assert.throws(() => limiter.take("a", bad), {
      name: "RangeError",
      message: new RegExp(`cost has to be .* not ${bad}`),
    });
    assert.throws(() => limiter.peek("a", bad), /cost has to be/);
    assert.throws(() => limiter.reserve("a", bad), /cost has to be/);
    assert.throws(() => limiter.penalize("a", bad), /units has to be/);
    assert.throws(() => limiter.reward("a", bad), /units has to be/);
  }
  for (const keysMax of [0, 1.5, Number.NaN, 2 ** 25])
    assert.throws(() => rateLimiter(gcra(perSecond(5)), { keysMax }), /keysMax has to be/);
});

test("penalties without measure leave numbers that are numbers, and forget mends them", () => {
  const rules: Rule[] = [
    gcra(perSecond(5)),
    slidingLog(perSecond(5)),
    fixedWindow(perSecond(5)),
    slidingCounter(perSecond(5)),
  ];
  for (const rule of [...rules, tiers(gcra(perSecond(5)), fixedWindow(perMinute(9)))]) {
    const limiter = rateLimiter(rule, { clock: new HandClock() });
    for (let time = 0; time < 3; time++) {
      const { allowed, remaining, resetAfterMs } = limiter.penalize("a", Number.MAX_VALUE);
      assert.equal(allowed, false);
      assert.equal(remaining, 0);
      assert.ok(Number.isFinite(resetAfterMs));
    }
    limiter.forget("a");
    limiter.forget("a");
    assert.equal(limiter.take("a").allowed, true);
  }
});

test("windows begin at multiples of their length since the Unix epoch, whenever the limiter began", () => {
  const clock = new HandClock(Date.UTC(2026, 0, 1, 12, 0, 42));
  for (const make of [fixedWindow, slidingCounter]) {
    const limiter = rateLimiter(make(perMinute(1)), { clock });
    limiter.take("a");
    assert.equal(limiter.take("a").retryAfterMs, make === fixedWindow ? 18_000 : 78_000);
  }
});

test("keys do not share limits, and at keysMax the limiter still limits those that are in debt", () => {
  const clock = new HandClock();
  const limiter = rateLimiter(gcra(perMinute(5)), { clock, keysMax: 100, random: seededRandom(1) });
  limiter.penalize("abuser", 50);
  for (let index = 0; index < 10_000; index++) assert.equal(limiter.take(`stranger ${index}`).allowed, true);
  assert.equal(limiter.take("abuser").allowed, false);
});

test("only rules that can hold places offer to", () => {
  rateLimiter(gcra(perSecond(1))).reserve("a");
  rateLimiter(slidingLog(perSecond(1))).reserve("a");
  // @ts-expect-error the sliding counter holds no places
  assert.equal(rateLimiter(slidingCounter(perSecond(1))).reserve, undefined);
  // @ts-expect-error nor do tiers
  assert.equal(rateLimiter(tiers(gcra(perSecond(1)))).reserve, undefined);
  const decision = rateLimiter(gcra(perSecond(1))).take("a");
  // @ts-expect-error a local answer is no promise
  assert.equal(decision.then, undefined);
});

test("a reservation that is refused for its wait says what is left for others", () => {
  for (const rule of [gcra(perSecond(7)), slidingLog(perSecond(7)), fixedWindow(perSecond(7))] as const) {
    const limiter = rateLimiter(rule, { clock: new HandClock() });
    limiter.take("a", 5);
    const { allowed, remaining } = limiter.reserve("a", 4, { waitMsMax: 0 });
    assert.deepEqual([allowed, remaining], [false, 2], rule.kind);
  }
});
