import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call, ResolvedPart } from "../../resolved-model.ts";
import { type SystemSimulation, type SystemSimulationOptions, simulateSystem } from "./index.ts";
import { callOf, classOf, partOf, stayOf, systemOf, timeOf } from "./testing/small-system.ts";

const UNDISTURBED = { outliers: false } as const;

/** An edge of no time before a service of 1 ms, which is called 500 times a second. */
function behindEdge(
  call: Partial<Call>,
  api: Partial<ResolvedPart> = {},
  options: Partial<SystemSimulationOptions> = {},
  { perSecond = 500, meanMs = 1 } = {},
): SystemSimulation {
  const way = stayOf("front", timeOf(0), [callOf(stayOf("api", meanMs), call)]);
  const parts = [
    partOf("front", "edge", { places: 100 }),
    partOf("api", "service", { upstream: UNDISTURBED, ...api }),
  ];
  return simulateSystem(systemOf(parts, [classOf(way, perSecond)]), { durationMs: 60_000, ...options });
}

function meanOf(simulation: SystemSimulation, name: string, fromMs: number, toMs: number): number {
  const { values = [] } = simulation.series.find((one) => one.name === name) ?? {};
  const { windowMs } = simulation;
  const some = values.slice(Math.round(fromMs / windowMs), Math.round(toMs / windowMs));
  return some.reduce((sum: number, one) => sum + (one ?? 0), 0) / some.length;
}

const OUTAGE = { part: "api", atMs: 20_000, durationMs: 10_000, kind: "slow", factor: 1_000 } as const;

test("who gives up is answered by nobody, and the work goes on: it is wasted", () => {
  const { failedBy, calls, whole } = behindEdge({ timeoutMs: 3 });
  assert.ok(failedBy["timed-out"] > 1_000);
  // Those who gave up were served all the same.
  assert.equal(calls[1]?.wasted, failedBy["timed-out"]);
  assert.equal(whole.arrived, whole.answered + whole.failed + whole.underWay);
});

test("retries without a budget multiply the load when all fails, a budget bounds them to a fifth of the calls and what it has saved", () => {
  const retries = { timeoutMs: 50, retries: 3, backoff: { firstMs: 10 } };
  const without = behindEdge({ ...retries, budget: false }, {}, { troubles: [OUTAGE] });
  const within = behindEdge({ ...retries, budget: true }, {}, { troubles: [OUTAGE] });
  assert.ok(meanOf(without, "api calls", 22_000, 29_000) > 3.8 * 500);
  assert.ok(meanOf(within, "api calls", 22_000, 29_000) < 1.25 * 500);
});

test("a storm of retries outlasts what began it, and with a budget it does not", () => {
  const after = (budget: boolean) =>
    meanOf(
      behindEdge(
        { timeoutMs: 50, retries: 3, budget },
        {},
        { troubles: [OUTAGE], durationMs: 90_000 },
        { perSecond: 600 },
      ),
      "answered",
      80_000,
      90_000,
    );
  assert.ok(after(false) < 60, `${after(false)} answered in the storm`);
  assert.ok(after(true) > 580, `${after(true)} answered behind it`);
});

test("an open circuit spares whom it calls, and closes when that is well again", () => {
  const breaker = { openMs: 1_000, intervalMs: 2_000 };
  const told = behindEdge({ timeoutMs: 50, breaker }, {}, { troubles: [OUTAGE], durationMs: 90_000 });
  assert.ok(told.failedBy.spared > 3_000);
  assert.ok(meanOf(told, "api calls", 25_000, 29_000) < 50);
  assert.ok(meanOf(told, "answered", 80_000, 90_000) > 480);
});

test("a hedge makes few calls more, and takes most of a tail that comes of one replica", () => {
  const slow = { part: "api", replica: 1, atMs: 1_000, durationMs: 59_000, kind: "slow", factor: 8 } as const;
  const api = { replicas: 5, places: 100 };
  const p99 = (call: Partial<Call>) => {
    const told = behindEdge(call, api, { troubles: [slow] });
    const extra = (told.calls[1]?.hedges ?? 0) / told.requests;
    return { extra, ms: told.classes[0]?.latencyMs.p99 ?? 0 };
  };
  const plain = p99({});
  const hedged = p99({ hedge: { after: { percentile: 0.9, atLeastMs: 1 } } });
  assert.ok(plain.ms > 20, `${plain.ms}`);
  assert.ok(hedged.ms < plain.ms / 2, `${hedged.ms}, not half of ${plain.ms}`);
  assert.ok(hedged.extra > 0.01 && hedged.extra < 0.12, `${hedged.extra}`);
});

test("a retry goes to another replica than the one that refused", () => {
  const crash = { part: "api", replica: 1, atMs: 10_000, durationMs: 20_000, kind: "crash" } as const;
  const without = behindEdge({}, { replicas: 2 }, { troubles: [crash] });
  const withOne = behindEdge({ retries: 1, budget: true }, { replicas: 2 }, { troubles: [crash] });
  assert.ok(without.failed > 10);
  assert.equal(withOne.failed, 0);
});

