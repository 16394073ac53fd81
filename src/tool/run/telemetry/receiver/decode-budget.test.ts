import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DecodeBudget } from "./decode-budget.ts";

test("a request that took long is made up for before another is let in", () => {
  const budget = new DecodeBudget(0.25, 0);
  assert.equal(budget.waitMs(0), 0);
  budget.spend(350);
  const waitMs = budget.waitMs(0);
  assert.equal(waitMs, 401);
  assert.ok(budget.waitMs(waitMs - 2) > 0);
  assert.equal(budget.waitMs(waitMs), 0);
});

test("over any stretch of time no more is spent than the share, what was saved and one request", () => {
  const steps = fc.array(fc.record({ afterMs: fc.nat(500), takesMs: fc.nat(200) }), { maxLength: 100 });
  fc.assert(
    fc.property(steps, (arrivals) => {
      const budget = new DecodeBudget(0.25, 0);
      let nowMs = 0;
      let spentMs = 0;
      for (const { afterMs, takesMs } of arrivals) {
        nowMs += afterMs;
        if (budget.waitMs(nowMs) > 0) continue;
        budget.spend(takesMs);
        spentMs += takesMs;
        assert.ok(spentMs <= 250 + nowMs * 0.25 + takesMs + 1e-6);
      }
    }),
  );
});

test("a share that is none is refused", () => {
  for (const share of [0, -1, 1.1, Number.NaN]) assert.throws(() => new DecodeBudget(share, 0), RangeError);
});
