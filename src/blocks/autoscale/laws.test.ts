import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { autoscaler, type ScalingDecision } from "./autoscaler.ts";
import { DEFAULT_BEHAVIOR, type ScalingPolicy, type ScalingRules } from "./behavior.ts";
import { proposed, type ReplicaReading } from "./metric.ts";

const CPU = { name: "cpu", target: { utilization: 0.5 } } as const;

const policy: fc.Arbitrary<ScalingPolicy> = fc.record({
  type: fc.constantFrom("pods" as const, "percent" as const),
  value: fc.integer({ min: 1, max: 150 }),
  periodMs: fc.integer({ min: 1, max: 120 }).map((seconds) => seconds * 1_000),
});
const rules: fc.Arbitrary<ScalingRules> = fc.record({
  stabilizationWindowMs: fc.constantFrom(0, 15_000, 60_000, 300_000),
  policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
  selectPolicy: fc.constantFrom("max" as const, "min" as const, "disabled" as const),
  tolerance: fc.constantFrom(0, 0.05, 0.1),
});
const behavior = fc.record({ scaleUp: rules, scaleDown: rules });
/** The load of all replicas together, in replicas at 100 %; negative for a time when nobody could read it. */
const loads = fc.array(
  fc.record({
    load: fc.oneof(
      { weight: 9, arbitrary: fc.double({ min: 0, max: 120, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(-1) },
    ),
    afterMs: fc.integer({ min: 1, max: 60_000 }),
  }),
  { maxLength: 120, size: "max" },
);

interface Look {
  readonly nowMs: number;
  readonly current: number;
  readonly decision: ScalingDecision;
}

test("on any load, the number stays within its bounds and changes no faster than the policies allow", () => {
  fc.assert(
    fc.property(
      behavior,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 95 }),
      loads,
      (whole, min, span, steps) => {
        const looks = played({ behavior: whole, min, max: min + span, metrics: [CPU] }, steps);
        const countAt = countsOf(looks);
        for (const { nowMs, current, decision } of looks) {
          const { replicas } = decision;
          assert.ok(replicas >= min && replicas <= min + span);
          if (replicas > current) {
            const most = whole.scaleUp.policies.map((one) => {
              const before = countAt(nowMs - one.periodMs);
              return one.type === "pods" ? before + one.value : Math.ceil((before * (100 + one.value)) / 100);
            });
            assert.ok(replicas <= bound(whole.scaleUp, Math.min(...most), Math.max(...most), current));
          }
          if (replicas < current) {
            const least = whole.scaleDown.policies.map((one) => {
              const before = countAt(nowMs - one.periodMs);
              return one.type === "pods"
                ? before - one.value
                : Math.floor((before * (100 - one.value)) / 100);
            });
            assert.ok(replicas >= bound(whole.scaleDown, Math.max(...least), Math.min(...least), current));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("nothing moves against what is asked for, nor beyond what was asked for within the window", () => {
  fc.assert(
    fc.property(behavior, loads, (whole, steps) => {
      const looks = played({ behavior: whole, min: 1, max: 100, metrics: [CPU] }, steps);
      for (const [index, { nowMs, current, decision }] of looks.entries()) {
        if (decision.replicas === current) continue;
        const up = decision.replicas > current;
        const { stabilizationWindowMs } = up ? whole.scaleUp : whole.scaleDown;
        const counting = looks.filter(
          (look, at) => at === index || (at < index && look.nowMs > nowMs - stabilizationWindowMs),
        );
        for (const { decision: earlier } of counting) {
          if (earlier.desired === undefined || earlier.limitedBy === "unreadable") continue;
          const asked = Math.min(100, Math.max(1, earlier.desired));
          assert.ok(up ? decision.replicas <= asked : decision.replicas >= asked);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("a metric that stays within its tolerance never changes anything", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.double({ min: 0.91, max: 1.09, noNaN: true }), { maxLength: 100, size: "max" }),
      (count, ratios) => {
        const metrics = [{ name: "requests", target: { averageValue: 200 } }];
        const scaler = autoscaler({ max: 100, metrics });
        for (const [index, ratio] of ratios.entries()) {
          const replicas = Array.from({ length: count }, () => ({ metrics: { requests: 200 * ratio } }));
          const decision = scaler.decide({ nowMs: index * 15_000, current: count, replicas });
          assert.equal(decision.replicas, count);
        }
      },
    ),
  );
});

test("a load that swings faster than the window scales up once and not to and fro", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 2, max: 20, noNaN: true }), { minLength: 20, maxLength: 40 }),
      (swings) => {
        // Every swing returns to 20 within the five minutes that are remembered.
        const steps = swings.flatMap((load) =>
          [20, load, load].map((one) => ({ load: one, afterMs: 15_000 })),
        );
        const looks = played({ min: 1, max: 100, metrics: [CPU], behavior: DEFAULT_BEHAVIOR }, steps);
        const downs = looks.filter(({ current, decision }) => decision.replicas < current);
        assert.equal(downs.length, 0);
      },
    ),
  );
});

test("more load never asks for fewer replicas, whichever of them are missing, starting or on their way out", () => {
  const replica = fc.record({
    load: fc.double({ min: 0, max: 2, noNaN: true }),
    missing: fc.boolean(),
    ready: fc.boolean(),
    phase: fc.constantFrom("running" as const, "running" as const, "pending" as const, "ending" as const),
    startedMs: fc.constantFrom(0, 990_000),
  });
  const target = fc.constantFrom({ utilization: 0.5 }, { averageValue: 0.5 });
  const settling = { cpuInitializationMs: 300_000, initialReadinessDelayMs: 30_000 };
  fc.assert(
    fc.property(
      fc.array(replica, { maxLength: 12 }),
      fc.integer({ min: 1, max: 14 }),
      fc.double({ min: 1, max: 5, noNaN: true }),
      target,
      (list, current, factor, by) => {
        const asked = (times: number) => {
          const replicas: ReplicaReading[] = list.map(({ load, missing, ...rest }) => ({
            ...rest,
            metrics: { cpu: missing ? undefined : load * times },
          }));
          const measured = { nowMs: 1_000_000, current, replicas };
          return proposed({ name: "cpu", target: by }, measured, { up: 0.1, down: 0.1 }, settling).replicas;
        };
        assert.ok(asked(factor) >= asked(1));
      },
    ),
    { numRuns: 1_000 },
  );
});

/** Each replica bears its part of the load, and what is answered is done at once. */
function played(
  options: Parameters<typeof autoscaler>[0],
  steps: readonly { load: number; afterMs: number }[],
): Look[] {
  const scaler = autoscaler(options);
  let [nowMs, current] = [0, options.min ?? 1];
  return steps.map(({ load, afterMs }) => {
    nowMs += afterMs;
    const cpu = load < 0 ? undefined : load / current;
    const replicas = Array.from({ length: current }, () => ({ metrics: { cpu } }));
    const look = { nowMs, current, decision: scaler.decide({ nowMs, current, replicas }) };
    current = look.decision.replicas;
    return look;
  });
}

/** How many there were at a time, after what was done then. */
function countsOf(looks: readonly Look[]): (timeMs: number) => number {
  return (timeMs) => {
    const last = looks.findLast(({ nowMs }) => nowMs <= timeMs);
    return last ? last.decision.replicas : (looks[0]?.current ?? 0);
  };
}

function bound({ selectPolicy }: ScalingRules, ofMin: number, ofMax: number, ofDisabled: number): number {
  if (selectPolicy === "disabled") return ofDisabled;
  return selectPolicy === "min" ? ofMin : ofMax;
}
