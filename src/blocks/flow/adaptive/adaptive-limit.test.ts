import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Priority } from "../../resilience/gate.ts";
import { seededRandom } from "../../time/index.ts";
import { adaptiveLimit } from "./adaptive-limit.ts";
import { aimd } from "./aimd.ts";
import { gradient } from "./gradient.ts";
import type { LimitLaw } from "./limit-law.ts";
import { served } from "./testing/server-model.ts";
import { vegas } from "./vegas.ts";

const SHARES = { critical: 1, normal: 0.9, low: 0.7, background: 0.5 };
const PRIORITIES = ["background", "low", "normal", "critical"] as const;

test("on any schedule the limit stays between min and max, no call enters above its share, and none is lost count of", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant("enter" as const), priority: fc.nat(3) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("leave" as const),
        which: fc.nat(1_000),
        outcome: fc.constantFrom("succeeded" as const, "failed" as const, "ignored" as const),
      }),
    },
    fc.record({ do: fc.constant("wait" as const), ms: fc.double({ min: 0, max: 400, noNaN: true }) }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom<LimitLaw>(aimd({ slowMs: 50 }), gradient(), vegas(), wild),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 0, max: 30 }),
      fc.array(step, { maxLength: 600, size: "max" }),
      (law, min, span, steps) => {
        const max = min + span;
        const gate = adaptiveLimit({ law, min, max, windowMs: 20 });
        const entered: number[] = [];
        let nowMs = 1_000;
        for (const one of steps) {
          if (one.do === "wait") nowMs += one.ms;
          else if (one.do === "enter") {
            const priority: Priority = PRIORITIES[one.priority] ?? "critical";
            const room = Math.max(1, Math.floor(gate.limit * SHARES[priority]));
            assert.equal(gate.enter(nowMs, priority), entered.length < room);
            if (entered.length < room) entered.push(nowMs);
          } else if (entered.length > 0) {
            const [enteredMs] = entered.splice(one.which % entered.length, 1);
            gate.leave(nowMs, enteredMs ?? 0, one.outcome);
          }
          assert.equal(gate.inFlight, entered.length);
          assert.ok(gate.limit >= min && gate.limit <= max, `${gate.limit}`);
          assert.ok(gate.retryAfterMs >= 20 && Number.isSafeInteger(gate.retryAfterMs));
        }
      },
    ),
    { numRuns: 200 },
  );
});

/** A law that asks for anything, within reason and without. */
const wild: LimitLaw = () => {
  const random = seededRandom(5);
  return { next: () => (random() < 0.5 ? 1e9 : -5) * random() };
};

test("the more urgent find room where others are turned away", () => {
  const random = seededRandom(11);
  const gate = adaptiveLimit({ law: gradient() });
  const came = { background: 0, low: 0, normal: 0, critical: 0 };
  const calls = served({
    gate,
    durationMs: 60_000,
    random,
    perSecond: () => 800,
    model: () => ({ servers: 20, serviceMs: 50 }),
    priority: () => {
      const priority = PRIORITIES[Math.floor(random() * 4)] ?? "critical";
      came[priority]++;
      return priority;
    },
  });
  const shareOf = (priority: Priority) =>
    calls.filter((call) => call.priority === priority).length / came[priority];
  const shares = PRIORITIES.map(shareOf);
  assert.deepEqual(
    shares,
    [...shares].sort((one, other) => one - other),
  );
  assert.ok(shareOf("critical") > 0.85, `${shareOf("critical")}`);
  assert.ok(shareOf("background") < 0.1, `${shareOf("background")}`);
});

test("a call that its caller ended leaves the limit as it is", () => {
  const gate = adaptiveLimit({ law: aimd({ slowMs: 1 }), initial: 10 });
  for (let nowMs = 0; nowMs < 10_000; nowMs += 10) {
    assert.ok(gate.enter(nowMs, "normal"));
    gate.leave(nowMs + 10, nowMs, "ignored");
  }
  assert.equal(gate.limit, 10);
});

test("calls that take no time, as a coarse clock sees them, let every law grow", () => {
  for (const law of [aimd(), gradient(), vegas()]) {
    const gate = adaptiveLimit({ law, initial: 10, max: 50 });
    for (let nowMs = 0; nowMs < 20_000; nowMs += 10) {
      let entered = 0;
      while (gate.enter(nowMs, "critical")) entered++;
      while (entered-- > 0) gate.leave(nowMs, nowMs, "succeeded");
    }
    assert.equal(gate.limit, 50);
  }
});

test("one law serves many limits, and each learns for itself", () => {
  const law = aimd();
  const [one, other] = [adaptiveLimit({ law }), adaptiveLimit({ law })];
  for (let nowMs = 0; nowMs < 5_000; nowMs += 10) {
    one.enter(nowMs, "normal");
    one.leave(nowMs + 10, nowMs, "failed");
  }
  assert.ok(one.limit < 20);
  assert.equal(other.limit, 20);
});

test("options that cannot be are refused by name, and so is leaving without having entered", () => {
  const law = aimd();
  assert.throws(() => adaptiveLimit({ law, min: 0 }), /min has to be a whole number from 1, not 0/);
  assert.throws(() => adaptiveLimit({ law, max: 1.5 }), /max/);
  assert.throws(() => adaptiveLimit({ law, min: 10, max: 5 }), /max/);
  assert.throws(() => adaptiveLimit({ law, initial: 500 }), /initial/);
  assert.throws(() => adaptiveLimit({ law, windowMs: Number.NaN }), /windowMs/);
  assert.throws(() => adaptiveLimit({ law, shares: { low: 0 } }), /shares.low/);
  assert.throws(() => adaptiveLimit({ law }).leave(1, 0, "succeeded"), /more calls left than entered/);
  assert.equal(adaptiveLimit({ law, max: 5 }).limit, 5);
});
