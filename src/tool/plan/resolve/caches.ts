import type { CacheModel } from "../../design/model.ts";
import { defaultOf, type Sourced } from "../defaults/index.ts";
import type { Source } from "../figure.ts";
import type { ResolvedPart, Stay } from "../resolved-model.ts";
import { cacheHits, type Readers } from "../theory/cache/hit-ratio.ts";
import { visitsOf } from "../visits.ts";
import { given, type Resolution, statedOr } from "./resolution.ts";

/** A class with its way, before it is known what caches spare. */
export interface ReadingClass {
  readonly name: string;
  readonly kind: "read" | "write";
  /** Of all requests, 0 to 1. */
  readonly share: number;
  readonly keys?: { readonly count: number; readonly skew: number };
  readonly way: Stay;
}

/** What a cache holds, and what of its reads it answers, with their sources by the field's name. */
export interface CacheFacts {
  readonly cache: NonNullable<ResolvedPart["cache"]>;
  readonly sources: Readonly<Record<string, Source>>;
}

/** Works out what a cache holds and answers. `readsPerDay` of the whole is undefined where nothing says how many there are. */
export function cacheFacts(
  resolution: Resolution,
  model: CacheModel,
  classes: readonly ReadingClass[],
  readsPerDay: number | undefined,
): CacheFacts {
  const item = itemBytes(resolution, model);
  const overhead = defaultOf("cache.overhead");
  const entryBytes = item.value + overhead.value;
  const items = Math.floor(model.memoryBytes / entryBytes);
  const hits = hitRatio(resolution, model.name, items, classes, readsPerDay);
  return {
    cache: { memoryBytes: model.memoryBytes, itemBytes: item.value, items, hitRatio: hits.value },
    sources: {
      memoryBytes: given(`${model.name}.memory`),
      itemBytes: item.source,
      items: {
        kind: "derived",
        formula: "memory / (item + what an entry takes beside it)",
        filled: `${model.memoryBytes} / (${item.value} + ${overhead.value}) = ${items}`,
        inputs: [],
      },
      hitRatio: hits.source,
    },
  };
}

function itemBytes({ model }: Resolution, cache: CacheModel): Sourced {
  const { itemBytes: stated } = cache.plan ?? {};
  const { recordBytes } = model.requires.data ?? {};
  if (stated !== undefined) return { value: stated, source: given(`${cache.name}.plan.itemSize`) };
  return statedOr(recordBytes, "requires.data.recordSize", "cache.item");
}

function hitRatio(
  resolution: Resolution,
  cache: string,
  items: number,
  classes: readonly ReadingClass[],
  readsPerDay: number | undefined,
): Sourced {
  const { profile } = resolution;
  const parts = profile?.parts;
  const measured = parts && Object.hasOwn(parts, cache) ? parts[cache]?.hitRatio : undefined;
  if (profile !== undefined && measured !== undefined)
    return { value: measured, source: { kind: "measured", profile: profile.measuredAt, run: profile.run } };
  const readers = classes.flatMap((one): NamedReaders[] => {
    const visits = one.kind === "read" ? (visitsOf(one.way).get(cache) ?? 0) : 0;
    if (visits === 0) return [];
    const keys = one.keys ?? assumedKeys(resolution, readsPerDay);
    return keys !== undefined ? [{ name: one.name, rate: one.share * visits, keys }] : [];
  });
  if (!readers.some(({ rate }) => rate > 0)) {
    resolution.assume(`Nothing says how popular what ${cache} keeps is: 4 in 5 reads are taken to be hits.`);
    return defaultOf("cache.hits");
  }
  const { hitRatio: value } = cacheHits({ policy: "lru", items, readers });
  const asked = readers
    .map(({ name, keys }) => `${name} ${Math.round(keys.count)} things with skew ${keys.skew}`)
    .join(", ");
  return {
    value,
    source: {
      kind: "derived",
      formula: "what an LRU cache of so many items answers of reads by Zipf's law",
      filled: `${items} items; ${asked}: ${(value * 100).toFixed(1)} %`,
      inputs: [],
      publication: "Che, Tung and Wang, “Hierarchical Web Caching Systems”, IEEE JSAC 20, 2002",
    },
  };
}

/** Readers that are a class of requests. */
interface NamedReaders extends Readers {
  readonly name: string;
}

/** No population is taken to be larger. */
const KEYS_MAX = 1e12;

/** The things that are asked for where no keys are stated: a part of a day's reads. Undefined where nothing says how many those are. */
export function assumedKeys(
  resolution: Resolution,
  readsPerDay: number | undefined,
): Readers["keys"] | undefined {
  if (readsPerDay === undefined || readsPerDay <= 0) return undefined;
  const { value: unique } = defaultOf("traffic.unique");
  const { value: skew } = defaultOf("traffic.skew");
  resolution.assume(
    `Where no keys are stated, reads are taken to ask for ${unique * 100} % as many different things as a day has reads, by Zipf's law with skew ${skew}.`,
  );
  return { count: Math.min(KEYS_MAX, Math.max(1, Math.round(readsPerDay * unique))), skew };
}
