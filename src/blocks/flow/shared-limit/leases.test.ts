import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import { tokenBucket } from "../rate-limit/rule.ts";
import { Leases } from "./leases.ts";
import { sharedRateLimiter } from "./shared-rate-limiter.ts";
import { allowedReply, refusedReply, ScriptedStore } from "./testing/scripted-store.ts";

function made() {
  const store = new ScriptedStore();
  const clock = new SimulatedClock();
  const lease = { units: 10, forMs: 1_000, processes: 3 };
  const rule = tokenBucket({ limit: 100, windowMs: 60_000 });
  const limiter = sharedRateLimiter(rule, { store, clock, whenLost: "closed", lease });
  return { store, clock, limiter };
}

test("a batch serves as many takes as it has units, without asking", async () => {
  const { store, limiter } = made();
  store.otherwise = allowedReply(10, 90);
  const remaining = [];
  for (let take = 0; take < 10; take++) remaining.push((await limiter.take("k")).remaining);
  assert.deepEqual(remaining, [90, 98, 97, 96, 95, 94, 93, 92, 91, 90]);
  assert.equal(store.sent.length, 1);
  assert.deepEqual(store.sent[0]?.words.slice(4, 7), ["take", "1", "10"]);
  assert.equal((await limiter.peek("k")).remaining, 90);
  assert.equal(store.sent.length, 2, "nothing in hand: the store is asked");
  await limiter.take("k");
  assert.equal(store.sent.length, 3);
});

test("what is left when a batch's time is over is not used", async () => {
  const { store, clock, limiter } = made();
  store.otherwise = allowedReply(10, 90);
  await limiter.take("k");
  await clock.advance(999);
  await limiter.take("k");
  assert.equal(store.sent.length, 1);
  await clock.advance(1);
  await limiter.take("k");
  assert.equal(store.sent.length, 2);
});

test("a refusal is remembered for as long as it is true, but not for those who ask for less", async () => {
  const { store, clock, limiter } = made();
  store.otherwise = refusedReply(400);
  assert.equal((await limiter.take("k", 5)).retryAfterMs, 400);
  await clock.advance(100);
  const again = await limiter.take("k", 6);
  assert.deepEqual([again.allowed, again.retryAfterMs, again.resetAfterMs], [false, 300, 8_900]);
  assert.equal(store.sent.length, 1);
  await limiter.take("k", 2);
  assert.equal(store.sent.length, 2);
  await limiter.reward("k", 5);
  await limiter.take("k", 5);
  assert.equal(store.sent.length, 4, "a reward may have made it untrue");
  await clock.advance(400);
  await limiter.take("k", 5);
  assert.equal(store.sent.length, 5);
});

test("while a batch is under way, others take for themselves, so that one batch is in hand at most", async () => {
  const { store, clock, limiter } = made();
  const takes = Array.from({ length: 4 }, () => limiter.take("k"));
  await clock.advance(0);
  assert.deepEqual(
    store.sent.map(({ words }) => words[6]),
    ["10", "0", "0", "0"],
  );
  store.answerLate("1 10 1 90 0 0 0 0 0");
  assert.ok((await Promise.all(takes)).every(({ allowed }) => allowed));
  assert.equal(clock.pendingTimers, 0);
});

test("a batch goes on to serve when the store is lost", async () => {
  const { store, limiter } = made();
  store.next.push(allowedReply(10, 0));
  store.otherwise = { refuse: "lost" };
  const allowed = [];
  for (let take = 0; take < 11; take++) allowed.push((await limiter.take("k")).allowed);
  assert.deepEqual(allowed, [...Array<boolean>(10).fill(true), false]);
});

test("whoever is penalized has nothing in hand any more", async () => {
  const { store, limiter } = made();
  store.next.push(allowedReply(10, 90), refusedReply(5_000), refusedReply(5_000));
  await limiter.take("k");
  await limiter.penalize("k", 1_000);
  assert.equal((await limiter.take("k")).allowed, false);
  assert.equal(store.sent.length, 3);
});

test("closing gives back what is in hand or under way, once, and takes go on", async () => {
  const { store, clock, limiter } = made();
  store.next.push(allowedReply(10, 90), allowedReply(3, 0));
  await limiter.take("a", 4);
  await limiter.take("b", 3);
  const underWay = limiter.take("c");
  const closed = limiter.close();
  store.otherwise = allowedReply(1, 50);
  await clock.advance(0);
  store.answerLate("1 10 1 90 0 0 0 0 0");
  await Promise.all([underWay, closed, limiter.close()]);
  const given = store.sent
    .filter(({ words }) => words[4] === "reward")
    .map(({ words, key }) => [key, words[5]]);
  assert.deepEqual(given.sort(), [
    ["limit:{a}:b60000", "6"],
    ["limit:{c}:b60000", "9"],
  ]);
  assert.equal((await limiter.take("a")).allowed, true);
  assert.equal(store.sent.at(-1)?.words[6], "0", "without a lease");
  assert.equal(clock.pendingTimers, 0);
});

test("accuracy states a batch per process more", () => {
  const { limiter } = made();
  assert.deepEqual([limiter.accuracy.kind, limiter.accuracy.admittedPerWindowMax], ["approximate", 200 + 30]);
});

test("no more is given out than was granted, and never more than a batch is in hand", () => {
  const allowed = { allowed: true, limit: 9, remaining: 9, resetAfterMs: 0, retryAfterMs: 0, delayMs: 0 };
  const refused = { ...allowed, allowed: false, retryAfterMs: 50 };
  const step = fc.record({ cost: fc.integer({ min: 1, max: 8 }), ms: fc.nat(60), short: fc.nat(8) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
      const leases = new Leases({ units: 5, forMs: 100, processes: 1 });
      let nowMs = 0;
      let granted = 0;
      let used = 0;
      for (const { cost, ms, short } of steps) {
        nowMs += ms;
        const decision = leases.take("k", cost, nowMs, true);
        if (decision?.allowed) used += cost;
        if (!decision) {
          // The store grants up to a batch, at least the cost, or refuses.
          const batch = Math.max(cost, 5 - short);
          leases.keep("k", cost, short === 8 ? 0 : batch, short === 8 ? refused : allowed, nowMs);
          if (short !== 8) {
            granted += batch;
            used += cost;
          }
        }
        assert.ok(used <= granted);
      }
      const left = leases.drain(nowMs).reduce((sum, [, units]) => sum + units, 0);
      assert.ok(left <= 5 && used + left <= granted);
    }),
  );
});

test("what is kept for keys is bounded, and swept when its time is over", () => {
  const leases = new Leases({ units: 5, forMs: 100, processes: 1 });
  const decision = { allowed: true, limit: 9, remaining: 9, resetAfterMs: 0, retryAfterMs: 0, delayMs: 0 };
  for (let key = 0; key < 101_000; key++) leases.keep(`${key}`, 1, 5, decision, 0);
  assert.equal(leases.size, 100_000);
  for (let key = 0; key < 20_000; key++) leases.keep(`later ${key}`, 1, 5, decision, 200);
  assert.equal(leases.size, 80_000, "each new one sweeps two");
});
