import assert from "node:assert/strict";
import { test } from "node:test";
import { type AutoscalerOptions, type AutoscalerState, autoscaler, type ScalingInput } from "./autoscaler.ts";
import type { ReplicaReading } from "./metric.ts";

// Sources: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ (by the section named in each test), and
// https://kubernetes.io/blog/2025/04/28/kubernetes-v1-33-hpa-configurable-tolerance/.
const CPU = { name: "cpu", target: { utilization: 0.5 } } as const;

function alike(count: number, metrics: ReplicaReading["metrics"]): ReplicaReading[] {
  return Array.from({ length: count }, () => ({ metrics }));
}

/** Replicas that all read the same. */
function at(nowMs: number, current: number, metrics: ReplicaReading["metrics"]): ScalingInput {
  return { nowMs, current, replicas: alike(current, metrics) };
}

/** Asks every `stepMs` and does what is answered; gives the number after each time. */
function followed(options: AutoscalerOptions, begin: number, cpus: number[], stepMs = 15_000): number[] {
  const scaler = autoscaler(options);
  let current = begin;
  return cpus.map((cpu, index) => {
    current = scaler.decide(at(index * stepMs, current, { cpu })).replicas;
    return current;
  });
}

const AT_ONCE = { scaleDown: { stabilizationWindowMs: 0 } };

test("twice the target doubles the replicas, half of it halves them (Algorithm details)", () => {
  const metrics = [{ name: "work", target: { averageValue: 100 } }];
  const scaler = () => autoscaler({ max: 100, metrics, behavior: AT_ONCE });
  assert.equal(scaler().decide(at(0, 4, { work: 200 })).replicas, 8);
  assert.equal(scaler().decide(at(0, 4, { work: 50 })).replicas, 2);
  assert.equal(scaler().decide(at(0, 4, { work: 105 })).replicas, 4);
});

test("fifty replicas at 90 % of a target of 75 % become sixty (v1.33, configurable tolerance)", () => {
  const scaler = autoscaler({ max: 100, metrics: [{ name: "cpu", target: { utilization: 0.75 } }] });
  const decision = scaler.decide(at(0, 50, { cpu: 0.9 }));
  assert.equal(decision.replicas, 60);
  assert.equal(decision.reason, "cpu is at 90 %, its target is 75 %: 50 → 60 replicas");
});

test("the metric that asks for most has its way (Scaling on multiple metrics)", () => {
  const metrics = [CPU, { name: "requests", target: { averageValue: 1_000 } }];
  const decision = autoscaler({ max: 100, metrics }).decide(at(0, 4, { cpu: 0.55, requests: 2_500 }));
  assert.equal(decision.replicas, 8);
  assert.equal(decision.desired, 10);
  assert.equal(decision.limitedBy, "policy");
  assert.match(decision.reason, /^requests is at 2500 a replica, its target is 1000: 4 → 8 replicas, /);
});

test("with a metric that cannot be read, replicas may be added and none are taken away (Algorithm details)", () => {
  const metrics = [CPU, { name: "requests", target: { averageValue: 100 } }];
  const scaler = () => autoscaler({ max: 100, metrics, behavior: AT_ONCE });
  assert.equal(scaler().decide(at(0, 4, { cpu: 0.9 })).replicas, 8);
  const held = scaler().decide(at(0, 4, { cpu: 0.1 }));
  assert.deepEqual([held.replicas, held.limitedBy, held.desired], [4, "unreadable", 1]);
  assert.match(held.reason, /stays at 4 replicas, as nothing tells requests$/);
  assert.equal(scaler().decide(at(0, 4, { cpu: 0.1, requests: 10 })).replicas, 1);
  const nothing = scaler().decide(at(0, 4, {}));
  assert.deepEqual([nothing.replicas, nothing.limitedBy, nothing.desired], [4, "unreadable", undefined]);
});

test("eighty replicas go down by a tenth a minute, rounded up, and by four once that is more (Scaling policies)", () => {
  const policies = [
    { type: "pods", value: 4, periodMs: 60_000 },
    { type: "percent", value: 10, periodMs: 60_000 },
  ] as const;
  const options = {
    max: 100,
    metrics: [CPU],
    behavior: { scaleDown: { stabilizationWindowMs: 0, policies } },
  };
  // "8 replicas will be reduced. In the next iteration when the number of replicas is 72, 10% of the pods is 7.2 but the number is
  // rounded up to 8 … When the number of replicas falls below 40 the first policy is applied and 4 replicas will be reduced."
  const minutes = followed(options, 80, new Array(11).fill(0.001), 60_000);
  assert.deepEqual(minutes, [72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20]);
  const quarters = followed(options, 80, new Array(6).fill(0.001));
  assert.deepEqual(quarters, [72, 72, 72, 72, 64, 64]);
});

