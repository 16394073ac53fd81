import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ConditionPolicies, EndpointCondition } from "./condition.ts";
import { outlierPolicyOf } from "./outlier.ts";
import { warmShare } from "./slow-start.ts";

const CALM = { panics: false, lastResort: false };
const PANIC = { panics: true, lastResort: false };
const LAST = { panics: true, lastResort: true };

const policies: ConditionPolicies = {
  health: { kind: "checked", unhealthyAfter: 1, healthyAfter: 1 },
  outliers: outlierPolicyOf({ ejectionMs: 1_000 }),
  slowStartMs: 10_000,
};

const made = (more: Partial<ConditionPolicies> = {}, isWarm = true) =>
  new EndpointCondition({ ...policies, ...more }, 0, isWarm);

test("checks and requests both have to allow that an endpoint is used", () => {
  const condition = made();
  assert.equal(condition.eject(0), "down");
  assert.equal(condition.checkFailed(false, 10), undefined);
  assert.equal(condition.returnIfDue(1_000), undefined);
  assert.equal(condition.isUsable, false);
  assert.equal(condition.stateAt(1_000), "down");
  assert.equal(condition.checkPassed(1_010), "up");
  assert.equal(condition.isUsable, true);
});

test("a passed check does not end an ejection", () => {
  const condition = made();
  condition.eject(0);
  assert.equal(condition.checkFailed(false, 10), undefined);
  assert.equal(condition.checkPassed(20), undefined);
  assert.equal(condition.stateAt(20), "ejected");
  assert.equal(condition.admitUnwell(20, CALM), false);
  assert.equal(condition.returnIfDue(999), undefined);
  assert.equal(condition.returnIfDue(1_000), "up");
});

test("in a panic the ejected and those that failed their checks are used; those that refuse connections only as a trial, last", () => {
  const ejected = made();
  ejected.eject(0);
  const failing = made();
  failing.checkFailed(false, 0);
  for (const condition of [ejected, failing]) {
    assert.equal(condition.admitUnwell(1, CALM), false);
    assert.equal(condition.admitUnwell(1, PANIC), true);
  }
  const refusing = made();
  refusing.connectionFailed(0);
  assert.equal(refusing.admitUnwell(1_000, CALM), false);
  assert.equal(refusing.admitUnwell(1_000, PANIC), false);
  assert.equal(refusing.admitUnwell(1_000, LAST), true);
  assert.equal(refusing.admitUnwell(1_001, LAST), false);
});

test("a process that came back answers for its own requests only", () => {
  const condition = made({ outliers: outlierPolicyOf({ consecutiveErrors: 2 }) });
  assert.equal(condition.requestFailed(0), undefined);
  condition.connectionFailed(0);
  condition.checkPassed(100);
  assert.equal(condition.requestFailed(101), undefined);
  assert.ok(condition.requestFailed(102));
});

test("whoever came back starts slowly, as does whoever is new; the edge's first endpoints do not", () => {
  const old = made();
  assert.deepEqual([old.stateAt(0), old.warmShareAt(0)], ["up", 1]);
  old.checkFailed(false, 100);
  old.checkPassed(1_000);
  assert.deepEqual([old.stateAt(1_000), old.warmShareAt(1_000)], ["warming", 0.1]);
  assert.equal(old.warmShareAt(6_000), 0.55);
  // A balancer asks for the weight that all slow starts end at; that is not a time that has come.
  assert.equal(old.warmShareAt(Number.POSITIVE_INFINITY), 1);
  assert.equal(old.warmShareAt(6_000), 0.55);
  assert.deepEqual([old.stateAt(11_000), old.warmShareAt(11_000)], ["up", 1]);
  assert.equal(made({}, false).warmShareAt(0), 0.1);
  assert.equal(made({ slowStartMs: 0 }, false).warmShareAt(0), 1);
  const returned = made();
  returned.eject(0);
  returned.returnIfDue(1_000);
  assert.equal(returned.warmShareAt(1_000), 0.1);
});

test("law: a warming endpoint's share begins at a tenth, never falls, and ends at the whole", () => {
  const slow = fc.integer({ min: 1, max: 600_000 });
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(slow, part, part, (slowStartMs, one, two) => {
      const [earlier, later] = [Math.min(one, two), Math.max(one, two)].map((at) =>
        warmShare(at * slowStartMs, slowStartMs),
      );
      assert.ok(earlier !== undefined && later !== undefined);
      assert.ok(earlier >= 0.1 && earlier <= later && later <= 1);
      assert.equal(warmShare(0, slowStartMs), 0.1);
      assert.equal(warmShare(slowStartMs, slowStartMs), 1);
    }),
  );
});

test("other policies judge from what is known: the refusing and the ejected stay out", () => {
  const refusing = made();
  refusing.connectionFailed(0);
  assert.equal(refusing.judgeBy({ ...policies, health: { kind: "passive" } }, 10), undefined);
  assert.equal(refusing.admitUnwell(100, CALM), false);
  assert.equal(refusing.admitUnwell(250, CALM), true);
  assert.equal(refusing.answered(260), "up");

  const failing = made();
  failing.checkFailed(false, 0);
  const stricter = { kind: "checked", unhealthyAfter: 1, healthyAfter: 2 } as const;
  assert.equal(failing.judgeBy({ ...policies, health: stricter }, 10), undefined);
  assert.equal(failing.checkPassed(20), undefined);
  assert.equal(failing.checkPassed(30), "up");
  failing.checkFailed(false, 40);
  assert.equal(failing.judgeBy({ ...policies, health: { kind: "passive" } }, 50), "up");

  const ejected = made();
  ejected.eject(0);
  assert.equal(ejected.judgeBy({ ...policies, slowStartMs: 0 }, 10), undefined);
  assert.equal(ejected.judgeBy({ ...policies, outliers: undefined }, 20), "up");
});
