import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock, seededRandom } from "../../time/index.ts";
import { sourceOf } from "../call/abort-source.ts";
import { Call, type CallContext } from "../call/call.ts";
import { Deadline } from "../deadline/deadline.ts";
import type { PolicyEvent } from "../observer.ts";
import { policy } from "../policy.ts";
import { timeout } from "../timeout.ts";
import { type RetryOptions, retry } from "./retry.ts";
import { RetryBudget } from "./retry-budget.ts";
import { RetryRules } from "./retry-rules.ts";

/** A policy of one retry in a simulated world, and what it tells. */
function simulated(options: RetryOptions = {}, random = seededRandom(1)) {
  const clock = new SimulatedClock();
  const events: PolicyEvent[] = [];
  const layer = retry(options);
  const calls = policy(layer).with({ clock, random, observer: (event) => events.push(event) });
  return { clock, events, layer, calls };
}

/** Work that fails as often as it is told, then answers with the attempt; and when it was tried. */
function failing(times: number, clock: SimulatedClock, error: unknown = new Error("for now")) {
  const atMs: number[] = [];
  return {
    atMs,
    work: async ({ attempt }: CallContext) => {
      atMs.push(clock.monotonicMs());
      if (attempt <= times) throw error;
      return attempt;
    },
  };
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

test("work that fails for now is tried again after growing waits", async () => {
  const { clock, events, layer, calls } = simulated({ attempts: 4, backOff: { jitter: "none" } });
  const { atMs, work } = failing(2, clock);
  const done = outcome(calls.run(work));
  await clock.advance(1_000);
  assert.deepEqual(await done, { value: 3 });
  assert.deepEqual(atMs, [0, 100, 300]);
  assert.deepEqual(layer.counters, { calls: 1, retries: 2, recovered: 1, gaveUp: 0, outOfBudget: 0 });
  assert.deepEqual(
    events.map((event) => event.kind === "retrying" && [event.attempt, event.delayMs]),
    [
      [1, 100],
      [2, 200],
    ],
  );
});

test("the last failure is thrown as it is when all attempts are used", async () => {
  const { clock, events, layer, calls } = simulated();
  const errors = [new Error("1"), undefined, "3"];
  const done = outcome(calls.run(({ attempt }) => Promise.reject(errors[attempt - 1])));
  await clock.advance(1_000);
  assert.deepEqual(await done, { error: "3" });
  assert.equal(layer.counters.gaveUp, 1);
  assert.deepEqual(events.at(-1), {
    kind: "gave-up",
    layer: "retry",
    attempt: 3,
    because: "attempts",
    error: "3",
  });
  assert.equal(clock.pendingTimers, 0);
});

test("work that throws at once is treated like work that rejects", async () => {
  const { clock, calls } = simulated();
  const done = outcome(
    calls.run(({ attempt }) => {
      if (attempt < 3) throw new Error("at once");
      return "done";
    }),
  );
  await clock.advance(1_000);
  assert.deepEqual(await done, { value: "done" });
});

test("what does not go away is not tried again, by default and by choice", async () => {
  const mistake = new TypeError("x is not a function");
  const first = simulated();
  assert.deepEqual(await outcome(first.calls.run(() => Promise.reject(mistake))), { error: mistake });
  assert.equal(first.layer.counters.retries, 0);
  assert.equal(first.events[0]?.kind === "gave-up" && first.events[0].because, "not-retryable");

  const asked: unknown[] = [];
  const second = simulated({
    retryable: (error, context) => {
      asked.push([error, context.attempt, context.key]);
      return error !== "final";
    },
  });
  const done = outcome(
    second.calls.run(({ attempt }) => Promise.reject(attempt === 2 ? "final" : mistake), { key: "a" }),
  );
  await second.clock.advance(1_000);
  assert.deepEqual(await done, { error: "final" });
  assert.deepEqual(asked, [
    [mistake, 1, "a"],
    ["final", 2, "a"],
  ]);

  const third = simulated({
    retryable: () => {
      throw new Error("of its own");
    },
  });
  await assert.rejects(
    third.calls.run(() => Promise.reject(new Error("first"))),
    /of its own/,
  );
});

test("a call whose failure cannot be judged has failed, and is counted so", async () => {
  const layer = retry({
    retryable: () => {
      throw new TypeError("no judge");
    },
  });
  await assert.rejects(
    policy(layer).run(() => Promise.reject("down")),
    /no judge/,
  );
  assert.equal(layer.counters.gaveUp, 1);
});

test("no attempt begins before the time that the failure asked for", async () => {
  const asking = fc.record({
    retryAfterMs: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: 12_000 })),
    seed: fc.integer(),
    jitter: fc.constantFrom("full" as const, "equal" as const, "decorrelated" as const, "none" as const),
  });
  await fc.assert(
    fc.asyncProperty(asking, async ({ retryAfterMs, seed, jitter }) => {
      const { clock, calls } = simulated({ attempts: 2, backOff: { jitter } }, seededRandom(seed));
      const error = Object.assign(new Error("busy"), { retryAfterMs });
      const { atMs, work } = failing(1, clock, error);
      const done = outcome(calls.run(work));
      await clock.advance(60_000);
      if ((retryAfterMs ?? 0) > 10_000) assert.deepEqual([await done, atMs], [{ error }, [0]]);
      else {
        assert.deepEqual(await done, { value: 2 });
        const waitedMs = atMs[1] ?? 0;
        assert.ok(waitedMs >= (retryAfterMs ?? 0) && waitedMs <= (retryAfterMs ?? 0) + 300, `${waitedMs}`);
      }
      assert.equal(clock.pendingTimers, 0);
    }),
    { numRuns: 40 },
  );
});

