import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../time/index.ts";
import { sourceOf } from "./call/abort-source.ts";
import type { Call } from "./call/call.ts";
import { circuitBreaker } from "./circuit-breaker/circuit-breaker.ts";
import { consecutiveFailures } from "./circuit-breaker/consecutive-failures.ts";
import { Deadline, withDeadline } from "./deadline/deadline.ts";
import { deadline } from "./deadline/deadline-layer.ts";
import type { Layer } from "./layer.ts";
import type { PolicyEvent } from "./observer.ts";
import { policy } from "./policy.ts";
import { timeout } from "./timeout.ts";

const forEver = () => new Promise<never>(() => {});

test("a call that takes too long rejects at once, whether its work listens or not", async () => {
  const clock = new SimulatedClock();
  const events: PolicyEvent[] = [];
  const layer = timeout(100, { name: "slow" });
  const bounded = policy(layer).with({ clock, observer: (event) => events.push(event) });
  let reason: unknown;
  const call = bounded.run(({ signal }) => {
    signal.addEventListener("abort", () => {
      reason = signal.reason;
    });
    return forEver();
  });
  const settled = call.catch((error) => error);
  await clock.advance(99.9);
  assert.equal(reason, undefined);
  await clock.advance(0.1);
  const error = await settled;
  assert.equal(error.code, "TIMED_OUT");
  assert.equal(error.message, "slow: took longer than 100 ms");
  assert.equal(error.by, layer);
  assert.equal(reason, error);
  assert.deepEqual(layer.counters, { calls: 1, timedOut: 1, notBegun: 0 });
  assert.deepEqual(events, [{ kind: "refused", layer: "slow", code: "TIMED_OUT" }]);
  assert.equal(clock.pendingTimers, 0);
});

test("a call that is done in time is not touched, and its signal is never aborted", async () => {
  const clock = new SimulatedClock();
  const bounded = policy(timeout(100)).with({ clock });
  let signal: AbortSignal | undefined;
  const call = bounded.run(async (context) => {
    signal = context.signal;
    await clock.sleep(99);
    return "done";
  });
  await clock.advance(1_000);
  assert.equal(await call, "done");
  assert.equal(signal?.aborted, false);
  assert.equal(clock.pendingTimers, 0);
});

test("what the work throws comes through as it is, whatever it is", async () => {
  const bounded = policy(timeout(100)).with({ clock: new SimulatedClock() });
  for (const thrown of [undefined, null, "text", 0, Symbol("s"), new Error("e")]) {
    const throwing = bounded.run(() => {
      throw thrown;
    });
    const rejecting = bounded.run(() => Promise.reject(thrown));
    for (const call of [throwing, rejecting]) {
      const outcome = await call.then(
        () => assert.fail("it was fulfilled"),
        (error: unknown) => ({ error }),
      );
      assert.equal(outcome.error, thrown);
    }
  }
});

test("under a deadline that is earlier a call has what is left", async () => {
  const clock = new SimulatedClock();
  const bounded = policy(timeout(100)).with({ clock });
  const call = withDeadline(new Deadline(30, clock), () => bounded.run(forEver));
  const rejected = assert.rejects(call, { code: "TIMED_OUT", message: "timeout: took longer than 30 ms" });
  await clock.advance(30);
  await rejected;
  assert.equal(clock.pendingTimers, 0);
});

test("with nothing left of the deadline a call is not begun, which says nothing of what would have been called", async () => {
  const clock = new SimulatedClock();
  const breaker = circuitBreaker({ trip: consecutiveFailures(1) });
  const events: PolicyEvent[] = [];
  const layer = timeout(100);
  const guarded = policy(breaker, layer).with({ clock, observer: (event) => events.push(event) });
  for (const leftMs of [0, -5]) {
    const settled = await guarded.settle(() => assert.fail("it was begun"), {
      deadline: new Deadline(leftMs, clock),
    });
    assert.ok(settled.kind === "refused");
    assert.equal(settled.error.code, "DEADLINE_EXCEEDED");
    assert.equal(settled.error.by, layer);
    assert.equal(settled.error.message, "timeout: the time that its caller has left is over");
  }
  assert.deepEqual(layer.counters, { calls: 2, timedOut: 0, notBegun: 2 });
  assert.deepEqual(events, Array(2).fill({ kind: "refused", layer: "timeout", code: "DEADLINE_EXCEEDED" }));
  assert.deepEqual([breaker.state, breaker.counters.ignored], ["closed", 2]);
});

