import assert from "node:assert/strict";
import { test } from "node:test";
import { type Measured, proposed, type ReplicaReading, type ScalingMetric } from "./metric.ts";

// The cases of https://github.com/kubernetes/kubernetes/blob/v1.33.0/pkg/controller/podautoscaler/replica_calculator_test.go,
// whose names stand behind each; its settings are a tolerance of 0.1, two minutes to initialize and a delay of ten seconds.
const TOLERANCES = { up: 0.1, down: 0.1 };
const SETTLING = { cpuInitializationMs: 120_000, initialReadinessDelayMs: 10_000 };
const nowMs = 10_000_000;
const COLD = nowMs - 3_600_000;
/** Readings began before this one was ready. */
const HOT = { startedMs: nowMs - 30_000, readyChangedMs: nowMs - 30_000, windowMs: 60_000 };

const cpu = (utilization: number): ScalingMetric => ({ name: "cpu", target: { utilization } });
const requests = (averageValue: number): ScalingMetric => ({ name: "requests", target: { averageValue } });

/** Replicas by their readings; undefined for none. */
function replicas(
  name: string,
  readings: (number | undefined)[],
  ...more: Omit<ReplicaReading, "metrics">[]
): ReplicaReading[] {
  return readings.map((reading, index) => ({
    metrics: { [name]: reading },
    startedMs: COLD,
    ...more[index],
  }));
}

function asked(metric: ScalingMetric, measured: Omit<Measured, "nowMs">, tolerances = TOLERANCES) {
  return proposed(metric, { nowMs, ...measured }, tolerances, SETTLING);
}

const never = { ready: false, startedMs: nowMs - 60_000, readyChangedMs: nowMs - 60_000 };

test("replicas at 30, 50 and 70 % of what a target of 30 % allows become five (ScaleUp)", () => {
  const found = asked(cpu(0.3), { current: 3, replicas: replicas("cpu", [0.3, 0.5, 0.7]) });
  assert.deepEqual([found.replicas, found.measured, found.tolerated], [5, 0.5, false]);
});

test("replicas that are not ready soften a scale-up, and may prevent it (ScaleUpUnready…, …HotCpu…)", () => {
  const levels = [0.3, 0.5, 0.7];
  const less = asked(cpu(0.3), { current: 3, replicas: replicas("cpu", levels, never) });
  assert.deepEqual([less.replicas, less.measured], [4, 0.6]);
  assert.equal(asked(cpu(0.3), { current: 3, replicas: replicas("cpu", levels, HOT) }).replicas, 4);
  const none = replicas("cpu", [0.4, 0.5, 0.7], {}, never, never);
  assert.deepEqual(asked(cpu(0.3), { current: 3, replicas: none }).tolerated, true);
  assert.equal(asked(cpu(0.3), { current: 3, replicas: none }).replicas, 3);
});

test("replicas that are not ready count neither way when scaling down (ScaleDownExcludeUnreadyPods)", () => {
  const five = replicas("cpu", [0.1, 0.3, 0.5, 0.25, 0.25], {}, {}, {}, never, never);
  assert.equal(asked(cpu(0.5), { current: 5, replicas: five }).replicas, 2);
  const all = replicas("cpu", [0.1, 0.3, 0.5, 0.25, 0.25]);
  assert.equal(asked(cpu(0.5), { current: 5, replicas: all }).replicas, 3); // ScaleDown
});

test("what is not cpu is taken as it comes, ready or not (ScaleUpCM, …CMUnreadyHotCpuNoLessScale)", () => {
  const levels = [20, 10, 30];
  assert.equal(asked(requests(15), { current: 3, replicas: replicas("requests", levels) }).replicas, 4);
  assert.equal(
    asked(requests(15), { current: 3, replicas: replicas("requests", levels, never, HOT) }).replicas,
    4,
  );
  const pending = replicas("requests", [50, 10, 30], {}, {}, { phase: "pending" });
  assert.equal(asked(requests(15), { current: 3, replicas: pending }).replicas, 4);
});

test("one number for all is held against its target as a whole or by replica (…CMObject, …PerPodCM…External)", () => {
  const five = replicas("cpu", [0, 0, 0, 0, 0]);
  const of = (target: ScalingMetric["target"], total: number, current = 5) =>
    asked({ name: "queue", target }, { current, replicas: five.slice(0, current), totals: { queue: total } })
      .replicas;
  assert.equal(of({ value: 20_000 }, 12_000), 3);
  assert.equal(of({ value: 14_334 }, 8_600), 3);
  assert.equal(of({ averageValue: 2_867 }, 8_600), 3);
  assert.equal(of({ averageValue: 2_900 }, 8_600, 3), 3);
  assert.equal(of({ value: 20_000 }, 20_666, 3), 3);
  assert.equal(of({ averageValue: 2_150 }, 8_600, 3), 4); // ScaleUpPerPodCMExternal
});

