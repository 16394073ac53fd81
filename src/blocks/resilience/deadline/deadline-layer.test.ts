import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../time/index.ts";
import { circuitBreaker } from "../circuit-breaker/circuit-breaker.ts";
import type { PolicyEvent } from "../observer.ts";
import { policy } from "../policy.ts";
import { retry } from "../retry/retry.ts";
import { timeout } from "../timeout.ts";
import { currentDeadline, Deadline, withDeadline } from "./deadline.ts";
import { deadline } from "./deadline-layer.ts";

const forEver = () => new Promise<never>(() => {});

test("a call ends when its time is over, and its signal says so", async () => {
  const clock = new SimulatedClock();
  const layer = deadline(100);
  let signal: AbortSignal | undefined;
  const call = policy(layer)
    .with({ clock })
    .run((context) => {
      signal = context.signal;
      return forEver();
    });
  const rejected = assert.rejects(call, {
    code: "DEADLINE_EXCEEDED",
    by: layer,
    message: "deadline: took longer than the 100 ms that were left",
  });
  await clock.advance(99);
  assert.equal(signal?.aborted, false);
  await clock.advance(1);
  await rejected;
  assert.equal(signal?.reason.code, "DEADLINE_EXCEEDED");
  assert.deepEqual(layer.counters, { calls: 1, exceeded: 1 });
  assert.equal(clock.pendingTimers, 0);
});

test("policies within the work get what is left, in their timeouts and in what they tell their own work", async () => {
  const clock = new SimulatedClock();
  const inner = policy(timeout(1_000)).with({ clock });
  const outer = policy(deadline(100)).with({ clock });
  let leftMs = 0;
  const call = outer.run(async () => {
    await clock.sleep(60);
    const settled = await inner.settle((context) => {
      leftMs = context.remainingMs;
      return forEver();
    });
    return settled.kind === "refused" ? settled.error.message : settled.kind;
  });
  const rejected = assert.rejects(call, { code: "DEADLINE_EXCEEDED" });
  await clock.advance(100);
  await rejected;
  assert.equal(leftMs, 40);
  assert.equal(clock.pendingTimers, 0);
});

test("with nothing left the work does not begin", async () => {
  const clock = new SimulatedClock();
  const events: PolicyEvent[] = [];
  const outer = policy(deadline(100)).with({ clock, observer: (event) => events.push(event) });
  let runs = 0;
  const passed = new Deadline(0, clock);
  const begin = () => outer.run(() => runs++);
  await assert.rejects(withDeadline(passed, begin), {
    code: "DEADLINE_EXCEEDED",
    message: "deadline: the time that its caller has left is over",
  });
  await assert.rejects(
    outer.run(() => runs++, { deadline: passed }),
    { code: "DEADLINE_EXCEEDED" },
  );
  assert.equal(runs, 0);
  assert.deepEqual(events[0], { kind: "refused", layer: "deadline", code: "DEADLINE_EXCEEDED" });
});

test("a deadline given with the call holds for what the work calls, unless an earlier one is in force", async () => {
  const clock = new SimulatedClock();
  const bounded = policy(deadline(100)).with({ clock });
  const seenMs = () => currentDeadline()?.remainingMs;
  assert.equal(await bounded.run(seenMs, { deadline: new Deadline(30, clock) }), 30);
  assert.equal(await bounded.run(seenMs, { deadline: new Deadline(3_000, clock) }), 100);
  const under = (ms: number) =>
    withDeadline(new Deadline(20, clock), () => bounded.run(seenMs, { deadline: new Deadline(ms, clock) }));
  assert.equal(await under(30), 20);
  assert.equal(await under(10), 10);
  assert.equal(clock.pendingTimers, 0);
});

test("a call cannot give itself more time than the work that it is part of has", async () => {
  const clock = new SimulatedClock();
  const plain = policy().with({ clock });
  const leftMs = withDeadline(new Deadline(20, clock), () =>
    plain.run((context) => context.remainingMs, { deadline: new Deadline(500, clock) }),
  );
  assert.equal(await leftMs, 20);
});

test("where a deadline of the same policy ends a call, no timeout inside of it speaks first, however rough the timers are", async () => {
  class RoughClock extends SimulatedClock {
    override setTimer(delayMs: number, callback: () => void) {
      return super.setTimer(delayMs < 150 ? delayMs - 0.5 : delayMs, callback);
    }
  }
  const clock = new RoughClock();
  const breaker = circuitBreaker();
  const late = timeout(500);
  const calls = policy(deadline(200), retry({ backOff: { firstMs: 0 } }), breaker, late).with({ clock });
  const settled = calls.settle(async ({ attempt }) => {
    if (attempt > 1) return forEver();
    await clock.sleep(100);
    throw new Error("once");
  });
  await clock.advance(300);
  const end = await settled;
  assert.equal(end.kind === "refused" && end.error.code, "DEADLINE_EXCEEDED");
  assert.deepEqual([late.counters.timedOut, breaker.counters.failed], [0, 1]);
  assert.equal(clock.pendingTimers, 0);
});

test("a length of time that no timer can wait is refused", () => {
  for (const ms of [0, -5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])
    assert.throws(
      () => deadline(ms),
      /deadline: inMs has to be above 0 and at most 2147483647 milliseconds, not/,
    );
});