test("by default, replicas double or grow by four every fifteen seconds (Default behavior)", () => {
  assert.deepEqual(followed({ max: 100, metrics: [CPU] }, 1, [5, 5, 5, 5, 5, 0.5]), [5, 10, 20, 40, 80, 80]);
});

test("by default, what the last five minutes needed is kept, and then all else may go at once (Default behavior)", () => {
  const cpus = [0.5, ...new Array<number>(22).fill(0.05)];
  const numbers = followed({ max: 100, metrics: [CPU] }, 10, cpus);
  // The first look at 0 s recommended ten: it counts until 300 s have gone.
  assert.deepEqual(numbers, [...new Array(20).fill(10), 1, 1, 1]);
});

test("a new autoscaler takes nothing away at its first look", () => {
  assert.deepEqual(followed({ max: 100, metrics: [CPU] }, 10, [0.05, 0.05]), [10, 10]);
});

test("a tenth of three replicas lets a fourth in", () => {
  const behavior = { scaleUp: { policies: [{ type: "percent", value: 10, periodMs: 60_000 }] } } as const;
  assert.deepEqual(followed({ max: 100, metrics: [CPU], behavior }, 3, [5, 5], 60_000), [4, 5]);
});

test("a window of a minute keeps what the last minute needed (Example: change downscale stabilization window)", () => {
  const behavior = { scaleDown: { stabilizationWindowMs: 60_000 } };
  const numbers = followed({ max: 100, metrics: [CPU], behavior }, 10, [0.5, 0.05, 0.05, 0.05, 0.05]);
  assert.deepEqual(numbers, [10, 10, 10, 10, 1]);
});

test("a tenth a minute, and no more than five (Example: limit scale down rate)", () => {
  const tenth = [{ type: "percent", value: 10, periodMs: 60_000 }] as const;
  const five = [...tenth, { type: "pods", value: 5, periodMs: 60_000 }] as const;
  const down = (scaleDown: object) => {
    const behavior = { scaleDown: { stabilizationWindowMs: 0, ...scaleDown } };
    return followed({ max: 100, metrics: [CPU], behavior }, 100, [0.001, 0.001, 0.001], 60_000);
  };
  assert.deepEqual(down({ policies: tenth }), [90, 81, 72]);
  assert.deepEqual(down({ policies: five, selectPolicy: "min" }), [95, 90, 85]);
});

test("a direction that is disabled is never gone (Example: disable scale down)", () => {
  const behavior = { scaleDown: { stabilizationWindowMs: 0, selectPolicy: "disabled" } } as const;
  assert.deepEqual(followed({ max: 100, metrics: [CPU], behavior }, 10, [0.05, 1, 0.05]), [10, 20, 20]);
});

test("a window for scaling up takes the lowest of what was recommended in it", () => {
  const behavior = { scaleUp: { stabilizationWindowMs: 60_000 } };
  const spike = followed({ max: 100, metrics: [CPU], behavior }, 4, [0.5, 0.5, 2, 0.5, 0.5]);
  assert.deepEqual(spike, [4, 4, 4, 4, 4]);
  const lasting = followed({ max: 100, metrics: [CPU], behavior }, 4, [0.5, 1, 1, 1, 1, 1]);
  assert.deepEqual(lasting, [4, 4, 4, 4, 8, 8]);
});

test("numbers outside of the bounds are brought into them at once, whatever metrics say", () => {
  const scaler = autoscaler({ min: 3, max: 6, metrics: [CPU] });
  assert.deepEqual(pick(scaler.decide(at(0, 1, {}))), [3, "min"]);
  assert.deepEqual(pick(scaler.decide(at(15_000, 40, {}))), [6, "max"]);
  const full = scaler.decide(at(30_000, 6, { cpu: 5 }));
  assert.deepEqual(pick(full), [6, "max"]);
  assert.equal(
    full.reason,
    "cpu is at 500 %, its target is 50 %: stays at 6 replicas, which is max, instead of 60",
  );
});

test("a reason says when replicas that tell nothing yet keep the others from being followed, and writes bytes as MiB", () => {
  const starting = { metrics: {}, ready: false, startedMs: 0 };
  const replicas = [{ metrics: { cpu: 0.95 } }, starting];
  const held = autoscaler({ max: 6, metrics: [CPU] }).decide({ nowMs: 1_000, current: 2, replicas });
  assert.equal(
    held.reason,
    "cpu is at 95 %, its target is 50 %, which those that tell nothing yet may change: stays at 2 replicas",
  );
  const memory = { name: "memory", target: { averageValue: 200 * 2 ** 20 }, unit: "bytes" } as const;
  const full = autoscaler({ max: 6, metrics: [memory] });
  const { reason } = full.decide({
    nowMs: 0,
    current: 1,
    replicas: [{ metrics: { memory: 300 * 2 ** 20 } }],
  });
  assert.equal(reason, "memory is at 300 MiB a replica, its target is 200 MiB: 1 → 2 replicas");
});