test("what asks for longer than any timer can wait, back-off included, is not tried again", () => {
  const longestMs = 2 ** 31 - 1;
  const rules = new RetryRules({ retryAfterMsMax: longestMs, backOff: { firstMs: 10, jitter: "none" } });
  const failed = { attempt: 1, previousDelayMs: 0, remainingMs: Number.POSITIVE_INFINITY };
  const decide = (retryAfterMs: number) => rules.decide({ ...failed, retryAfterMs }, 0, () => 0);
  assert.deepEqual(decide(longestMs - 9), { retry: false, because: "retry-after" });
  assert.deepEqual(decide(longestMs - 10), { retry: true, delayMs: longestMs });
});

test("a wait that would end after the deadline is not begun", async () => {
  const { clock, events, layer, calls } = simulated({ attempts: 10, backOff: { jitter: "none" } });
  const { atMs, work } = failing(10, clock);
  const done = outcome(calls.run(work, { deadline: new Deadline(300, clock) }));
  await clock.advance(299);
  // 100 and then 200 would be 300: too late.
  assert.deepEqual(atMs, [0, 100]);
  assert.ok("error" in (await done));
  assert.equal(clock.pendingTimers, 0);
  assert.equal(layer.counters.retries, 1);
  const last = events.at(-1);
  assert.equal(last?.kind === "gave-up" && last.because, "deadline");
});

test("all calls together retry no more than their budget holds, in two policies as in one", async () => {
  const budget = new RetryBudget({ ratio: 0.1, minPerSecond: 0, burst: 5 });
  const one = simulated({ budget });
  const other = simulated({ budget });
  const calls = Array.from({ length: 100 }, (_, index) =>
    outcome((index % 2 ? one : other).calls.run(() => Promise.reject(new Error("down")))),
  );
  await Promise.all([one.clock.advance(10_000), other.clock.advance(10_000)]);
  await Promise.all(calls);
  const retries = (one.layer.counters.retries ?? 0) + (other.layer.counters.retries ?? 0);
  assert.ok(retries >= 5 && retries <= 15, `${retries}`);
  assert.ok((one.layer.counters.outOfBudget ?? 0) > 0);
});

test("a retry has a budget of its own unless it is told otherwise", async () => {
  const retriesOf = async (options: RetryOptions) => {
    const { clock, layer, calls } = simulated({ ...options, backOff: { firstMs: 0 } });
    const down = Array.from({ length: 500 }, () => outcome(calls.run(() => Promise.reject("down"))));
    await Promise.all(down);
    assert.equal(clock.pendingTimers, 0);
    return layer.counters.retries;
  };
  assert.equal(await retriesOf({}), 100);
  assert.equal(await retriesOf({ budget: false }), 1_000);
});

test("an abort ends a wait at once and leaves no timer and no listener", async () => {
  const { clock, events, calls } = simulated({ backOff: { jitter: "none" } });
  const controller = new AbortController();
  const { atMs, work } = failing(5, clock);
  const done = outcome(calls.run(work, { signal: controller.signal }));
  await clock.advance(50);
  assert.equal(clock.pendingTimers, 1);
  controller.abort("enough");
  assert.deepEqual(await done, { error: "enough" });
  assert.equal(clock.pendingTimers, 0);
  assert.equal(sourceOf(controller.signal).listeners, 0);
  await clock.advance(1_000);
  assert.deepEqual(atMs, [0]);
  const last = events.at(-1);
  assert.equal(last?.kind === "gave-up" && last.because, "aborted");
});

test("a call that is over has no listener, though what it is part of goes on", async () => {
  const { clock, layer } = simulated({ backOff: { jitter: "none" } });
  const { work } = failing(2, clock);
  const listening: unknown[] = [];
  const call = Call.of((context) => {
    if (context.attempt > 1) context.signal.addEventListener("abort", () => listening.push(context.attempt));
    return work(context);
  }, undefined);
  const world = { clock, random: Math.random, observer: undefined };
  const done = layer.wrap((one) => one.work(one) as Promise<unknown>, world)(call);
  await clock.advance(50);
  assert.equal(call.listeners, 1);
  await clock.advance(1_000);
  assert.equal(await done, 3);
  assert.equal(call.listeners, 0);
  call.abort("later");
  assert.deepEqual(listening, []);
});

