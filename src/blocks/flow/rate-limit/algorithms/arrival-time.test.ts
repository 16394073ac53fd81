import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { rateLimiter } from "../local-limiter.ts";
import { gcra, leakyMeter, tokenBucket } from "../rule.ts";
import { HandClock } from "../testing/hand-clock.ts";
import { schedules } from "../testing/schedules.ts";

const RATE = { limit: 7, windowMs: 100, burst: 5 };

/** A bucket of tokens as a textbook has it. */
class Tokens {
  #tokens = RATE.burst;
  #atMs = 0;
  take(nowMs: number, cost: number): boolean {
    const dripped = ((nowMs - this.#atMs) * RATE.limit) / RATE.windowMs;
    this.#tokens = Math.min(RATE.burst, this.#tokens + dripped);
    this.#atMs = nowMs;
    if (this.#tokens + 1e-7 < cost) return false;
    this.#tokens -= cost;
    return true;
  }
}

/** A bucket of water as a textbook has it. */
class Water {
  #level = 0;
  #atMs = 0;
  take(nowMs: number, cost: number): boolean {
    this.#level = Math.max(0, this.#level - ((nowMs - this.#atMs) * RATE.limit) / RATE.windowMs);
    this.#atMs = nowMs;
    if (this.#level + cost > RATE.burst + 1e-7) return false;
    this.#level += cost;
    return true;
  }
}

test("token bucket, GCRA and leaky meter decide as a bucket of tokens and a bucket of water written out do", () => {
  fc.assert(
    fc.property(schedules(RATE.windowMs, ["take"]), (steps) => {
      const clock = new HandClock();
      const limiters = [tokenBucket(RATE), gcra(RATE), leakyMeter(RATE)].map((rule) =>
        rateLimiter(rule, { clock }),
      );
      const tokens = new Tokens();
      const water = new Water();
      for (const { cost, afterMs } of steps) {
        clock.nowMs += afterMs;
        const expected = tokens.take(clock.nowMs, cost);
        assert.equal(water.take(clock.nowMs, cost), expected);
        for (const limiter of limiters) assert.equal(limiter.take("a", cost).allowed, expected);
      }
    }),
    { numRuns: 500 },
  );
});

test("a bucket emptied as fast as it fills does not drift, late in a long life", () => {
  const clock = new HandClock();
  const limiter = rateLimiter(tokenBucket({ limit: 3, windowMs: 1, burst: 3 }), { clock });
  // A year of uptime.
  clock.nowMs = 365 * 86_400_000;
  let admitted = 0;
  const beganMs = clock.nowMs;
  for (let step = 0; step < 100_000; step++, clock.nowMs += 0.25)
    while (limiter.take("a").allowed) admitted++;
  const lawful = 3 + (clock.nowMs - beganMs) * 3;
  assert.ok(admitted <= lawful && admitted > lawful - 3, `${admitted} of ${lawful}`);
});

test("a leaky queue lets wait what fits in it, one after the other, and refuses the rest", () => {
  const clock = new HandClock();
  const limiter = rateLimiter({ kind: "leaky-queue", limit: 10, windowMs: 1_000, queue: 2 }, { clock });
  const answers = Array.from({ length: 4 }, () => limiter.take("a"));
  assert.deepEqual(
    answers.map(({ allowed, delayMs }) => [allowed, delayMs]),
    [
      [true, 0],
      [true, 100],
      [true, 200],
      [false, 0],
    ],
  );
  assert.equal(answers[3]?.retryAfterMs, 100);
});
