import fc from "fast-check";
import {
  cache,
  database,
  type EdgeOptions,
  edge,
  type Part,
  type PlanFacts,
  type ServicePart,
  type System,
  service,
  system,
} from "../../../design/index.ts";
import type { ScalingModel } from "../../../design/scaling-model.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import { program } from "./rule-case.ts";

/** Designs of every shape that the language allows, and what a resolution might make of them. */

const ms = fc.constantFrom(1, 40, 250, 1_000, 30_000, 86_400_000);

function maybe<Value>(one: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(one, { nil: undefined });
}

const facts: fc.Arbitrary<PlanFacts> = fc.record({
  concurrency: maybe(fc.constantFrom(1, 8, 1_000_000)),
  availability: maybe(fc.constantFrom(0.5, 0.999, 0.999_999, 1)),
  zones: maybe(fc.integer({ min: 1, max: 5 })),
  copies: maybe(fc.integer({ min: 1, max: 5 })),
  disk: maybe(fc.constantFrom(1, 2e12, 2 ** 50)),
  backupEvery: maybe(ms),
  prefers: maybe(fc.constantFrom("consistency", "availability")),
});

const calls = fc.record({
  times: fc.constantFrom(0, 0.5, 1, 10_000),
  share: fc.constantFrom(0, 0.3, 1),
  group: maybe(fc.constant("all")),
  timeout: maybe(ms),
  retries: fc.constantFrom(0, 1, 2, 100),
  budget: fc.boolean(),
});

const member = fc.record({
  uses: fc.array(fc.nat({ max: 20 }), { maxLength: 4 }),
  time: fc.constantFrom(1e-6, 1, 25, 3_600_000),
  calls: maybe(calls),
  facts,
  replicas: fc.constantFrom(1, 2, 100),
  stopTimeout: fc.constantFrom(0, 10_000),
  health: maybe(fc.constantFrom("/healthz" as const, "tcp" as const, "process" as const)),
  bounds: maybe(fc.constant({ requests: 10, pending: 0 })),
  breaker: fc.boolean(),
  affinity: maybe(fc.constant("cookie" as const)),
  hashes: fc.boolean(),
  isOutside: fc.boolean(),
});

const route = fc.record({
  total: maybe(ms),
  response: maybe(ms),
  retries: maybe(fc.record({ attempts: fc.nat({ max: 10 }), perTry: maybe(ms) })),
});

const requires = fc.record({
  traffic: maybe(
    fc.record({
      rate: fc.constantFrom(0, 1, 5_000, 1e12),
      peak: fc.constantFrom(1, 3, 1_000),
      reads: maybe(fc.constantFrom(0, 0.9, 1)),
    }),
  ),
  latency: maybe(fc.record({ p99: fc.constantFrom(0.001, 200, 3_600_000) })),
  availability: maybe(fc.constantFrom(0, 0.99, 0.999_99)),
  durability: maybe(fc.constantFrom(0, 0.9, 0.999_999_999)),
  retention: maybe(fc.constantFrom(1_000, 31_536_000_000)),
  data: maybe(
    fc.record({
      recordSize: maybe(fc.constantFrom(1, 500, 1e9)),
      recordsPerDay: maybe(fc.constantFrom(0, 1, 1e9)),
    }),
  ),
  growthPerYear: maybe(fc.constantFrom(0, 0.5, 100)),
});

const keys = maybe(
  fc.record({ count: fc.constantFrom(1, 999, 1_001, 1e12), skew: fc.constantFrom(0, 0.5, 1, 1.2, 3) }),
);

/** A checked design: stores, services that use what was made before them, and an edge. */
export const anyDesign: fc.Arbitrary<System> = fc
  .record({
    stores: fc.array(fc.record({ isCache: fc.boolean(), facts }), { maxLength: 4 }),
    members: fc.array(member, { minLength: 1, maxLength: 6 }),
    routes: fc.array(route, { minLength: 1, maxLength: 3 }),
    host: fc.constantFrom("127.0.0.1", "0.0.0.0", "::"),
    trustedProxies: fc.constantFrom(0, 1, "all" as const),
    tls: fc.boolean(),
    requires,
    keys,
    kind: fc.constantFrom("read" as const, "write" as const),
    isClassed: fc.boolean(),
  })
  .map(({ stores, members, routes, requires, keys, kind, isClassed, ...front }) => {
    const made: Part[] = stores.map((store, at) =>
      store.isCache
        ? cache(`cache${at}`, { plan: store.facts })
        : database(`base${at}`, { plan: store.facts }),
    );
    const services = members.map((one, at) => {
      const last = serviceOf(`service${at}`, one, made);
      made.push(last);
      return last;
    });
    const entry = edge("front", {
      ...front,
      routes: routes.map(({ total, response, retries }, at) => ({
        path: at === 0 ? "/*" : `/${at}`,
        to: services[services.length - 1 - (at % services.length)],
        timeouts: { total, response },
        retries,
      })),
    } as EdgeOptions);
    const requests = isClassed ? { ask: { to: entry, request: "/:id", kind, keys } } : undefined;
    return system("any", { parts: [entry, ...made], requires, requests });
  });

type Member = typeof member extends fc.Arbitrary<infer Value> ? Value : never;

function serviceOf(name: string, one: Member, made: readonly Part[]): ServicePart {
  const { bounds, breaker, affinity, hashes, replicas, stopTimeout, health } = one;
  if (one.isOutside) return service(name, { url: "http://192.0.2.1:81", plan: one.facts });
  const used = made.length === 0 ? [] : one.uses.flatMap((at) => made[at % made.length] ?? []);
  const uses = Object.fromEntries(used.map((part) => [part.name, part]));
  const stated = one.calls;
  const work = {
    time: one.time,
    ...(stated ? { calls: Object.fromEntries(Object.keys(uses).map((use) => [use, stated])) } : {}),
  };
  const balance = hashes
    ? ({ algorithm: "consistent-hash", key: "path", loadFactor: 0 } as const)
    : ("power-of-two" as const);
  return program(name, {
    uses,
    replicas,
    stopTimeout,
    health,
    upstream: { bounds, breaker, affinity, balance },
    plan: { ...one.facts, work: { default: work } },
  });
}

/** A resolution that went otherwise: other places, hits and times, scaling, calls that nobody waits for. */
export const anyResolved: fc.Arbitrary<(resolved: ResolvedSystem) => ResolvedSystem> = fc
  .record({
    replicas: maybe(fc.constantFrom(1, 3)),
    places: maybe(fc.constantFrom(1, 64)),
    hitRatio: fc.constantFrom(0, 0.5, 1),
    scaling: maybe(
      fc.constant<ScalingModel>({ min: 1, max: 6, metrics: [{ name: "cpu", target: { utilization: 0.7 } }] }),
    ),
    detached: fc.boolean(),
  })
  .map(({ replicas, places, hitRatio, scaling, detached }) => (resolved: ResolvedSystem) => ({
    ...resolved,
    parts: resolved.parts.map((part) => ({
      ...part,
      replicas: replicas ?? part.replicas,
      places: places ?? part.places,
      ...(part.cache ? { cache: { ...part.cache, hitRatio } } : {}),
      ...(scaling && part.kind === "service" ? { scaling } : {}),
    })),
    classes: resolved.classes.map((one) => ({
      ...one,
      way: {
        ...one.way,
        calls: one.way.calls.map((call) => (detached ? { ...call, detached: true as const } : call)),
      },
    })),
  }));
