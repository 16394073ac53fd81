import { plainCall } from "../../plain-system.ts";
import type { Scenario, ScenarioSetting } from "./scenario.ts";
import { behindEdge, partOf, stayOf } from "./small-designs.ts";

const PER_SECOND = 2_000;
const AT_MS = 30_000;

/**
 * 2,000 reads a second of 200 keys by Zipf's law, all of them in a cache; the database behind it makes one up in 50 ms and can do 160 a second. The cache forgets
 * everything at once. Whoever waits for the database longer than a second gives up, and what he gave up does not come into the cache. Without leases each miss asks the
 * database; with them one does, and the others wait for its answer: in each of four replicas, or in all together. (Nishtala and others, "Scaling Memcache at Facebook",
 * 2013, 3.2.1.)
 */
export const cacheStampede: Scenario<
  "no leases" | "single flight in each replica" | "leases for all replicas"
> = {
  name: "cache-stampede",
  title: "A cache stampede, and what leases do",
  trouble: { fromMs: AT_MS, toMs: AT_MS, label: "the cache is flushed" },
  variants: {
    "no leases": stampede(4, false),
    "single flight in each replica": stampede(4, true),
    // Whoever shares its leases is one caller, however many processes it has.
    "leases for all replicas": stampede(1, true),
  },
};

function stampede(replicas: number, singleFlight: boolean): ScenarioSetting {
  const page = partOf("page", "service", { replicas, places: 64 / replicas });
  const hot = partOf("hot", "cache", {
    places: 4,
    cache: { memoryBytes: 1_000_000, itemBytes: 1_000, items: 1_000, hitRatio: 1 },
  });
  const db = partOf("db", "database", { places: 8, queueMax: 5_000 });
  const stay = stayOf("page", 0.5, [
    plainCall(stayOf("hot", 0.05)),
    plainCall(stayOf("db", 50), {
      share: 0,
      onMissOf: "hot",
      timeoutMs: 1_000,
      ...(singleFlight && { singleFlight: true }),
    }),
  ]);
  return {
    system: behindEdge(page, plainCall(stay), {
      perSecond: PER_SECOND,
      keys: { count: 200, skew: 1 },
      further: [hot, db],
    }),
    options: {
      durationMs: 90_000,
      windowMs: 1_000,
      warmUpMs: AT_MS,
      troubles: [{ kind: "flush", part: "hot", atMs: AT_MS }],
    },
  };
}
