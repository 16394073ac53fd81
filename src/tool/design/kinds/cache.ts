import { readMeasure, readOptions } from "../check/values.ts";
import { type CachePart, createPart } from "../part.ts";
import { type PlanFacts, readPlanFacts } from "../plan-facts.ts";
import { formatSize, SIZE, type Size } from "../quantities/size.ts";
import type { Kind } from "./kind.ts";

/** The options of a cache. */
export interface CacheOptions {
  /** How much it keeps before it evicts what was used least recently. 1 MiB to 1 TiB; default 64 MiB. */
  readonly memory?: Size | undefined;
  /** What `trestle plan` takes for granted of it. */
  readonly plan?: PlanFacts | undefined;
  /** Stands outside Trestle, at `redis://` or `rediss://`: nothing is started, and this URL is handed on. */
  readonly url?: string | undefined;
}

/**
 * A cache that speaks RESP, as Redis and Valkey do. Its users get `redis://…`.
 *
 * `name` is in lower case with hyphens (`hot`, `user-sessions`), at most 40 characters, and unique in the system.
 */
export function cache(name: string, options: CacheOptions = {}): CachePart {
  return createPart("cache", name, options, cache);
}

export const CACHE: Kind<"cache"> = {
  kind: "cache",
  noun: "a cache",
  protocols: ["redis:", "rediss:"],
  check(part, { place, url }) {
    const options = readOptions(place, part.options, ["memory", "plan", "url"], "a cache");
    const plan = readPlanFacts(place.at("plan"), options.plan);
    return {
      model: {
        kind: "cache",
        name: part.name,
        memoryBytes: readMeasure(place.at("memory"), options.memory ?? "64 MiB", SIZE, MEMORY),
        ...(plan === undefined ? {} : { plan }),
        ...(url === undefined ? {} : { url }),
      },
      needs: [],
    };
  },
};

const MEMORY = { least: 2 ** 20, most: 2 ** 40, format: formatSize };