test("callers wait for a connection in their order, and are refused when too many do or it takes too long", () => {
  const bounds = { connections: 1, pending: 4, pendingMs: 10 };
  const told = behindEdge({}, { places: 10, upstream: { ...UNDISTURBED, bounds } }, {}, { perSecond: 900 });
  const few = refusedShare(900, 4);
  assert.ok(told.failedBy.refused > 0);
  // One connection is one server, whatever the places behind it: M/M/1/5, but for those who lose patience.
  const share = told.failed / told.requests;
  assert.ok(share >= few * 0.95 && share < few * 1.5, `${share} refused, ${few} by theory`);
  assert.ok((told.parts[1]?.utilisation ?? 1) * 10 < 1);
});

/** The share that M/M/1/K refuses, with a service of 1 ms. */
function refusedShare(perSecond: number, waiting: number): number {
  const load = perSecond / 1_000;
  const states = waiting + 1;
  return ((1 - load) * load ** states) / (1 - load ** (states + 1));
}

test("no more are under way to a part than its callers' bound on requests", () => {
  const bounds = { requests: 3 };
  const told = behindEdge({}, { places: 10, upstream: { ...UNDISTURBED, bounds } }, {}, { perSecond: 3_000 });
  // Erlang's loss formula with three servers and a load of 3.
  const loss = 27 / 6 / (1 + 3 + 9 / 2 + 27 / 6);
  assert.ok(Math.abs(told.failed / told.requests / loss - 1) < 0.03);
});

test("with one flight for a key, a flush costs the database one read for each, and without one for each request", () => {
  const reads = (singleFlight: boolean) => {
    const way = stayOf("api", 0.01, [
      callOf(stayOf("hot", 0.001), { optional: true }),
      callOf(stayOf("links", 200), {
        onMissOf: "hot",
        share: 0,
        ...(singleFlight && { singleFlight }),
      }),
    ]);
    const parts = [
      partOf("api", "service", { places: 100 }),
      partOf("hot", "cache", { cache: { memoryBytes: 0, itemBytes: 1, items: 100, hitRatio: 1 } }),
      partOf("links", "database", { places: 1_000 }),
    ];
    const keys = { count: 50, skew: 1 };
    const told = simulateSystem(systemOf(parts, [classOf(way, 5_000, { keys })]), {
      durationMs: 20_000,
      warmUpMs: 1_000,
      troubles: [{ part: "hot", kind: "flush", atMs: 10_000 }],
    });
    assert.equal(told.failed, 0);
    return told.calls[2]?.attempts ?? 0;
  };
  // A read is one at a time for each key, and what ends is in the cache.
  assert.ok(reads(true) <= 50, `${reads(true)} reads`);
  assert.ok(reads(false) > 150, `${reads(false)} reads`);
});

test("a caller does without an optional call that fails, and without an answer to a detached one", () => {
  const told = (own: Partial<Call>) => {
    const way = stayOf("api", 0, [callOf(stayOf("audit", 100), own)]);
    const parts = [partOf("api", "service"), partOf("audit", "database", { queueMax: 0 })];
    return simulateSystem(systemOf(parts, [classOf(way, 100)]), { durationMs: 20_000 });
  };
  assert.ok(told({}).failed > 1_000);
  assert.equal(told({ optional: true }).failed, 0);
  const detached = told({ detached: true });
  assert.equal(detached.failed, 0);
  assert.equal(detached.classes[0]?.latencyMs.p999, 0);
  assert.ok((detached.calls[1]?.attempts ?? 0) > 1_000);
});

test("a replica that sheds by the wait keeps serving in time what one that queues serves too late", () => {
  const goodput = (admission: ResolvedPart["admission"]) => {
    const told = behindEdge(
      { timeoutMs: 200 },
      { places: 20, ...(admission && { admission }) },
      {},
      { perSecond: 1_500, meanMs: 20 },
    );
    return { perSecond: meanOf(told, "answered", 30_000, 60_000), shed: told.failedBy.shed };
  };
  assert.ok(goodput(undefined).perSecond < 100);
  for (const admission of [
    { kind: "codel" },
    { kind: "adaptive", law: "gradient" },
    { kind: "adaptive", law: "vegas" },
    { kind: "adaptive", law: "aimd", max: 50 },
  ] as const) {
    const { perSecond, shed } = goodput(admission);
    assert.ok(perSecond > 850, `${JSON.stringify(admission)}: ${perSecond} answered`);
    assert.ok(shed > 1_000, `${JSON.stringify(admission)}: ${shed} shed`);
  }
  // It smooths over a second, and where all calls are of one priority it swings: much better than nothing, and no more.
  assert.ok(goodput({ kind: "shedder" }).perSecond > 300);
});