test("a call that is aborted before it begins, or while an attempt runs, is not tried again", async () => {
  const { clock, layer, calls } = simulated({ retryable: () => true });
  assert.deepEqual(await outcome(calls.run(() => 1, { signal: AbortSignal.abort("before") })), {
    error: "before",
  });
  const controller = new AbortController();
  const done = outcome(
    calls.run(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      {
        signal: controller.signal,
      },
    ),
  );
  controller.abort("during");
  assert.deepEqual(await done, { error: "during" });
  await clock.advance(1_000);
  assert.equal(layer.counters.retries, 0);
  assert.equal(sourceOf(controller.signal).listeners, 0);
});

test("a timeout around it bounds all attempts, and one inside of it each", async () => {
  const clock = new SimulatedClock();
  const layer = retry({ attempts: 100, backOff: { jitter: "none", factor: 1 } });
  const calls = policy(timeout(1_000), layer, timeout(50)).with({ clock });
  const aborted: unknown[] = [];
  const done = outcome(
    calls.run(
      ({ signal }) => new Promise(() => signal.addEventListener("abort", () => aborted.push(signal.reason))),
    ),
  );
  // An attempt of 50 ms and a wait of 100 ms, over and over; after the seventh attempt, the wait would end at 1,050.
  await clock.advance(950);
  const result = await done;
  assert.match("error" in result ? String(result.error) : "", /longer than 50 ms/);
  assert.equal(layer.counters.retries, 6);
  assert.equal(aborted.length, 7);
  assert.equal(clock.pendingTimers, 0);
});

test("a wait that a timeout around it would end is not begun, and the work is told what is left", async () => {
  const clock = new SimulatedClock();
  const layer = retry({ backOff: { firstMs: 100, jitter: "none" } });
  const calls = policy(timeout(150), layer, timeout(120)).with({ clock });
  const leftMs: number[] = [];
  const failed = outcome(
    calls.run(async ({ remainingMs }) => {
      leftMs.push(remainingMs);
      await clock.sleep(20);
      throw "down";
    }),
  );
  await clock.advance(140);
  assert.deepEqual(await failed, { error: "down" });
  // The first attempt has its own 120 ms, the second what is left of 150. After it, 10 ms are too few for a wait of 200.
  assert.deepEqual(leftMs, [120, 30]);
  assert.equal(clock.monotonicMs(), 140);
  assert.equal(clock.pendingTimers, 0);
});

test("work may call its own policy", async () => {
  const { clock, layer, calls } = simulated({ backOff: { jitter: "none" } });
  const inner = ({ attempt }: CallContext) =>
    attempt < 2 ? Promise.reject(new Error("inner")) : "inner done";
  const done = outcome(calls.run(() => calls.run(inner)));
  await clock.advance(1_000);
  assert.deepEqual(await done, { value: "inner done" });
  assert.deepEqual(layer.counters, { calls: 2, retries: 1, recovered: 1, gaveUp: 0, outOfBudget: 0 });
});

test("an observer that throws, or that aborts the call, changes nothing else", async () => {
  const clock = new SimulatedClock();
  const controller = new AbortController();
  const throwing = policy(retry()).with({
    clock,
    observer: () => {
      throw new Error("watcher");
    },
  });
  const first = outcome(throwing.run(failing(1, clock).work));
  const aborting = policy(retry()).with({ clock, observer: () => controller.abort("seen enough") });
  const second = outcome(aborting.run(failing(1, clock).work, { signal: controller.signal }));
  await clock.advance(1_000);
  assert.deepEqual(await first, { value: 2 });
  assert.deepEqual(await second, { error: "seen enough" });
  assert.equal(clock.pendingTimers, 0);
});

test("10,000 calls at once under one signal, some of them tried again, leave nothing behind", async () => {
  const { signal } = new AbortController();
  const clock = new SimulatedClock();
  // A wait of nothing needs no timer.
  const calls = policy(retry({ budget: false, backOff: { firstMs: 0 } })).with({ clock });
  const all = Array.from({ length: 10_000 }, (_, index) =>
    calls.run(({ attempt }) => (index % 10 === 0 && attempt < 2 ? Promise.reject("once") : index), {
      signal,
    }),
  );
  const values = await Promise.all(all);
  assert.ok(values.every((value, index) => value === index));
  assert.equal(clock.pendingTimers, 0);
  assert.equal(sourceOf(signal).listeners, 0);
});

test("a mistake in the options is named", () => {
  assert.throws(() => retry({ attempts: 0 }), /attempts has to be a whole number of at least 1, not 0/);
  assert.throws(() => retry({ attempts: 2.5 }), RangeError);
  assert.throws(() => retry({ retryAfterMsMax: -1 }), /retryAfterMsMax/);
  assert.throws(() => retry({ backOff: { factor: 0 } }), /factor/);
});
