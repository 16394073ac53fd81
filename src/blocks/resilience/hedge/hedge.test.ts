import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import { sourceOf } from "../call/abort-source.ts";
import { Call, type CallContext } from "../call/call.ts";
import { Deadline, withDeadline } from "../deadline/deadline.ts";
import type { PolicyEvent } from "../observer.ts";
import { policy } from "../policy.ts";
import { RetryBudget } from "../retry/retry-budget.ts";
import { timeout } from "../timeout.ts";
import { type HedgeOptions, hedge } from "./hedge.ts";

function simulated(options: HedgeOptions) {
  const clock = new SimulatedClock();
  const events: PolicyEvent[] = [];
  const layer = hedge(options);
  const calls = policy(layer).with({ clock, observer: (event) => events.push(event) });
  return { clock, events, layer, calls };
}

type Course = { readonly afterMs: number; readonly fails?: boolean };

/** Work whose attempts take these courses; notes which of them were aborted. */
function following(clock: SimulatedClock, courses: readonly Course[]) {
  const begun: { atMs: number; attempt: number }[] = [];
  const aborted: unknown[] = [];
  const work = ({ attempt, signal }: CallContext) => {
    begun.push({ atMs: clock.monotonicMs(), attempt });
    const { afterMs, fails } = courses[attempt - 1] ?? { afterMs: 1 };
    return new Promise((resolve, reject) => {
      const timer = clock.setTimer(afterMs, () => (fails ? reject(`failed ${attempt}`) : resolve(attempt)));
      signal.addEventListener("abort", () => {
        timer.cancel();
        aborted.push([attempt, signal.reason]);
        reject(signal.reason);
      });
    });
  };
  return { begun, aborted, work };
}

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

test("a slow attempt gets a second beside it, the first to succeed wins, and the loser is aborted", async () => {
  const { clock, events, layer, calls } = simulated({ after: 100 });
  const { begun, aborted, work } = following(clock, [{ afterMs: 5_000 }, { afterMs: 20 }]);
  const done = outcome(calls.run(work));
  await clock.advance(150);
  assert.deepEqual(await done, { value: 2 });
  assert.deepEqual(begun, [
    { atMs: 0, attempt: 1 },
    { atMs: 100, attempt: 2 },
  ]);
  assert.equal(aborted.length, 1);
  assert.match(String(aborted[0]), /^1,AbortError: another attempt was faster/);
  assert.deepEqual(layer.counters, { calls: 1, hedges: 1, hedgesWon: 1, outOfBudget: 0 });
  assert.deepEqual(events, [
    { kind: "hedged", layer: "hedge", afterMs: 100 },
    { kind: "hedge-won", layer: "hedge" },
  ]);
  assert.equal(clock.pendingTimers, 0);
});

test("a call that is quick, or fails before a hedge is due, stays single", async () => {
  const { clock, layer, calls } = simulated({ after: 100 });
  const quick = outcome(calls.run(following(clock, [{ afterMs: 99 }]).work));
  const failing = outcome(calls.run(following(clock, [{ afterMs: 50, fails: true }]).work));
  const throwing = outcome(
    calls.run(() => {
      throw undefined;
    }),
  );
  await clock.advance(500);
  assert.deepEqual(await Promise.all([quick, failing, throwing]), [
    { value: 1 },
    { error: "failed 1" },
    { error: undefined },
  ]);
  assert.equal(layer.counters.hedges, 0);
  assert.equal(clock.pendingTimers, 0);
});

test("the outcome is that of the first success, or else of the first failure", async () => {
  // Odd and even, so that no two events fall on one moment.
  const course = fc.record({
    afterMs: fc.integer({ min: 1, max: 200 }).map((ms) => 2 * ms + 1),
    fails: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(course, { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 2, max: 3 }),
      async (courses, attempts) => {
        const afterMs = 100;
        const { clock, layer, calls } = simulated({ after: afterMs, attempts, budget: false });
        const { begun, work } = following(clock, courses);
        const done = outcome(calls.run(work));
        await clock.advance(2_000);
        // By hand: an attempt begins while those before it are under way and none has succeeded.
        const ends: { endMs: number; attempt: number; fails: boolean }[] = [];
        for (let attempt = 1; attempt <= attempts; attempt++) {
          const beginMs = (attempt - 1) * afterMs;
          const isOver =
            ends.some(({ endMs, fails }) => !fails && endMs < beginMs) ||
            (attempt > 1 && ends.every(({ endMs }) => endMs < beginMs));
          if (isOver) break;
          const { afterMs: takesMs, fails } = courses[attempt - 1] ?? assert.fail();
          ends.push({ endMs: beginMs + takesMs, attempt, fails });
        }
        ends.sort((one, other) => one.endMs - other.endMs || one.attempt - other.attempt);
        const success = ends.find(({ fails }) => !fails);
        assert.deepEqual(
          await done,
          success ? { value: success.attempt } : { error: `failed ${ends[0]?.attempt}` },
        );
        assert.equal(begun.length, ends.length);
        assert.equal(layer.counters.hedges, ends.length - 1);
        assert.equal(clock.pendingTimers, 0);
      },
    ),
    { numRuns: 60 },
  );
});

