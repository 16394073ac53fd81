import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RetryBudget, retryBudget } from "./retry-budget.ts";

test("a budget is never overdrawn, in any stretch of time", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("call" as const), times: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ do: fc.constant("retry" as const), times: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: -50, max: 5_000 }) }),
  );
  const options = fc.record({
    ratio: fc.double({ min: 0, max: 2, noNaN: true }),
    minPerSecond: fc.integer({ min: 0, max: 20 }),
    burst: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(options, fc.array(step, { maxLength: 60, size: "max" }), (chosen, steps) => {
      const budget = new RetryBudget(chosen);
      let nowMs = 0;
      /** The latest time that the budget was told, which is all that it knows of time. */
      let latestMs = Number.NEGATIVE_INFINITY;
      const events: { atMs: number; calls: number; retries: number }[] = [];
      for (const one of steps) {
        let calls = 0;
        let retries = 0;
        if (one.do === "wait") nowMs += one.ms;
        else if (one.do === "call") for (; calls < one.times; calls++) budget.deposit();
        else {
          for (let tried = 0; tried < one.times; tried++) if (budget.withdraw(nowMs)) retries++;
          latestMs = Math.max(latestMs, nowMs);
        }
        events.push({ atMs: latestMs, calls, retries });
      }
      // Brute force: every stretch from one retry to a later event. One that begins earlier has more calls, and no more retries.
      for (let from = 0; from < events.length; from++) {
        if (events[from]?.atMs === Number.NEGATIVE_INFINITY) continue;
        let calls = 0;
        let retries = 0;
        for (const { atMs, ...one } of events.slice(from)) {
          calls += one.calls;
          retries += one.retries;
          const seconds = (atMs - (events[from]?.atMs ?? 0)) / 1_000;
          const mostRetries = chosen.burst + chosen.ratio * calls + chosen.minPerSecond * seconds;
          assert.ok(retries <= mostRetries + 1e-6, `${retries} > ${mostRetries}`);
        }
      }
    }),
  );
});

test("when everything fails, retries settle at the ratio", () => {
  const budget = retryBudget({ ratio: 0.2, minPerSecond: 0, burst: 10 });
  let retries = 0;
  for (let call = 0; call < 10_000; call++) {
    budget.deposit();
    for (let attempt = 1; attempt < 3; attempt++) if (budget.withdraw(0)) retries++;
  }
  assert.ok(retries >= 1_999 && retries <= 2_010, `${retries}`);
});

test("a quiet service may retry as often as its seconds allow", () => {
  const budget = retryBudget({ ratio: 0, minPerSecond: 2, burst: 1 });
  assert.deepEqual(
    [0, 0, 499, 500, 999, 1_000].map((nowMs) => budget.withdraw(nowMs)),
    [true, false, false, true, false, true],
  );
});

test("a clock that went back gives nothing", () => {
  const budget = retryBudget({ ratio: 0, minPerSecond: 1, burst: 1 });
  assert.ok(budget.withdraw(10_000));
  assert.ok(!budget.withdraw(0));
  assert.ok(!budget.withdraw(10_000));
  assert.ok(budget.withdraw(11_000));
});

test("a mistake in the options is named", () => {
  assert.throws(() => retryBudget({ ratio: -0.1 }), /ratio has to be from 0 to 10, not -0.1/);
  assert.throws(() => retryBudget({ minPerSecond: Number.NaN }), /minPerSecond/);
  assert.throws(() => retryBudget({ burst: 0 }), /burst/);
});
