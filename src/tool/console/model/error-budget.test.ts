import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { boundText, budgetWords, requirementText, stretches, stripWords } from "./error-budget.ts";

const budget = { allowedShare: 0.01, requests: 10_000, bad: 38, remaining: 0.62, burn5m: 0, burn1h: 0 };

test("a budget says what is left, how it came to that, and how fast it is spent", () => {
  assert.deepEqual(budgetWords(budget), {
    level: "good",
    left: "62 % of the budget is left",
    spent: "38 of 10k requests were bad; 1 % may be, which is 100",
    burn: "Nothing of it was spent in the last hour",
  });
  assert.equal(
    budgetWords({ ...budget, burn5m: 6, burn1h: 0.5 }).burn,
    "In the last 5 minutes it was spent 6× as fast as allowed, in the last hour 50 % as fast as allowed. At this pace a month's budget lasts 5 d",
  );
  assert.equal(budgetWords({ ...budget, remaining: -2 }).left, "3× the budget is spent");
  assert.equal(budgetWords({ ...budget, remaining: 0 }).left, "The budget is used up");
  assert.match(
    budgetWords({ ...budget, requests: 20, bad: 0, remaining: 1 }).spent,
    /which is less than one$/,
  );
});

test("a budget that is gone, or goes within days, is bad; one spent faster than allowed is to be looked at", () => {
  assert.equal(budgetWords({ ...budget, remaining: -0.1 }).level, "bad");
  assert.equal(budgetWords({ ...budget, burn5m: 20 }).level, "bad");
  assert.equal(budgetWords({ ...budget, burn5m: 2 }).level, "warn");
  assert.equal(budgetWords({ ...budget, remaining: 0.1 }).level, "warn");
  assert.equal(budgetWords({ ...budget, burn5m: 0.9, burn1h: 0.9 }).level, "good");
});

test("figures are written in the requirement's unit", () => {
  assert.equal(requirementText(0.9999, "share"), "99.99 %");
  assert.equal(requirementText(2_300, "per-second"), "2.3k/s");
  assert.equal(requirementText(undefined, "ms"), "–");
  assert.equal(boundText({ bound: "at-most", required: 200, unit: "ms" }), "at most 200 ms");
  assert.equal(boundText({ bound: "at-least", required: 0.9999, unit: "share" }), "at least 99.99 %");
});

test("windows of one state are one stretch, with the worst of their figures", () => {
  const requirement = {
    bound: "at-most" as const,
    windowMs: 60_000,
    windows: [
      { fromMs: 0, state: "met" as const, measured: 10 },
      { fromMs: 60_000, state: "met" as const, measured: 30 },
      { fromMs: 120_000, state: "not-met" as const, measured: 300 },
      { fromMs: 300_000, state: "met" as const },
    ],
  };
  assert.deepEqual(stretches(requirement), [
    { fromMs: 0, toMs: 120_000, state: "met", worst: 30 },
    { fromMs: 120_000, toMs: 180_000, state: "not-met", worst: 300 },
    { fromMs: 180_000, toMs: 300_000, state: "unknown" },
    { fromMs: 300_000, toMs: 360_000, state: "met" },
  ]);
  assert.equal(stripWords(requirement), "met for 3 min, not met for 1 min, not known for 2 min");
  assert.equal(stripWords({ ...requirement, windows: [] }), "no windows yet");
});

test("stretches follow each other without a gap and cover what the windows cover", () => {
  const windows = fc
    .array(fc.record({ skip: fc.nat({ max: 3 }), state: fc.constantFrom("met", "not-met", "unknown") }), {
      maxLength: 60,
    })
    .map((all) => {
      let fromMs = 0;
      return all.map(({ skip, state }) => {
        fromMs += (skip + 1) * 1_000;
        return { fromMs, state: state as "met" };
      });
    });
  fc.assert(
    fc.property(windows, (all) => {
      const joined = stretches({ windows: all, windowMs: 1_000, bound: "at-least" });
      joined.slice(1).forEach((one, index) => {
        assert.equal(one.fromMs, joined[index]?.toMs);
        assert.notEqual(one.state, joined[index]?.state);
      });
      assert.equal(joined[0]?.fromMs, all[0]?.fromMs);
      assert.equal(joined.at(-1)?.toMs, all.length === 0 ? undefined : (all.at(-1)?.fromMs ?? 0) + 1_000);
    }),
  );
});
