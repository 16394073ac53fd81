import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { PlanError } from "../../errors.ts";
import type { Admission, Call, ResolvedSystem } from "../../resolved-model.ts";
import { type SystemSimulationOptions, simulateSystem, type Trouble } from "./index.ts";
import { callOf, classOf, partOf, stayOf, systemOf, timeOf } from "./testing/small-system.ts";

const ADMISSIONS: readonly (Admission | undefined)[] = [
  undefined,
  { kind: "codel" },
  { kind: "adaptive", law: "gradient" },
  { kind: "shedder" },
];
const BALANCES = [
  "round-robin",
  "least-connections",
  "least-response-time",
  "random",
  "power-of-two",
  "ip-hash",
  "consistent-hash",
];

const guarded: fc.Arbitrary<Partial<Call>> = fc.record({
  times: fc.constantFrom(1, 2.5),
  retries: fc.nat(3),
  budget: fc.boolean(),
  networkMs: fc.constantFrom(0, 0.5),
  timeoutMs: fc.constantFrom(2, 20, 1_000),
  ...{
    breaker: fc.constantFrom({ openMs: 100 }, { failureShare: 0.9 }),
    hedge: fc.constantFrom({ after: 1 }, { after: 5, attempts: 3 }),
  },
});

/** An edge, a service, a cache, two databases: everything that may go wrong together. */
const anySystem: fc.Arbitrary<ResolvedSystem> = fc
  .record({
    outer: guarded,
    inner: guarded,
    replicas: fc.integer({ min: 1, max: 4 }),
    places: fc.integer({ min: 1, max: 5 }),
    queueMax: fc.constantFrom(0, 10, Number.POSITIVE_INFINITY),
    balance: fc.constantFrom(...BALANCES),
    admission: fc.constantFrom(...ADMISSIONS),
    connections: fc.constantFrom(1, 4, 1_024),
    here: fc.boolean(),
    singleFlight: fc.boolean(),
    keys: fc.boolean(),
  })
  .map(({ outer, inner, replicas, places, queueMax, balance, admission, ...own }) => {
    const hot = stayOf("hot", 0.05);
    const links = stayOf("links", timeOf(2, { cpuShare: 0.5 }));
    const api = stayOf("api", 0.5, [
      callOf(hot, { optional: true, timeoutMs: 5 }),
      callOf(links, {
        onMissOf: "hot",
        share: 0.5,
        ...inner,
        ...(own.singleFlight && { singleFlight: true }),
      }),
      callOf(stayOf("audit", 1), { group: "both", share: 0.7, detached: true }),
      callOf(stayOf("audit", 1), { group: "both", times: 2 }),
    ]);
    const parts = [
      partOf("front", "edge", { replicas: 2, balance: "random" }),
      partOf("api", "service", {
        replicas,
        places,
        queueMax,
        balance,
        startupMs: 50,
        upstream: { bounds: { connections: own.connections, pending: 5, pendingMs: 20 } },
        ...(admission && { admission }),
      }),
      partOf("hot", "cache", { cache: { memoryBytes: 0, itemBytes: 1, items: 20, hitRatio: 0.5 } }),
      partOf("links", "database", { places: 2 }),
      partOf("audit", "database", { places: 4, queueMax: 20 }),
    ];
    const keys = own.keys ? { keys: { count: 100, skew: 1 } } : {};
    const classes = [
      classOf(stayOf("front", 0.1, [callOf(api, outer)]), 300, { name: "reads", ...keys }),
      classOf(api, 50, { name: "writes", kind: "write", ...keys }),
    ];
    return systemOf(parts, classes, own.here ? { here: { cores: 2, otherCpuMs: 0.1, turnMs: 0.05 } } : {});
  });

