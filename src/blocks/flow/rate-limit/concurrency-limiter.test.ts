import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { concurrencyLimiter, type Held } from "./concurrency-limiter.ts";
import { HandClock } from "./testing/hand-clock.ts";

test("no key ever holds more than the limit, released twice or not, and all of it comes back", () => {
  const step = fc.record({
    release: fc.boolean(),
    which: fc.nat(30),
    key: fc.constantFrom("a", "b"),
    cost: fc.integer({ min: 1, max: 3 }),
    afterMs: fc.nat(60),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100, size: "max" }), fc.boolean(), (steps, hasLeases) => {
      const clock = new HandClock();
      const limiter = concurrencyLimiter({ limit: 5, clock, ...(hasLeases ? { leaseMs: 100 } : {}) });
      const all: { held: Held; key: string; cost: number; untilMs: number }[] = [];
      for (const { release, which, key, cost, afterMs } of steps) {
        clock.nowMs += afterMs;
        const one = all[which % Math.max(1, all.length)];
        if (release && one) {
          one.held.release();
          one.untilMs = 0;
        } else if (!release) {
          const said = limiter.peek(key, cost);
          const held = limiter.take(key, cost);
          const { release: _, ...decision } = held;
          assert.deepEqual(decision, said);
          const live = all.filter((other) => other.key === key && other.untilMs > clock.nowMs);
          const used = live.reduce((sum, other) => sum + other.cost, 0);
          assert.equal(held.allowed, used + cost <= 5);
          const untilMs = clock.nowMs + (hasLeases ? 100 : Number.POSITIVE_INFINITY);
          all.push({ held, key, cost, untilMs: held.allowed ? untilMs : 0 });
        }
      }
      for (const { held } of all) held.release();
      for (const { held } of all) held.release();
      assert.equal(limiter.take("a", 5).allowed, true);
    }),
    { numRuns: 200 },
  );
});

test("a lease that its holder never gives back ends by itself, and its late release takes nobody else's", () => {
  const clock = new HandClock();
  const limiter = concurrencyLimiter({ limit: 1, leaseMs: 1_000, clock });
  const crashed = limiter.take("a");
  const refused = limiter.take("a");
  assert.deepEqual([refused.allowed, refused.resetAfterMs, refused.retryAfterMs], [false, 1_000, 0]);
  clock.nowMs = 1_000;
  assert.equal(limiter.take("a").allowed, true);
  crashed.release();
  assert.equal(limiter.take("a").allowed, false);
});

test("at keysMax no key in use loses anything: a further key waits", () => {
  const limiter = concurrencyLimiter({ limit: 1, keysMax: 2 });
  const held = ["a", "b"].map((key) => limiter.take(key));
  const refused = limiter.take("c");
  assert.deepEqual([refused.allowed, refused.remaining], [false, 0]);
  held[0]?.release();
  assert.equal(limiter.take("c").allowed, true);
});

test("without leases reset has no end while something is held; options and costs are checked", () => {
  const limiter = concurrencyLimiter({ limit: 2 });
  assert.equal(limiter.take("a").resetAfterMs, Number.POSITIVE_INFINITY);
  assert.equal(limiter.peek("a", 3).retryAfterMs, Number.POSITIVE_INFINITY);
  for (const cost of [0, 0.5, -1, Number.NaN, 2 ** 53])
    assert.throws(() => limiter.take("a", cost), /cost has to be/);
  assert.throws(() => concurrencyLimiter({ limit: 0 }), /limit has to be .* not 0/);
  assert.throws(() => concurrencyLimiter({ limit: 1, leaseMs: -1 }), /leaseMs has to be .* not -1/);
  assert.throws(() => concurrencyLimiter({ limit: 1, keysMax: 0 }), /keysMax has to be .* not 0/);
});
