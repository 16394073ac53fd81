import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../time/index.ts";
import { concurrencyLimiter } from "../rate-limit/concurrency-limiter.ts";
import { sharedConcurrencyLimiter } from "./shared-concurrency-limiter.ts";
import { ScriptedStore } from "./testing/scripted-store.ts";

function made(whenLost: "open" | "closed" = "closed") {
  const store = new ScriptedStore();
  const clock = new SimulatedClock();
  const limiter = sharedConcurrencyLimiter({ limit: 3, leaseMs: 1_000 }, { store, clock, whenLost });
  return { store, clock, limiter };
}

test("a hold is released once, under its own name", async () => {
  const { store, clock, limiter } = made();
  store.otherwise = { reply: "1 2 1000000" };
  const [one, other] = [await limiter.take("k"), await limiter.take("k", 2)];
  assert.deepEqual([one.allowed, one.remaining, one.resetAfterMs], [true, 2, 1_000]);
  await one.release();
  await one.release();
  assert.equal(await one.renew(), false);
  assert.equal(await other.renew(), true);
  const words = store.sent.map(({ words }) => [words[4], words[6]]);
  assert.deepEqual(words, [
    ["take", "1"],
    ["take", "2"],
    ["release", "1"],
    ["renew", "2"],
  ]);
  assert.equal(store.sent[0]?.words[5], store.sent[2]?.words[5]);
  assert.notEqual(store.sent[0]?.words[5], store.sent[1]?.words[5]);
  assert.equal(clock.pendingTimers, 0);
});

test("a refused hold holds nothing, and one whose lease has ended says so", async () => {
  const { store, limiter } = made();
  store.next.push({ reply: "0 0 900000" });
  const refused = await limiter.take("k");
  assert.deepEqual([refused.allowed, refused.retryAfterMs, refused.resetAfterMs], [false, 0, 900]);
  await refused.release();
  assert.equal(await refused.renew(), false);
  assert.equal(store.sent.length, 1);
  store.next.push({ reply: "1 2 1000000" }, { reply: "0 3 0" });
  const ended = await limiter.take("k");
  assert.equal(await ended.renew(), false);
  await ended.release();
  assert.equal(store.sent.length, 3);
});

test("without the store, the declared rule decides and nothing rejects", async () => {
  const [open, closed] = [made("open"), made()];
  for (const { store } of [open, closed]) store.otherwise = { refuse: "lost" };
  const hold = await open.limiter.take("k");
  assert.deepEqual([hold.allowed, hold.degraded, await hold.renew()], [true, true, true]);
  await hold.release();
  assert.equal(await hold.renew(), false);
  assert.deepEqual(
    [(await closed.limiter.take("k")).allowed, (await open.limiter.take("k", 4)).allowed],
    [false, false],
  );
});

test("a local limiter that stands in gets its places back", async () => {
  const standIn = concurrencyLimiter({ limit: 1 });
  const store = new ScriptedStore();
  store.otherwise = { refuse: "lost" };
  const limiter = sharedConcurrencyLimiter({ limit: 3, leaseMs: 10 }, { store, whenLost: standIn });
  const hold = await limiter.take("k");
  assert.deepEqual([hold.allowed, hold.degraded, await hold.renew()], [true, true, true]);
  assert.deepEqual([(await limiter.take("k")).allowed, (await limiter.peek("k")).allowed], [false, false]);
  await hold.release();
  const free = await limiter.peek("k");
  assert.deepEqual([free.allowed, free.degraded], [true, true]);
});

test("rules and costs out of range are refused by name", async () => {
  const { store, limiter } = made();
  for (const cost of [0, 1.5, Number.NaN])
    await assert.rejects(limiter.take("k", cost), /^RangeError: cost has to be/);
  const options = { store, whenLost: "open" } as const;
  assert.throws(() => sharedConcurrencyLimiter({ limit: 0, leaseMs: 1 }, options), /^RangeError: limit/);
  assert.throws(() => sharedConcurrencyLimiter({ limit: 1, leaseMs: 0 }, options), /^RangeError: leaseMs/);
});
