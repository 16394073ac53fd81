import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../time/index.ts";
import { rateLimiter } from "../rate-limit/local-limiter.ts";
import { leakyQueue, slidingCounter, slidingLog, tiers, tokenBucket } from "../rate-limit/rule.ts";
import { type SharedRateLimiterOptions, sharedRateLimiter } from "./shared-rate-limiter.ts";
import { allowedReply, ScriptedStore } from "./testing/scripted-store.ts";

const RULE = tokenBucket({ limit: 10, windowMs: 1_000 });

function made(options: Partial<SharedRateLimiterOptions> = {}) {
  const store = new ScriptedStore();
  const clock = new SimulatedClock();
  const changes: string[] = [];
  const onChange = (state: string, cause?: unknown) => changes.push(`${state} ${cause ?? ""}`.trim());
  const limiter = sharedRateLimiter(RULE, { store, clock, whenLost: "closed", onChange, ...options });
  return { store, clock, changes, limiter };
}

test("a decision is one command, and says all that the script said", async () => {
  const { store, clock, limiter } = made();
  store.next.push({ reply: "1 1 1 9 100500 0 0 0 0" });
  assert.deepEqual(await limiter.take("user"), {
    allowed: true,
    limit: 10,
    remaining: 9,
    resetAfterMs: 100.5,
    retryAfterMs: 0,
    delayMs: 0,
  });
  assert.equal(store.sent.length, 1);
  const { words, key } = store.sent[0] ?? { words: [], key: "" };
  assert.deepEqual(
    [words[0], words[2], words[3], key],
    ["EVALSHA", "1", "limit:{user}:b1000", "limit:{user}:b1000"],
  );
  assert.match(words[1] ?? "", /^[0-9a-f]{40}$/);
  store.next.push({ reply: Buffer.from("0 0 1 3 700000 -1 0 0 0") });
  assert.equal((await limiter.take("user", 11)).retryAfterMs, Number.POSITIVE_INFINITY);
  assert.equal(clock.pendingTimers, 0);
});

test("a script that the server does not know is sent whole, once, by the same key", async () => {
  const { store, limiter } = made();
  store.next.push({ refuse: "NOSCRIPT No matching script. Please use EVAL." }, allowedReply(1, 9));
  assert.equal((await limiter.take("k")).degraded, undefined);
  assert.deepEqual(
    store.sent.map(({ words }) => words[0]),
    ["EVALSHA", "EVAL"],
  );
  assert.deepEqual(store.sent[0]?.words.slice(2), store.sent[1]?.words.slice(2));
  store.next.push({ refuse: "NOSCRIPT" }, { refuse: "NOSCRIPT" });
  assert.equal((await limiter.take("k")).degraded, true, "twice is a failure");
  assert.equal(store.sent.length, 4);
});

test("every answer comes within the timeout, whatever the store does", async () => {
  const { store, clock, limiter } = made({ timeoutMs: 50 });
  const silent = limiter.take("k");
  await clock.advance(49);
  const secondHalf = limiter.take("k");
  await clock.advance(1);
  assert.equal((await silent).degraded, true);
  store.next.push({ refuse: "NOSCRIPT" });
  const halfway = limiter.take("k");
  await clock.advance(50);
  assert.equal((await halfway).degraded, true, "the second command has what the first left");
  assert.equal((await secondHalf).degraded, true);
  store.answerLate("1 1 1 9 0 0 0 0 0");
  await clock.advance(0);
  assert.equal(clock.pendingTimers, 0);
});

test("refusals, nonsense and clients that throw count as no answer", async () => {
  for (const next of [
    { refuse: "WRONGTYPE Operation against a key" },
    { reply: null },
    { reply: ["1", "2"] },
    { reply: "1 1 1 NaN 0 0 0 0 0" },
    { reply: "" },
    { reply: { toString: () => "x" } },
  ]) {
    const { store, clock, limiter } = made();
    store.next.push(next);
    const decision = await limiter.take("k");
    assert.deepEqual([decision.allowed, decision.degraded], [false, true]);
    assert.ok(decision.retryAfterMs > 0, "a refusal says when to come again");
    assert.equal(clock.pendingTimers, 0);
  }
  const throwing = made({
    store: {
      command() {
        throw new TypeError("no client");
      },
    },
  });
  assert.equal((await throwing.limiter.take("k")).degraded, true);
});

test("a lost store is left alone, tried by one call after a second, and used when it answers", async () => {
  const { store, clock, changes, limiter } = made();
  store.otherwise = { refuse: "connection lost" };
  for (let failures = 0; failures < 3; failures++) await limiter.take("k");
  assert.deepEqual(changes, ["lost Error: connection lost"]);
  const [refused] = await Promise.all(Array.from({ length: 100 }, () => limiter.take("k")));
  assert.equal(store.sent.length, 3, "nobody asks it");
  assert.equal(refused?.retryAfterMs, 1_000);
  await clock.advance(1_000);
  store.otherwise = "silent";
  const trial = limiter.take("k");
  assert.equal((await limiter.take("k")).degraded, true, "one at a time");
  await clock.advance(50);
  assert.equal((await trial).degraded, true);
  assert.equal(store.sent.length, 4);
  await clock.advance(1_000);
  store.otherwise = allowedReply(1, 5);
  assert.equal((await limiter.take("k")).degraded, undefined);
  assert.equal((await limiter.take("k")).remaining, 5);
  assert.deepEqual(changes, ["lost Error: connection lost", "back"]);
  assert.equal(clock.pendingTimers, 0);
});