const anyTrouble: fc.Arbitrary<Trouble> = fc
  .record({
    part: fc.constantFrom("front", "api", "hot", "links"),
    kind: fc.constantFrom("crash", "partition", "slow", "flush"),
    atMs: fc.integer({ min: 0, max: 2_000 }),
    durationMs: fc.integer({ min: 1, max: 800 }),
    one: fc.boolean(),
  })
  .map(({ part, kind, atMs, durationMs, one }): Trouble => {
    if (kind === "flush") return { part: "hot", kind, atMs };
    const whom = { part, atMs, durationMs, ...(one && { replica: 1 }) };
    return kind === "slow" ? { ...whom, kind, factor: 20 } : { ...whom, kind };
  });

/** Two seconds of arrivals, and a minute in which all comes to its end. */
const LOAD: Pick<SystemSimulationOptions, "arrivals" | "durationMs" | "warmUpMs"> = {
  durationMs: 62_000,
  warmUpMs: 0,
  arrivals: {
    kind: "rate",
    rate: {
      kind: "steps",
      steps: [
        { fromMs: 0, perSecond: 350 },
        { fromMs: 2_000, perSecond: 0 },
      ],
    },
  },
};

test("whatever goes wrong, each request is answered or fails exactly once, and nothing of it is left when all is over", () => {
  fc.assert(
    fc.property(
      anySystem,
      fc.array(anyTrouble, { maxLength: 4 }),
      fc.integer({ min: 0, max: 1_000 }),
      fc.boolean(),
      (resolved, troubles, seed, scales) => {
        const autoscaler = { min: 1, max: 5, metrics: [{ name: "cpu", target: { utilization: 0.3 } }] };
        const scaling = scales ? [{ part: "api", everyMs: 200, autoscaler }] : [];
        const told = simulateSystem(resolved, { ...LOAD, troubles, seed, scaling });
        const { whole, failedBy, failed, requests, calls } = told;
        assert.equal(whole.underWay, 0);
        assert.equal(whole.arrived, whole.answered + whole.failed);
        assert.equal(requests, whole.arrived);
        assert.equal(
          Object.values(failedBy).reduce((sum, one) => sum + one, 0),
          failed,
        );
        assert.equal(told.leftOver, 0);
        for (const { attempts, retries, hedges, wasted } of calls)
          assert.ok(attempts >= retries + hedges && attempts >= wasted);
      },
    ),
    { numRuns: 150 },
  );
});

const GUARDED = fc.sample(anySystem, { numRuns: 5, seed: 3 });

test("the same seed gives the same bytes, told about or not, and another seed others", () => {
  for (const resolved of GUARDED) {
    const options = { ...LOAD, durationMs: 3_000, seed: 5 };
    const once = JSON.stringify(simulateSystem(resolved, options));
    let news = 0;
    assert.equal(
      JSON.stringify(simulateSystem(resolved, { ...options, onProgress: () => void news++ })),
      once,
    );
    assert.equal(news, 100);
    assert.notEqual(JSON.stringify(simulateSystem(resolved, { ...options, seed: 6 })), once);
  }
});

test("what a block's rules refuse is refused before the run, in words", () => {
  const call = callOf(stayOf("links", 1), { retries: 1, budget: true, budgetOf: { burst: 0 } });
  const parts = [partOf("api", "service"), partOf("links", "database")];
  const resolved = systemOf(parts, [classOf(stayOf("api", 1, [call]), 0)]);
  const isBad = (thrown: unknown) => thrown instanceof PlanError && thrown.code === "BAD_SETTING";
  assert.throws(() => simulateSystem(resolved, { durationMs: 1_000 }), isBad);
  const plain = systemOf([partOf("api", "service")], [classOf(stayOf("api", 1), 1)]);
  const rate = { kind: "constant", perSecond: -1 } as const;
  assert.throws(() => simulateSystem(plain, { durationMs: 1_000, arrivals: { kind: "rate", rate } }), isBad);
  assert.throws(
    () => simulateSystem(plain, { durationMs: 1_000, arrivals: { kind: "rates", rates: { none: rate } } }),
    PlanError,
  );
  for (const options of [{ durationMs: 0 }, { durationMs: 10, warmUpMs: 10 }, { durationMs: 10, seed: 0.5 }])
    assert.throws(() => simulateSystem(plain, options), isBad);
  assert.throws(
    () => simulateSystem(systemOf([partOf("api", "service", { balance: "by mood" })], []), { durationMs: 1 }),
    isBad,
  );
});

