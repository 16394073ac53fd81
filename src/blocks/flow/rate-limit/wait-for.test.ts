import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../time/index.ts";
import { rateLimiter } from "./local-limiter.ts";
import { gcra, leakyQueue } from "./rule.ts";
import { waitFor } from "./wait-for.ts";

test("waiters go one after the other, in the order in which they asked", async () => {
  const clock = new SimulatedClock();
  const limiter = rateLimiter(leakyQueue({ limit: 10, windowMs: 1_000 }), { clock });
  const went: string[] = [];
  for (const name of ["first", "second", "third"])
    void waitFor(limiter, "a", { clock }).then(() => went.push(`${name} at ${clock.monotonicMs()}`));
  await clock.advance(1_000);
  assert.deepEqual(went, ["first at 0", "second at 100", "third at 200"]);
  assert.equal(clock.pendingTimers, 0);
});

test("an aborted waiter gives its place back, keeps no timer, and rejects with the reason", async () => {
  const clock = new SimulatedClock();
  const limiter = rateLimiter(gcra({ limit: 1, windowMs: 100 }), { clock });
  await waitFor(limiter, "a", { clock });
  const gone = new AbortController();
  const waiting = waitFor(limiter, "a", { clock, signal: gone.signal });
  await clock.advance(10);
  gone.abort(new Error("gone"));
  await assert.rejects(waiting, /gone/);
  assert.equal(clock.pendingTimers, 0);
  assert.equal(limiter.reserve("a").delayMs, 90);
  await assert.rejects(waitFor(limiter, "b", { clock, signal: gone.signal }), /gone/);
  assert.equal(limiter.peek("b").allowed, true);
});

test("a wait that would be too long is not begun, and one of months is waited out", async () => {
  const clock = new SimulatedClock();
  const limiter = rateLimiter(gcra({ limit: 1, windowMs: 3_000_000_000 }), { clock });
  assert.equal((await waitFor(limiter, "a", { clock })).allowed, true);
  assert.equal((await waitFor(limiter, "a", { clock, waitMsMax: 1_000 })).allowed, false);
  let wentMs = 0;
  void waitFor(limiter, "a", { clock }).then(() => {
    wentMs = clock.monotonicMs();
  });
  await clock.advance(4_000_000_000);
  assert.equal(wentMs, 3_000_000_000);
});