test("a service that was scaled to 0 by hand is left alone (Implicit maintenance-mode deactivation)", () => {
  const decision = autoscaler({ max: 6, metrics: [CPU] }).decide(at(0, 0, {}));
  assert.deepEqual(pick(decision), [0, "disabled"]);
});

test("with a min of 0, a queue that fills starts the first replica", () => {
  const metrics = [{ name: "queue", target: { value: 30 } }];
  const scaler = autoscaler({ min: 0, max: 6, metrics });
  const empty = { nowMs: 0, current: 0, replicas: [] };
  assert.equal(scaler.decide({ ...empty, totals: { queue: 0 } }).replicas, 0);
  assert.equal(scaler.decide({ ...empty, nowMs: 15_000, totals: { queue: 61 } }).replicas, 3);
});

test("a forecast adds replicas and takes none away", () => {
  const scaler = autoscaler({ max: 20, metrics: [CPU], behavior: AT_ONCE });
  const early = scaler.decide({ ...at(0, 4, { cpu: 0.5 }), predicted: 7 });
  assert.deepEqual(pick(early), [7, undefined]);
  assert.equal(early.reason, "the forecast asks for 7 replicas: 4 → 7 replicas");
  assert.equal(scaler.decide({ ...at(60_000, 7, { cpu: 0.5 }), predicted: 2 }).replicas, 7);
  assert.equal(scaler.decide({ ...at(120_000, 7, {}), predicted: 9 }).replicas, 9);
  assert.equal(scaler.decide({ ...at(180_000, 9, {}), predicted: 2 }).replicas, 9);
});

test("a change that was not carried out does not count against the policies", () => {
  const scaler = autoscaler({ max: 100, metrics: [CPU] });
  assert.equal(scaler.decide(at(0, 4, { cpu: 5 })).replicas, 8);
  assert.equal(scaler.decide(at(5_000, 4, { cpu: 5 })).replicas, 8);
  assert.equal(scaler.decide(at(10_000, 8, { cpu: 5 })).replicas, 8);
});

test("an autoscaler goes on from the state of another, kept as JSON", () => {
  const options = { max: 100, metrics: [CPU] };
  const first = autoscaler(options);
  const numbers: number[] = [];
  let [current, scaler] = [4, first];
  for (let step = 0; step < 60; step++) {
    const cpu = step % 7 === 0 ? 0.9 : 0.2;
    const input = at(step * 15_000, current, { cpu });
    const kept: AutoscalerState = JSON.parse(JSON.stringify(scaler.state));
    scaler = autoscaler(options, kept);
    current = scaler.decide(input).replicas;
    numbers.push(current);
  }
  const whole = followed(
    options,
    4,
    numbers.map((_, step) => (step % 7 === 0 ? 0.9 : 0.2)),
  );
  assert.deepEqual(numbers, whole);
});

test("options that cannot be are refused by name", () => {
  const refused = (options: Partial<AutoscalerOptions>, words: RegExp) =>
    assert.throws(() => autoscaler({ max: 5, metrics: [CPU], ...options }), words);
  refused({ max: 0 }, /max has to be a whole number from 1 to 10000, not 0/);
  refused({ min: 6 }, /min has to be a whole number from 0 to max \(5\), not 6/);
  refused({ metrics: [] }, /metrics has to hold 1 to 16, not 0/);
  refused({ metrics: [CPU, CPU] }, /"cpu" twice/);
  refused({ metrics: [{ name: "cpu", target: { utilization: 0 } }] }, /target of "cpu".* above 0, not 0/);
  refused({ cpuInitializationMs: -1 }, /cpuInitializationMs/);
  const rules = (scaleUp: object, words: RegExp) => refused({ behavior: { scaleUp } }, words);
  rules({ stabilizationWindowMs: 3_600_001 }, /scaleUp.stabilizationWindowMs has to be from 0 to 3600000/);
  rules({ tolerance: -0.1 }, /tolerance/);
  rules({ policies: [] }, /policies has to hold 1 to 16/);
  rules({ policies: [{ type: "pods", value: 0, periodMs: 1 }] }, /policies\[0\].value/);
  rules({ policies: [{ type: "pods", value: 1, periodMs: 0 }] }, /policies\[0\].periodMs/);
  rules({ policies: [{ type: "pod", value: 1, periodMs: 1 }] }, /policies\[0\].type/);
  rules({ selectPolicy: "Max" }, /selectPolicy has to be "max", "min" or "disabled", not Max/);
  assert.throws(() => autoscaler({ max: 5, metrics: [CPU] }).decide(at(0, 1.5, {})), /current/);
});

function pick({ replicas, limitedBy }: { replicas: number; limitedBy: string | undefined }) {
  return [replicas, limitedBy];
}
