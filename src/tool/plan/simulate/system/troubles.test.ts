import assert from "node:assert/strict";
import { test } from "node:test";
import { PlanError } from "../../errors.ts";
import type { ResolvedPart } from "../../resolved-model.ts";
import { type SystemSimulation, simulateSystem, type Trouble } from "./index.ts";
import { callOf, classOf, partOf, stayOf, systemOf, timeOf } from "./testing/small-system.ts";

/** An edge before three replicas of 2 ms, each with a third of 600 requests per second; the run takes a minute, in windows of a second. */
function told(
  troubles: readonly Trouble[],
  api: Partial<ResolvedPart> = {},
  { timeoutMs, meanMs = 2 }: { readonly timeoutMs?: number; readonly meanMs?: number } = {},
): SystemSimulation {
  const call = callOf(stayOf("api", meanMs), {
    networkMs: 0.5,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const parts = [
    partOf("front", "edge", { places: 100 }),
    partOf("api", "service", { replicas: 3, places: 10, ...api }),
  ];
  const resolved = systemOf(parts, [classOf(stayOf("front", timeOf(0), [call]), 600)]);
  return simulateSystem(resolved, { durationMs: 60_000, warmUpMs: 0, windowMs: 1_000, troubles });
}

function valueAt(
  { series, windowMs }: SystemSimulation,
  name: string,
  timeMs: number,
): number | null | undefined {
  return series.find((one) => one.name === name)?.values[Math.floor(timeMs / windowMs)];
}

test("a crash loses what is there and refuses what comes, until the edge knows; the others take over, and it returns after its start", () => {
  const crash = { part: "api", replica: 2, kind: "crash", atMs: 20_000, durationMs: 10_000 } as const;
  const { failedBy, whole, ...simulation } = told(
    [crash],
    { startupMs: 5_000, upstream: { outliers: false } },
    { meanMs: 20 },
  );
  assert.ok(failedBy.lost > 0 && failedBy.lost < 15, `${failedBy.lost} lost`);
  // The edge tries it again every quarter of a second, and then every second, with one request.
  assert.ok(failedBy.refused >= 10 && failedBy.refused < 60, `${failedBy.refused} refused`);
  assert.equal(whole.failed, failedBy.lost + failedBy.refused);
  assert.deepEqual(
    [18_500, 25_000, 33_500, 36_000].map((timeMs) =>
      valueAt({ ...simulation, failedBy, whole }, "api replicas", timeMs),
    ),
    [3, 2, 2, 3],
  );
});

test("a partition loses nothing but time: what was sent comes through when it ends, and who waits shorter gives up", () => {
  const cut = { part: "api", kind: "partition", atMs: 20_000, durationMs: 5_000 } as const;
  const patient = told([cut]);
  assert.equal(patient.failed, 0);
  assert.equal(valueAt(patient, "answered", 22_500), 0);
  assert.ok((valueAt(patient, "answered", 25_500) ?? 0) > 2_500);
  assert.ok((patient.classes[0]?.latencyMs.p999 ?? 0) > 4_500);
  const hasty = told([cut], { upstream: { outliers: false } }, { timeoutMs: 100 });
  assert.ok(hasty.failedBy["timed-out"] > 2_500);
});

test("an edge ejects the replica that is cut off, and after that only its trials fail", () => {
  const cut = { part: "api", replica: 1, kind: "partition", atMs: 20_000, durationMs: 30_000 } as const;
  const ejecting = told([cut], {}, { timeoutMs: 100 });
  const keeping = told([cut], { upstream: { outliers: false } }, { timeoutMs: 100 });
  assert.ok(keeping.failed > 5_000, `${keeping.failed}`);
  assert.ok(ejecting.failed < 100, `${ejecting.failed}`);
});

test("health checks find one that is cut off, and bring it back", () => {
  const cut = { part: "api", replica: 1, kind: "partition", atMs: 20_000, durationMs: 20_000 } as const;
  const upstream = { outliers: false, health: { intervalMs: 1_000, unhealthyAfter: 2 } } as const;
  const { failed, ...simulation } = told([cut], { upstream }, { timeoutMs: 100 });
  // Two checks fail before it is out, a second or two in which 200 requests go there each.
  assert.ok(failed > 100 && failed < 500, `${failed}`);
  assert.equal(valueAt({ failed, ...simulation }, "api replicas", 45_000), 3);
});

test("what is slow is slow for its time, and the queue before it drains afterwards", () => {
  const slow = { part: "api", kind: "slow", atMs: 20_000, durationMs: 5_000, factor: 40 } as const;
  const simulation = told([slow], { places: 2 });
  assert.equal(simulation.failed, 0);
  assert.ok((valueAt(simulation, "api waiting", 24_000) ?? 0) > 500);
  assert.ok((valueAt(simulation, "api utilisation", 24_000) ?? 0) > 0.999);
  assert.ok((valueAt(simulation, "p99", 50_000) ?? 99) < 20);
});

test("a replica that returns is cold: its first requests take as many times as long as said, and ever less", () => {
  const crash = { part: "api", kind: "crash", atMs: 10_000, durationMs: 1_000 } as const;
  const simulation = told([crash], { coldStart: { factor: 10, durationMs: 20_000 }, places: 100 });
  const medians = [5_000, 11_500, 21_000, 50_000].map((timeMs) => valueAt(simulation, "p50", timeMs) ?? 0);
  const [warm = 0, cold = 0, cool = 0, warmAgain = 0] = medians;
  assert.ok(cold > 7 * warm && cool > 3 * warm && cool < 7 * warm, medians.join(", "));
  assert.ok(Math.abs(warmAgain / warm - 1) < 0.15, medians.join(", "));
});

test("what the design has not cannot go wrong, and what was meant is said", () => {
  const wrong = (trouble: Trouble) => (thrown: unknown) => {
    assert.ok(thrown instanceof PlanError, String(thrown));
    return trouble.part === "ap"
      ? thrown.code === "UNKNOWN_SETTING" && /api/.test(thrown.message)
      : thrown.code === "BAD_SETTING";
  };
  const crash = { part: "api", kind: "crash", atMs: 0, durationMs: 1 } as const;
  const troubles: readonly Trouble[] = [
    { ...crash, part: "ap" },
    { ...crash, replica: 4 },
    { ...crash, replica: 0 },
    { ...crash, atMs: -1 },
    { ...crash, durationMs: 0 },
    { ...crash, kind: "slow", factor: 0 },
    { part: "api", kind: "flush", atMs: 0 },
  ];
  for (const trouble of troubles) assert.throws(() => told([trouble]), wrong(trouble));
});