test("hedges stay within the budget when everything is slow", async () => {
  const { clock, layer, calls } = simulated({
    after: 10,
    budget: new RetryBudget({ ratio: 0.1, minPerSecond: 0, burst: 5 }),
  });
  const slow = Array.from({ length: 200 }, () =>
    outcome(calls.run(following(clock, [{ afterMs: 50 }, { afterMs: 50 }]).work)),
  );
  await clock.advance(100);
  await Promise.all(slow);
  const { hedges = 0, outOfBudget = 0 } = layer.counters;
  assert.ok(hedges >= 5 && hedges <= 25, `${hedges}`);
  assert.equal(hedges + outOfBudget, 200);
});

test("after a percentile, about as many are hedged as it leaves, and none before 100 were seen", async () => {
  const { clock, layer, calls } = simulated({ after: { percentile: 0.9 }, budget: false });
  const run = async (count: number, ms: (index: number) => number) => {
    for (let index = 0; index < count; index++) {
      const done = outcome(calls.run(following(clock, [{ afterMs: ms(index) }, { afterMs: 20 }]).work));
      await clock.advance(ms(index));
      await done;
    }
  };
  await run(100, (index) => 10 + (index % 10) * 10);
  assert.equal(layer.counters.hedges, 0);
  await run(200, (index) => 10 + (index % 10) * 10);
  const { hedges = 0 } = layer.counters;
  assert.ok(hedges >= 15 && hedges <= 45, `${hedges}`);
  assert.equal(clock.pendingTimers, 0);
});

test("first attempts that lose are not forgotten: hedges come later when all calls become slow", async () => {
  const { clock, events, calls } = simulated({ after: { percentile: 0.9 }, budget: false });
  for (let call = 0; call < 400; call++) {
    const done = outcome(
      calls.run(following(clock, [{ afterMs: call < 100 ? 10 : 1_000 }, { afterMs: 10 }]).work),
    );
    await clock.advance(500);
    assert.ok("value" in (await done));
  }
  const hedged = events.flatMap((event) => (event.kind === "hedged" ? [event.afterMs] : []));
  assert.equal(hedged.length, 300);
  assert.ok((hedged[0] ?? 0) < 11 && (hedged.at(-1) ?? 0) >= 20, `${hedged[0]} to ${hedged.at(-1)}`);
});

test("a call that is over has no listener, though what it is part of goes on", async () => {
  const { clock, layer } = simulated({ after: 10 });
  const { work } = following(clock, [{ afterMs: 100 }, { afterMs: 50 }]);
  const call = Call.of(work, { signal: new AbortController().signal });
  const world = { clock, random: Math.random, observer: undefined };
  const done = layer.wrap((one) => one.work(one) as Promise<unknown>, world)(call);
  await clock.advance(15);
  assert.equal(call.listeners, 3);
  await clock.advance(100);
  assert.equal(await done, 2);
  assert.equal(call.listeners, 0);
});

test("none is started beyond the deadline", async () => {
  const { clock, layer, calls } = simulated({ after: 100 });
  void outcome(calls.run(() => new Promise(() => {}), { deadline: new Deadline(100, clock) }));
  await clock.advance(1_000);
  assert.equal(layer.counters.hedges, 0);
  assert.equal(clock.pendingTimers, 0);
});

test("an abort ends all attempts at once, before a hedge and after it", async () => {
  for (const abortMs of [50, 150]) {
    const { clock, layer, calls } = simulated({ after: 100 });
    const controller = new AbortController();
    const { aborted, work } = following(clock, [{ afterMs: 500 }, { afterMs: 500 }]);
    const done = outcome(calls.run(work, { signal: controller.signal }));
    await clock.advance(abortMs);
    controller.abort("enough");
    assert.deepEqual(await done, { error: "enough" });
    assert.equal(aborted.length, abortMs > 100 ? 2 : 1);
    assert.equal(clock.pendingTimers, 0);
    assert.equal(sourceOf(controller.signal).listeners, 0);
    await clock.advance(1_000);
    assert.equal(layer.counters.hedges, abortMs > 100 ? 1 : 0);
  }
});

