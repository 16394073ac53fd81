import assert from "node:assert/strict";
import { test } from "node:test";
import { PlanError } from "../../errors.ts";
import type { ResolvedPart } from "../../resolved-model.ts";
import { type ScaledPart, type SystemArrivals, type SystemSimulation, simulateSystem } from "./index.ts";
import { callOf, classOf, partOf, stayOf, systemOf, timeOf } from "./testing/small-system.ts";

/** Replicas of 10 ms, so that each can do a hundred a second. */
function told(
  arrivals: SystemArrivals,
  durationMs: number,
  options: { readonly scaling?: readonly ScaledPart[]; readonly api?: Partial<ResolvedPart> },
): SystemSimulation {
  const way = stayOf("front", timeOf(0), [callOf(stayOf("api", 10))]);
  const parts = [
    partOf("front", "edge", { places: 100 }),
    partOf("api", "service", { balance: "least-connections", startupMs: 10_000, ...options.api }),
  ];
  return simulateSystem(systemOf(parts, [classOf(way, 100)]), {
    durationMs,
    warmUpMs: 0,
    windowMs: durationMs / 200,
    arrivals,
    ...(options.scaling && { scaling: options.scaling }),
  });
}

function replicasOf({ series }: SystemSimulation): readonly number[] {
  return (series.find(({ name }) => name === "api replicas")?.values ?? []).map((one) => one ?? 0);
}

const CROWD: SystemArrivals = {
  kind: "rate",
  rate: { kind: "spike", basePerSecond: 100, peakPerSecond: 600, startMs: 300_000, durationMs: 600_000 },
};
const BY_CPU = { min: 2, max: 20, metrics: [{ name: "cpu", target: { utilization: 0.6 } }] } as const;

test("replicas follow a crowd up within a minute, come down to what it needs, and down when it has gone, without flapping", () => {
  const simulation = told(CROWD, 2_000_000, { scaling: [{ part: "api", autoscaler: BY_CPU }] });
  const replicas = replicasOf(simulation);
  assert.equal(replicas[20], 2);
  assert.ok((replicas[36] ?? 0) >= 10, replicas.join(" "));
  // More than are needed while what has piled up is worked off; then 600 a second at a target of 60 each.
  assert.ok((replicas[85] ?? 0) >= 9 && (replicas[85] ?? 0) <= 14, replicas.join(" "));
  assert.equal(replicas.at(-1), 2);
  const turns = replicas.filter(
    (count, at) =>
      at > 1 && (count - (replicas[at - 1] ?? 0)) * ((replicas[at - 1] ?? 0) - (replicas[at - 2] ?? 0)) < 0,
  );
  assert.ok(turns.length <= 1, replicas.join(" "));
});

test("requests per second and concurrency are read as the design language names them, and a design's own scaling is followed", () => {
  for (const metric of [
    { name: "requestsPerSecond", target: { averageValue: 60 } },
    { name: "concurrency", target: { averageValue: 1.5 } },
  ] as const) {
    const scaling = { min: 2, max: 20, metrics: [metric] };
    const replicas = replicasOf(told(CROWD, 420_000, { api: { scaling } }));
    assert.equal(replicas[140], 2);
    assert.ok((replicas.at(-1) ?? 0) >= 10, replicas.join(" "));
  }
});

test("a forecast has replicas there before the load that comes every day, where reacting alone is late", () => {
  const dayMs = 600_000;
  const arrivals: SystemArrivals = {
    kind: "rate",
    rate: { kind: "daily", meanPerSecond: 250, peak: 3, dayMs },
  };
  // A day in ten minutes: a replica takes a minute to start, which is an hour and a half of a real day.
  const scaled = {
    part: "api",
    everyMs: 5_000,
    autoscaler: {
      ...BY_CPU,
      cpuInitializationMs: 0,
      behavior: { scaleDown: { stabilizationWindowMs: 30_000 } },
    },
  } as const;
  const predictive = {
    perReplica: 60,
    leadMs: 80_000,
    errorMax: 0.5,
    history: { slotMs: 5_000, seasonsMs: [dayMs], historyMs: 5 * dayMs, levelMs: 30_000 },
  };
  const api = { startupMs: 60_000 };
  const p99 = (scaling: ScaledPart) => {
    const simulation = told(arrivals, 5 * dayMs, { scaling: [scaling], api });
    const { values = [] } = simulation.series.find(({ name }) => name === "p99") ?? {};
    // The last day, when two and more are known.
    return Math.max(...values.slice(160).map((one) => one ?? 0));
  };
  const reacting = p99(scaled);
  const foreseeing = p99({ ...scaled, predictive });
  assert.ok(foreseeing < reacting / 4, `${foreseeing} ms with a forecast, ${reacting} ms without`);
});

test("a scaling of what the design has not, or out of its range, is refused by name", () => {
  const scaling = (scaled: ScaledPart) => () => told(CROWD, 1_000, { scaling: [scaled] });
  const codeIs = (code: string) => (thrown: unknown) => thrown instanceof PlanError && thrown.code === code;
  assert.throws(scaling({ part: "apy", autoscaler: BY_CPU }), codeIs("UNKNOWN_SETTING"));
  assert.throws(scaling({ part: "api", autoscaler: { ...BY_CPU, max: 0 } }), codeIs("BAD_SETTING"));
});