test("more under way than memory is meant for are refused where they come in", () => {
  const resolved = systemOf([partOf("api", "service")], [classOf(stayOf("api", 100), 1_000)]);
  const { whole, leftOver, failedBy } = simulateSystem(resolved, {
    durationMs: 10_000,
    warmUpMs: 0,
    underWayMax: 500,
  });
  assert.equal(leftOver, 500);
  assert.equal(whole.underWay, 500);
  assert.equal(failedBy.refused, whole.failed);
});

test("an aborted run ends early, and tells what there is", () => {
  const resolved = systemOf([partOf("api", "service")], [classOf(stayOf("api", 1), 100)]);
  const stop = new AbortController();
  const { simulatedMs } = simulateSystem(resolved, {
    durationMs: 100_000,
    signal: stop.signal,
    onProgress: ({ share }) => {
      if (share >= 0.25) stop.abort();
    },
  });
  assert.equal(simulatedMs, 25_000);
});

test("a class that is added does not shift when the requests of others arrive", () => {
  const parts = [partOf("api", "service", { places: 1_000 })];
  const one = classOf(stayOf("api", 1), 100, { name: "one" });
  const other = classOf(stayOf("api", 1), 50, { name: "other" });
  const alone = simulateSystem(systemOf(parts, [one]), { durationMs: 10_000 });
  const both = simulateSystem(systemOf(parts, [one, other]), { durationMs: 10_000 });
  assert.deepEqual(both.classes[0], alone.classes[0]);
});

/** An edge, a service, a cache and a database, as a shortener has them. */
function shortener(perSecond: number): ResolvedSystem {
  const hot = stayOf("hot", 0.02);
  const api = stayOf("api", 0.3, [
    callOf(hot, { optional: true, networkMs: 0.1 }),
    callOf(stayOf("links", 1), { onMissOf: "hot", share: 0.3, networkMs: 0.3 }),
    callOf(hot, { onMissOf: "hot", share: 0.3, optional: true, networkMs: 0.1 }),
  ]);
  const call = callOf(api, { timeoutMs: 3_000, retries: 1, budget: true, networkMs: 0.1 });
  const parts = [
    partOf("front", "edge", { replicas: 2, balance: "random" }),
    partOf("api", "service", { replicas: 4 }),
    partOf("hot", "cache", { cache: { memoryBytes: 0, itemBytes: 1, items: 10_000, hitRatio: 0.7 } }),
    partOf("links", "database", { places: 20 }),
  ];
  return systemOf(parts, [
    classOf(stayOf("front", 0.1, [call]), perSecond, { keys: { count: 100_000, skew: 1 } }),
  ]);
}

test("memory does not depend on how long a run is", () => {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  assert.ok(typeof collect === "function");
  const held = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  // A byte and a half for each request of the long run would be seen.
  const heldAtEndOf = (durationMs: number) => {
    const before = held();
    let after = 0;
    simulateSystem(shortener(5_000), {
      durationMs,
      // While all that the run made is still there.
      onProgress: ({ share }) => {
        if (share === 1) after = held();
      },
    });
    return after - before;
  };
  heldAtEndOf(10_000);
  const short = heldAtEndOf(10_000);
  const long = heldAtEndOf(150_000);
  assert.ok(
    long < short + 1_000_000,
    `${long} bytes held at the end of the long run, ${short} of the short one`,
  );
});

test("a shortener's requests are simulated at 100,000 a second and more of processor time; by hand 440,000", () => {
  const resolved = shortener(5_000);
  simulateSystem(resolved, { durationMs: 4_000 });
  const before = process.cpuUsage();
  const { whole } = simulateSystem(resolved, { durationMs: 60_000 });
  const { user, system } = process.cpuUsage(before);
  const perSecond = (whole.arrived * 1e6) / (user + system);
  assert.ok(perSecond > 100_000, `${Math.round(perSecond)} a second`);
});
