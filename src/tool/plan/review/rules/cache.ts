import { topShare } from "../../theory/cache/zipf.ts";
import { callMsOf, unsparedPerSecond, utilisationOf, withoutCache } from "../load.ts";
import type { Hop, ReviewedDesign } from "../reviewed-design.ts";
import type { Found, Rule } from "../rule.ts";
import { figure, share, size, wait } from "../wording.ts";

/** What happens when a cache does not have what is asked for. Pure. */

/** So many who load the same at once are a crowd. */
const CROWD = 5;

/** Many who miss one popular thing at the same moment. */
export const STAMPEDE: Rule = {
  id: "cache/stampede",
  checks: "how many load the same when a popular entry of a cache expires",
  find: (design) =>
    design.hops.flatMap((hop): Found[] => {
      const { keys, name } = hop.requests;
      const cache = hop.call.onMissOf;
      if (keys === undefined || cache === undefined) return [];
      const top = topShare(keys, 1);
      const rebuildMs = callMsOf(hop);
      const perSecond = top * unsparedPerSecond(hop);
      const crowd = (perSecond * rebuildMs) / 1_000;
      const places = design.resolvedParts.get(hop.to.name)?.places ?? 1;
      if (crowd < CROWD) return [];
      return [
        {
          severity: crowd >= places ? "risk" : "question",
          place: `requests.${name}.keys`,
          parts: [hop.from.name, cache, hop.to.name],
          title: `When the most popular entry of ${cache} goes, ${figure(crowd)} requests load it at once`,
          reason: `Of ${figure(unsparedPerSecond(hop))} requests a second, ${share(top)} ask for the most popular of ${figure(keys.count)} things (Zipf's law, exponent ${keys.skew}): ${figure(perSecond)} a second. Loading it anew takes ${wait(rebuildMs)}; all who come meanwhile ask ${hop.to.name} for the same, which works on ${places} at once.`,
          mend: `Let ${hop.from.name} load each thing once for all who ask, with singleFlight of trestle/resilience, and let entries expire at times that differ; or serve it old while one loads it.`,
        },
      ];
    }),
};

/** A cache that the rest cannot do without. */
export const HARD_DEPENDENCY: Rule = {
  id: "cache/hard-dependency",
  checks: "whether a database could bear the reads if its cache were empty or gone",
  find: (design) =>
    cachedPairs(design).flatMap(({ cache, hop }): Found[] => {
      const database = hop.to.name;
      const now = utilisationOf(design, database);
      const without = withoutCache(design, database, cache);
      const capacity = without.perSecond / without.utilisation;
      if (now > 1 || without.utilisation <= 1 || isBounded(hop)) return [];
      const places = design.resolvedParts.get(database)?.places ?? 1;
      return [
        {
          severity: "risk",
          place: cache,
          parts: [cache, hop.from.name, database],
          title: `Without ${cache}, ${database} gets more than it can answer`,
          reason: `At the peak ${cache} keeps all but a part of ${figure(without.perSecond)} requests a second away from ${database}, which is busy for ${share(now)} of the time and can answer about ${figure(capacity)} a second. When ${cache} is restarted empty, or is gone, ${database} would have to be busy for ${share(without.utilisation)}: the cache has to be up for the system to be up, and a cold start does not warm it.`,
          mend: `In ${hop.from.name}, write upstream: { bounds: { requests: ${Math.max(1, Math.ceil(places * 2))} } } so that what ${database} cannot bear is refused until ${cache} is warm; or in ${database}, plan: { concurrency: ${Math.ceil(places * without.utilisation * 1.25)} } once it stands on a larger machine.`,
        },
      ];
    }),
};

/** Below this share of hits, more memory is worth a look. */
const HITS_MIN = 0.8;

/** A cache that evicts what will be asked for again. */
export const TOO_SMALL: Rule = {
  id: "cache/too-small",
  checks: "whether a cache has room for what is popular",
  find: (design) =>
    cachedPairs(design).flatMap(({ cache, hop }): Found[] => {
      const part = design.resolvedParts.get(cache);
      const { keys } = hop.requests;
      if (part?.cache === undefined || part.external || keys === undefined) return [];
      const { items, hitRatio, itemBytes, memoryBytes } = part.cache;
      if (hitRatio >= HITS_MIN || items >= keys.count) return [];
      // The handbook's rule: room for a fifth of what is asked for; where that is there already, twice as much.
      const needed = Math.min(
        Math.max(keys.count * 0.2 * itemBytes, memoryBytes * 2),
        keys.count * itemBytes,
        2 ** 40,
      );
      if (needed <= memoryBytes) return [];
      return [
        {
          severity: "advice",
          place: `${cache}.memory`,
          parts: [cache, hop.to.name],
          title: `${cache} is expected to have ${share(hitRatio)} of what is asked for`,
          reason: `${size(memoryBytes)} hold ${figure(items)} of ${figure(keys.count)} items of ${size(itemBytes)}; each read that it misses is one of ${hop.to.name}, ${figure(hop.perSecond)} a second at the peak.`,
          mend: `In ${cache}, write memory: "${size(needed)}".`,
        },
      ];
    }),
};

/** Each cache with a call that is made when it misses, the busiest of them. */
function cachedPairs({ hops }: ReviewedDesign): readonly { readonly cache: string; readonly hop: Hop }[] {
  const pairs = new Map<string, { readonly cache: string; readonly hop: Hop }>();
  for (const hop of hops) {
    const cache = hop.call.onMissOf;
    if (cache === undefined) continue;
    const id = `${cache} ${hop.to.name}`;
    const before = pairs.get(id);
    if (before === undefined || before.hop.perSecond < hop.perSecond) pairs.set(id, { cache, hop });
  }
  return [...pairs.values()];
}

/** Whether the design says how many requests the caller takes: what is too much is refused before it comes to a database. */
function isBounded({ from }: Hop): boolean {
  return from.kind === "service" && from.upstream?.bounds?.requests !== undefined;
}