test("a watcher that throws changes no decision and no count of failures", async () => {
  const onChange = () => {
    throw new Error("the watcher's own trouble");
  };
  const { store, clock, limiter } = made({ onChange });
  store.otherwise = { refuse: "connection lost" };
  for (let failures = 0; failures < 3; failures++) assert.equal((await limiter.take("k")).degraded, true);
  await clock.advance(1_000);
  store.otherwise = allowedReply(1, 5);
  assert.equal((await limiter.take("k")).degraded, undefined, "the answer that brings it back counts");
  assert.equal((await limiter.take("k")).remaining, 5);
  assert.equal(clock.pendingTimers, 0);
});

test("closing twice at once gives back once, and both wait for it", async () => {
  const { store, clock, limiter } = made({ lease: { units: 5, forMs: 1_000, processes: 1 } });
  store.next.push(allowedReply(5, 5), "silent");
  await limiter.take("k");
  let closed = 0;
  for (let time = 0; time < 2; time++) void limiter.close().then(() => closed++);
  await clock.advance(1);
  assert.deepEqual([closed, store.sent.length], [0, 2]);
  store.answerLate("1 4 1 9 0 0 0 0 0");
  await clock.advance(1);
  assert.deepEqual([closed, store.sent.length], [2, 2]);
});

test("open admits what the rule could ever admit, closed nothing, and a stand-in decides for itself", async () => {
  const open = made({ whenLost: "open" });
  open.store.otherwise = { refuse: "lost" };
  const [taken, tooMuch] = [await open.limiter.take("k", 4), await open.limiter.take("k", 11)];
  assert.deepEqual([taken.allowed, taken.remaining, taken.degraded], [true, 6, true]);
  assert.deepEqual([tooMuch.allowed, tooMuch.retryAfterMs], [false, Number.POSITIVE_INFINITY]);
  assert.equal((await open.limiter.penalize("k", 1_000)).allowed, true);

  const clock = new SimulatedClock();
  const standIn = rateLimiter(tokenBucket({ limit: 2, windowMs: 1_000 }), { clock });
  const store = new ScriptedStore();
  store.otherwise = { refuse: "lost" };
  const limiter = sharedRateLimiter(RULE, { store, clock, whenLost: standIn });
  const allowed = [];
  for (let take = 0; take < 3; take++) allowed.push((await limiter.take("k")).allowed);
  assert.deepEqual(allowed, [true, true, false]);
  const place = await limiter.reserve("k");
  assert.deepEqual([place.allowed, place.delayMs], [true, 500]);
  assert.equal((await limiter.reward("k", 1)).degraded, true);
  assert.equal(place.allowed && (await place.cancel()), undefined);
});

test("forgetting is either done or told that it is not", async () => {
  const { store, limiter } = made();
  store.next.push({ reply: 1 });
  await limiter.forget("k");
  assert.deepEqual(store.sent[0]?.words, ["DEL", "limit:{k}:b1000"]);
  store.next.push({ refuse: "lost" });
  const lost = { name: "FlowError", code: "STORE_LOST", retryable: true };
  await assert.rejects(limiter.forget("k"), lost);
});

test("a place held ahead is given back once", async () => {
  const { store, limiter } = made();
  store.next.push({ reply: "1 1 1 0 100000 0 50000 1700000000000000 40000" }, { reply: "1 0 1 1 0 0 0 0 0" });
  const place = await limiter.reserve("k");
  assert.equal(place.delayMs, 50);
  await place.cancel();
  await place.cancel();
  assert.equal(store.sent.length, 2);
  assert.deepEqual(store.sent[1]?.words.slice(4, 8), ["cancel", "1", "1700000000000000", "40000"]);
});

test("options and costs out of range are refused by name", async () => {
  const { limiter, store } = made();
  for (const cost of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(limiter.take("k", cost), { name: "RangeError", message: /^cost has to be/ });
    await assert.rejects(limiter.peek("k", cost), RangeError);
    await assert.rejects(limiter.reserve("k", cost), RangeError);
    await assert.rejects(limiter.penalize("k", cost), { message: /^units has to be/ });
    await assert.rejects(limiter.reward("k", cost), RangeError);
  }
  await assert.rejects(limiter.reserve("k", 1, { waitMsMax: -1 }), /^RangeError: waitMsMax/);
  for (const timeoutMs of [0, Number.NaN, 2 ** 31])
    assert.throws(() => made({ timeoutMs }), /^RangeError: timeoutMs/);
  assert.throws(() => made({ prefix: "a{b}" }), /^RangeError: prefix/);
  assert.throws(() => made({ lease: { units: 0, forMs: 1, processes: 1 } }), /^RangeError: lease.units/);
  assert.throws(() => made({ lease: { units: 1, forMs: 0, processes: 1 } }), /^RangeError: lease.forMs/);
  assert.throws(
    () => made({ lease: { units: 1, forMs: 1, processes: 1.5 } }),
    /^RangeError: lease.processes/,
  );
  const lease = { units: 1, forMs: 1, processes: 1 };
  const queue = leakyQueue({ limit: 1, windowMs: 1 });
  assert.throws(() => sharedRateLimiter(queue, { store, whenLost: "open", lease }), /^RangeError: lease/);
});

test("only rules under which places can be held have reserve", () => {
  const options = { store: new ScriptedStore(), whenLost: "open" } as const;
  assert.equal(typeof sharedRateLimiter(slidingLog({ limit: 1, windowMs: 1 }), options).reserve, "function");
  // @ts-expect-error A sliding counter knows no moment that it could hold.
  sharedRateLimiter(slidingCounter({ limit: 1, windowMs: 1 }), options).reserve;
  // @ts-expect-error Nor do tiers.
  sharedRateLimiter(tiers(RULE), options).reserve;
});
