import fc from "fast-check";
import { cache, database, edge, type System, system } from "../../../design/index.ts";
import { program } from "./typical-designs.ts";

/** Small designs as people write them: an edge, a service or two, a store, and what they have to keep. */

const member = fc.record({
  replicas: fc.integer({ min: 1, max: 4 }),
  ms: fc.constantFrom(0.5, 2, 10, 40),
  zones: fc.integer({ min: 1, max: 2 }),
});

export const simpleDesign: fc.Arbitrary<System> = fc
  .record({
    outer: member,
    inner: fc.option(member, { nil: undefined }),
    store: fc.record({
      concurrency: fc.constantFrom(2, 8, 32),
      copies: fc.integer({ min: 1, max: 3 }),
      ms: fc.constantFrom(0.3, 3, 12),
    }),
    cached: fc.boolean(),
    priced: fc.boolean(),
    workers: fc.integer({ min: 1, max: 2 }),
    latency: fc.constantFrom(15, 60, 250, 1_000),
    availability: fc.constantFrom(0.99, 0.9985, 0.9995),
  })
  .map(({ outer, inner, store, cached, priced, workers, latency, availability }) => {
    const price = (each: number) => (priced ? { pricePerMonth: each } : {});
    const work = (ms: number) => ({ work: { default: { time: ms } } });
    const { concurrency, copies } = store;
    const base = database("base", { plan: { concurrency, copies, ...work(store.ms), ...price(100) } });
    const stores = { base, ...(cached ? { hot: cache("hot", { plan: price(30) }) } : {}) };
    const serviceOf = (name: string, { replicas, zones, ms }: typeof outer, uses: object) =>
      program(name, { replicas, uses: { ...uses }, plan: { zones, ...work(ms), ...price(20) } });
    const last = inner && serviceOf("inner", inner, stores);
    const api = serviceOf("api", outer, last ? { inner: last } : stores);
    return system("simple", {
      requires: {
        traffic: { rate: "50/s", reads: 0.8 },
        latency: { p99: latency },
        availability,
        durability: 0.9999,
      },
      parts: [edge("front", { workers, routes: [{ path: "/*", to: api }], plan: price(15) })],
    });
  });

/** Two services, a cache and a database behind each of twelve routes of an edge. */
export function manyParts(rate: `${number}/s`): System {
  const routes = Array.from({ length: 12 }, (_, at) => {
    const uses = { base: database(`base${at}`), hot: cache(`hot${at}`) };
    const inner = program(`inner${at}`, { uses, replicas: 3 });
    return { path: `/${at}/*` as const, to: program(`outer${at}`, { uses: { inner }, replicas: 3 }) };
  });
  const front = edge("front", { routes, workers: 2 });
  const requests = routes.map((_, at) => [
    `ask${at}`,
    { to: front, request: `GET /${at}/:id`, keys: { count: "1M" } },
  ]);
  return system("many", {
    requires: {
      traffic: { rate, peak: 3 },
      latency: { p50: "10 ms", p99: "50 ms" },
      availability: "99.99%",
      durability: "99.9999%",
    },
    requests: Object.fromEntries(requests),
    parts: [front],
  });
}