test("work that does not listen is left behind by an abort and by a timeout around it", async () => {
  const clock = new SimulatedClock();
  const controller = new AbortController();
  const layer = hedge({ after: 100 });
  const calls = policy(timeout(150), layer).with({ clock });
  const deaf = () => new Promise(() => {});
  const late = outcome(calls.run(deaf));
  const aborted = outcome(calls.run(deaf, { signal: controller.signal }));
  await clock.advance(50);
  controller.abort(undefined);
  assert.ok("error" in (await aborted));
  await clock.advance(1_000);
  const result = await late;
  assert.match("error" in result ? String(result.error) : "", /longer than 150 ms/);
  assert.equal(layer.counters.hedges, 1);
  assert.equal(clock.pendingTimers, 0);
});

test("observers that throw or abort, and work that calls its own policy, do no harm", async () => {
  const clock = new SimulatedClock();
  const controller = new AbortController();
  const layer = hedge({ after: 100 });
  const throwing = policy(layer).with({
    clock,
    observer: () => {
      throw new Error("watcher");
    },
  });
  const aborting = policy(layer).with({ clock, observer: () => controller.abort("seen enough") });
  const first = outcome(
    throwing.run(() => throwing.run(following(clock, [{ afterMs: 900 }, { afterMs: 10 }]).work)),
  );
  const { begun, work } = following(clock, [{ afterMs: 900 }]);
  const second = outcome(aborting.run(work, { signal: controller.signal }));
  await clock.advance(2_000);
  assert.deepEqual(await Promise.all([first, second]), [{ value: 2 }, { error: "seen enough" }]);
  assert.equal(begun.length, 1);
  assert.equal(clock.pendingTimers, 0);
});

test("a call that is given up in the very moment in which its hedge is due has none", async () => {
  const clock = new SimulatedClock();
  const controller = new AbortController();
  const hedged: unknown[] = [];
  const calls = policy(hedge({ after: 100, budget: false })).with({
    clock,
    // The hedges of both are due at once, and the first ends the second call.
    observer: (event) => {
      hedged.push(event.kind);
      controller.abort("enough");
    },
  });
  const first = outcome(calls.run(following(clock, [{ afterMs: 900 }, { afterMs: 10 }]).work));
  const { begun, work } = following(clock, [{ afterMs: 900 }]);
  const second = outcome(calls.run(work, { signal: controller.signal }));
  await clock.advance(1_000);
  assert.deepEqual(await Promise.all([first, second]), [{ value: 2 }, { error: "enough" }]);
  assert.deepEqual([begun.length, hedged], [1, ["hedged", "hedge-won"]]);
});

test("every attempt runs in its own caller's asynchronous context, and under that one's deadline", async () => {
  const { clock, calls } = simulated({ after: 100, attempts: 3, budget: false });
  const request = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const slow = ({ attempt, remainingMs }: CallContext) => {
    seen.push([request.getStore(), attempt, remainingMs]);
    return clock.sleep(1_000);
  };
  const hurried = request.run("hurried", () =>
    withDeadline(new Deadline(150, clock), () => outcome(calls.run(slow))),
  );
  const patient = request.run("patient", () => outcome(calls.run(slow)));
  await clock.advance(2_000);
  await Promise.all([hurried, patient]);
  assert.deepEqual(seen, [
    ["hurried", 1, 150],
    ["patient", 1, Number.POSITIVE_INFINITY],
    ["hurried", 2, 50],
    ["patient", 2, Number.POSITIVE_INFINITY],
    ["patient", 3, Number.POSITIVE_INFINITY],
  ]);
});

test("a loser that fails afterwards is nobody's unhandled rejection", async () => {
  const { clock, calls } = simulated({ after: 100 });
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    const won = calls.run(async ({ attempt }) => {
      if (attempt === 2) return "won";
      await clock.sleep(500);
      throw new Error("lost");
    });
    await clock.advance(1_000);
    assert.equal(await won, "won");
    assert.deepEqual(unhandled, []);
  } finally {
    process.off("unhandledRejection", note);
  }
});

test("a mistake in the options is named", () => {
  assert.throws(() => hedge({ after: 0 }), /after has to be above 0/);
  assert.throws(
    () => hedge({ after: { percentile: 95 } }),
    /percentile has to be above 0 and below 1, not 95/,
  );
  assert.throws(() => hedge({ after: { atLeastMs: Number.NaN } }), /atLeastMs/);
  assert.throws(() => hedge({ attempts: 1 }), /attempts has to be a whole number from 2 to 10, not 1/);
});
