import assert from "node:assert/strict";
import { test } from "node:test";
import { rateLimiter } from "../local-limiter.ts";
import { slidingLog } from "../rule.ts";
import { HandClock } from "../testing/hand-clock.ts";

const WINDOW_MS = 100;
const RATE = { limit: 7, windowMs: WINDOW_MS };

test("a reward for an older take makes no room twice", () => {
  const clock = new HandClock();
  const limiter = rateLimiter(slidingLog(RATE), { clock });
  limiter.take("a", 3);
  clock.nowMs = 90;
  limiter.take("a", 4);
  clock.nowMs = 95;
  // It may have been for the first: the window from 90 on then has 4 and no more than 3 besides.
  assert.equal(limiter.reward("a", 3).remaining, 3);
  assert.equal(limiter.take("a", 3).allowed, true);
  clock.nowMs = 101;
  assert.deepEqual([limiter.peek("a").allowed, limiter.peek("a").remaining], [false, 0]);
});

test("nobody goes before a place that is held ahead, though a reward has made room", () => {
  const clock = new HandClock();
  const limiter = rateLimiter(slidingLog(RATE), { clock });
  limiter.take("a", 6);
  assert.equal(limiter.reserve("a", 4).delayMs, WINDOW_MS);
  clock.nowMs = 50;
  limiter.reward("a", 6);
  const { allowed, remaining, retryAfterMs } = limiter.take("a", 3);
  assert.deepEqual([allowed, remaining, retryAfterMs], [false, 0, 50]);
  // What is held ahead counts for a whole window from its own moment on.
  clock.nowMs = 199;
  assert.equal(limiter.take("a", 4).allowed, false);
  assert.equal(limiter.take("a", 3).allowed, true);
});

test("a place that was undone by a reward is not given back out of somebody else's", () => {
  const clock = new HandClock();
  const limiter = rateLimiter(slidingLog(RATE), { clock });
  limiter.take("a", 7);
  const first = limiter.reserve("a", 3);
  clock.nowMs = 50;
  limiter.reward("a", 10);
  limiter.take("a", 7);
  const second = limiter.reserve("a", 3);
  assert.deepEqual([first.delayMs, second.delayMs], [100, 100]);
  first.cancel();
  clock.nowMs = 151;
  assert.equal(limiter.take("a", 5).allowed, false);
  assert.equal(limiter.take("a", 4).allowed, true);
});

test("a place given back is given back whole, when it shares a moment with a take a hair before it", () => {
  const clock = new HandClock();
  const limiter = rateLimiter(slidingLog(RATE), { clock });
  limiter.take("a", 1);
  clock.nowMs = 1e-6;
  limiter.reserve("a", 3).cancel();
  assert.equal(limiter.peek("a", 6).allowed, true);
});