test("missing readings are taken as all of a replica when scaling down (MissingMetrics, …ScaleDownTargetOver100)", () => {
  const four = replicas("cpu", [0.4, 0.095, undefined, undefined]);
  const found = asked(cpu(1), { current: 4, replicas: four });
  assert.deepEqual([found.replicas, found.measured], [3, 0.24]);
  const unready = replicas("cpu", [0.1, 0.1, 0.1, undefined], never);
  assert.equal(asked(cpu(0.5), { current: 4, replicas: unready }).replicas, 3);
  assert.equal(asked(cpu(1), { current: 2, replicas: replicas("cpu", [0.6, undefined]) }).replicas, 2);
});

test("for a target that is a value, missing readings are taken to be on it when scaling down", () => {
  // Algorithm details: "assuming those pods were consuming 100% of the desired value in case of a scale down".
  const four = replicas("requests", [20, 20, 20, undefined]);
  assert.equal(asked(requests(100), { current: 4, replicas: four }).replicas, 2); // (60 + 100) / 100
});

test("missing readings are taken as nothing when scaling up, and if that turns it round, nothing happens (MissingMetricsNoChange…)", () => {
  assert.equal(asked(cpu(1), { current: 2, replicas: replicas("cpu", [1.9, undefined]) }).replicas, 2);
  assert.equal(asked(cpu(1), { current: 2, replicas: replicas("cpu", [1, undefined]) }).replicas, 2);
  const three = replicas("cpu", [0.1, 4, undefined], never);
  assert.equal(asked(cpu(0.5), { current: 3, replicas: three }).replicas, 8); // 4 / 3 of 0.5, in whole percents
  const less = replicas("cpu", [0.1, 2, undefined], never);
  assert.equal(asked(cpu(0.5), { current: 3, replicas: less }).replicas, 4); // MissingMetricsUnreadyScaleUp
  const change = replicas("cpu", [0.1, 0.45, undefined], never);
  assert.equal(asked(cpu(0.5), { current: 3, replicas: change }).replicas, 3); // MissingMetricsUnreadyChange
});

test("a replica that was ready before and is not now counts, once it has had its time to start", () => {
  const later = { ready: false, startedMs: COLD, readyChangedMs: nowMs - 5_000 };
  const neverWas = { ready: false, startedMs: COLD, readyChangedMs: COLD + 9_999 };
  const measured = (third: Omit<ReplicaReading, "metrics">) =>
    asked(cpu(0.5), { current: 3, replicas: replicas("cpu", [0.9, 0.9, 0.9], third) }).replicas;
  assert.equal(measured(later), 6); // 1.8 × 3
  assert.equal(measured(neverWas), 4); // 1.8 / 3 × 2 × 3, in whole percents
});

test("a metric is left alone within the tolerance, which may differ by direction (Tolerance…, v1.33)", () => {
  const at = (level: number, tolerances = TOLERANCES) =>
    asked(cpu(1), { current: 10, replicas: replicas("cpu", new Array(10).fill(level)) }, tolerances).replicas;
  assert.deepEqual(
    [0.9, 1, 1.1].map((level) => at(level)),
    [10, 10, 10],
  );
  assert.deepEqual(
    [0.89, 1.11].map((level) => at(level)),
    [9, 12],
  );
  // https://kubernetes.io/blog/2025/04/28/kubernetes-v1-33-hpa-configurable-tolerance/
  const uneven = { up: 0, down: 0.05 };
  assert.deepEqual(
    [0.94, 0.95, 1, 1.01].map((level) => at(level, uneven)),
    [10, 10, 10, 11],
  );
  assert.equal(at(0.9, uneven), 9);
  const hundred = replicas("cpu", new Array(100).fill(0.96));
  assert.equal(asked(cpu(1), { current: 100, replicas: hundred }, uneven).replicas, 100);
});

test("what nobody tells cannot be told: no readings, or none that are numbers from 0", () => {
  for (const levels of [[], [undefined], [Number.NaN, -1], [Number.POSITIVE_INFINITY]])
    assert.equal(asked(cpu(0.5), { current: 2, replicas: replicas("cpu", levels) }).measured, undefined);
  assert.equal(
    asked({ name: "queue", target: { value: 5 } }, { current: 2, replicas: [] }).measured,
    undefined,
  );
});

test("replicas on their way out are left out, and those that are wanted and not there yet are on their way in", () => {
  const five = replicas(
    "requests",
    [30, 30, 30, 900, 900],
    {},
    {},
    {},
    { phase: "ending" },
    { phase: "ending" },
  );
  assert.equal(asked(requests(15), { current: 3, replicas: five }).replicas, 6);
  assert.equal(asked(requests(15), { current: 6, replicas: five }).replicas, 6);
  // 99 for six are within the tolerance; for the three that are there alone they would ask for seven.
  const three = replicas("requests", [33, 33, 33]);
  assert.equal(asked(requests(15), { current: 6, replicas: three }).replicas, 6);
});

test("a metric above its target takes nothing away, and one below adds nothing, whatever there is to count", () => {
  const queue = { name: "queue", target: { value: 10 } };
  const five = replicas("cpu", [0, 0, 0, 0, 0]);
  assert.equal(asked(queue, { current: 10, replicas: five, totals: { queue: 12 } }).replicas, 10);
  const fifteen = replicas("requests", new Array(15).fill(85));
  assert.equal(asked(requests(100), { current: 10, replicas: fifteen }).replicas, 10);
});