test("the work is told how much time the timeouts around it leave", async () => {
  const clock = new SimulatedClock();
  const options = { deadline: new Deadline(1_000, clock) };
  for (const [calls, leftMs] of [
    [policy(), 1_000],
    [policy(timeout(300)), 300],
    [policy(timeout(300), timeout(200)), 200],
    [policy(timeout(200), timeout(300)), 200],
    [policy(timeout(200), deadline(300)), 200],
    [policy(timeout(2_000)), 1_000],
  ] as const)
    assert.equal(await calls.with({ clock }).run(({ remainingMs }) => remainingMs, options), leftMs);
  const later = policy(timeout(300), timeout(200))
    .with({ clock })
    .run(async (context) => {
      await clock.sleep(150);
      return context.remainingMs;
    });
  await clock.advance(150);
  assert.equal(await later, 50);
});

test("work may call the same policy within itself, each call with a time of its own", async () => {
  const clock = new SimulatedClock();
  const bounded = policy(timeout(100)).with({ clock });
  const call = bounded.run(async () => {
    await clock.sleep(60);
    return bounded.run(async () => {
      await clock.sleep(60);
      return "inner";
    });
  });
  const rejected = assert.rejects(call, { code: "TIMED_OUT" });
  await clock.advance(1_000);
  await rejected;
  assert.equal(clock.pendingTimers, 0);
});

test("an ended call is listened to by nobody, whoever made it", async () => {
  const clock = new SimulatedClock();
  const calls: Call[] = [];
  const noting: Layer<never, never, unknown, "bounds"> = {
    name: "noting",
    role: "bounds",
    counters: {},
    wrap: (next) => (call) => {
      calls.push(call);
      return next(call);
    },
  };
  const bounded = policy(timeout(100), noting, timeout(50)).with({ clock });
  const { signal } = new AbortController();
  await bounded.run(() => "done", { signal });
  const late = bounded.settle(forEver, { signal });
  await clock.advance(50);
  await late;
  assert.deepEqual(
    calls.map(({ listeners }) => listeners),
    [0, 0],
  );
});

test("an observer that throws disturbs nobody", async () => {
  const clock = new SimulatedClock();
  const observer = () => {
    throw new Error("watcher");
  };
  const call = policy(timeout(10)).with({ clock, observer }).run(forEver);
  const rejected = assert.rejects(call, { code: "TIMED_OUT" });
  await clock.advance(10);
  await rejected;
});

/** One call: when it begins, how long its work takes, when its caller gives up, and what its deadline leaves. */
const plan = fc.record({
  atMs: fc.nat(200),
  workMs: fc.nat(200),
  abortMs: fc.option(fc.nat(200), { nil: undefined }),
  deadlineMs: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
});

test("however calls overlap, each ends with the first of its work, its caller, its deadline and its timeout", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(plan, { maxLength: 20, size: "max" }),
      fc.integer({ min: 1, max: 150 }),
      async (plans, limitMs) => {
        const clock = new SimulatedClock();
        const bounded = policy(timeout(limitMs)).with({ clock });
        const ends = plans.map(async ({ atMs, workMs, abortMs, deadlineMs }) => {
          await clock.sleep(atMs);
          const controller = new AbortController();
          const giveUp =
            abortMs === undefined ? undefined : clock.setTimer(abortMs, () => controller.abort("gave up"));
          const settled = await bounded.settle(() => clock.sleep(workMs), {
            signal: controller.signal,
            deadline: deadlineMs === undefined ? undefined : new Deadline(deadlineMs, clock),
          });
          giveUp?.cancel();
          assert.equal(sourceOf(controller.signal).listeners, 0);
          return { kind: settled.kind, tookMs: clock.monotonicMs() - atMs };
        });
        await clock.advance(1_000);
        for (const [index, end] of (await Promise.all(ends)).entries()) {
          const { workMs = 0, abortMs, deadlineMs } = plans[index] ?? assert.fail();
          const times = {
            aborted: abortMs ?? Number.POSITIVE_INFINITY,
            refused: Math.min(limitMs, deadlineMs ?? limitMs),
            done: workMs,
          };
          const firstMs = Math.min(...Object.values(times));
          assert.equal(end.tookMs, firstMs);
          assert.ok(end.kind !== "failed" && times[end.kind] === firstMs, `${end.kind} after ${firstMs} ms`);
        }
        assert.equal(clock.pendingTimers, 0);
      },
    ),
    { numRuns: 60 },
  );
});

test("a length of time that no timer can wait is refused", () => {
  for (const ms of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])
    assert.throws(
      () => timeout(ms),
      /timeout: afterMs has to be above 0 and at most 2147483647 milliseconds, not/,
    );
});
