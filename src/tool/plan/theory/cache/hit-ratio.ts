import { requireNotNegative, requirePositive } from "../numerics/ranges.ts";
import { findRoot } from "../numerics/root.ts";
import { type CachePolicy, type Expiry, expiringShare, hitShare } from "./residence.ts";
import { type Keys, popularityOf } from "./zipf.ts";

/**
 * What caches answer, by Che's approximation: every thing stays for the same characteristic time T, and T is such that the things that are
 * in are as many as the cache holds (H. Che, Y. Tung and Z. Wang, IEEE JSAC 20, 2002; why it is so good: C. Fricker, P. Robert and J. Roberts, "A
 * Versatile and Accurate Approximation for LRU Cache Performance", ITC 24, 2012; other policies: V. Martina, M. Garetto and E. Leonardi, "A Unified
 * Approach to the Performance Analysis of Caching Systems", INFOCOM 2014). Requests are independent of each other, and the cache is warm. Pure.
 */

/** Those who read from a cache, and what they ask for. */
export interface Readers {
  /** Reads that come to the cache, per second; where nothing expires, by any measure that all share. 0 or more. */
  readonly rate: number;
  /** Readers of the same count and skew ask for the same things. */
  readonly keys: Keys;
}

/** A cache and who reads from it. */
export interface CacheLoad {
  readonly policy: CachePolicy;
  /** Entries that it holds; 0 or more, Infinity where nothing bounds it. */
  readonly items: number;
  readonly readers: readonly Readers[];
  /** Absent: entries do not expire. */
  readonly expiry?: Expiry;
}

/** What a cache answers. */
export interface CacheHits {
  /** Of all reads, 0 to 1. */
  readonly hitRatio: number;
  /** 1 minus that, exact where it is small: what comes to whoever stands behind. */
  readonly missRatio: number;
  /** Of each reader, in the order given. */
  readonly byReader: readonly number[];
  /** The characteristic time, in seconds if rates are per second; Infinity where all find room, 0 where none does. Of LFU there is none: Infinity. */
  readonly characteristicSeconds: number;
  /** Entries in use on average. */
  readonly itemsHeld: number;
}

/**
 * The share of reads that a cache answers of one population of things.
 *
 * @throws RangeError when a number is outside its range.
 */
export function hitRatio(cache: {
  readonly policy: CachePolicy;
  readonly items: number;
  readonly keys: Keys;
  /** Reads per second; it matters only where entries expire. Default 1. */
  readonly perSecond?: number;
  readonly expiry?: Expiry;
}): number {
  const { policy, items, keys, perSecond = 1, expiry } = cache;
  const readers = [{ rate: perSecond, keys }];
  return cacheHits({ policy, items, readers, ...(expiry ? { expiry } : {}) }).hitRatio;
}

/**
 * What a cache answers that several populations share.
 *
 * @throws RangeError when a number is outside its range.
 */
export function cacheHits(load: CacheLoad): CacheHits {
  const { policy, readers, expiry } = load;
  if (!(load.items >= 0)) throw new RangeError(`a cache holds 0 items or more, not ${load.items}`);
  for (const { rate } of readers) requireNotNegative("the rate of reads", rate);
  if (expiry) requirePositive("the time after which entries expire", expiry.afterSeconds);
  const items = Math.floor(load.items);
  const things = thingsOf(readers);
  const total = things.reduce((sum, { count, rate }) => sum + count * rate, 0);
  const hits = hitsBy(policy, things, items, expiry);
  const shares = things.map((_, at) => hits.shares[at] ?? 0);
  const missed = things.reduce((sum, { count, rate }, at) => sum + count * rate * (1 - (shares[at] ?? 0)), 0);
  const missRatio = total > 0 ? Math.min(1, missed / total) : 1;
  return {
    hitRatio: 1 - missRatio,
    missRatio,
    byReader: readers.map(({ keys, rate }) => (rate > 0 ? hitsOf(nameOf(keys), things, shares) : 0)),
    characteristicSeconds: hits.seconds,
    itemsHeld: things.reduce((sum, { count }, at) => sum + count * (shares[at] ?? 0), 0),
  };
}

/** So many things of a population, each asked for at this rate. */
interface Things {
  readonly population: string;
  readonly count: number;
  readonly rate: number;
}

/** For each of the things, the share of its requests that finds it. */
interface Shares {
  readonly seconds: number;
  readonly shares: readonly number[];
}

function hitsBy(
  policy: CachePolicy,
  things: readonly Things[],
  items: number,
  expiry: Expiry | undefined,
): Shares {
  if (policy === "lfu") return keptHits(things, items, expiry);
  const hits = timedHits(policy, things, items, expiry);
  if (policy !== "lru" || expiry === undefined) return hits;
  // Where there is room for a few things only, the approximation has what expires make so much of it that others gain more than is lost.
  const longer = expiry.renewed ? undefined : { ...expiry, renewed: true };
  const most = hitsBy(policy, things, items, longer);
  return answered(things, hits) > answered(things, most) ? most : hits;
}

function answered(things: readonly Things[], { shares }: Shares): number {
  return things.reduce((sum, { count, rate }, at) => sum + count * rate * (shares[at] ?? 0), 0);
}

function timedHits(
  policy: Exclude<CachePolicy, "lfu">,
  things: readonly Things[],
  items: number,
  expiry: Expiry | undefined,
): Shares {
  const sharesAt = (seconds: number): number[] =>
    things.map(({ rate }) => hitShare(policy, rate, seconds, expiry));
  if (items < 1) return { seconds: 0, shares: things.map(() => 0) };
  const asked = things.reduce((sum, { count, rate }) => sum + (rate > 0 ? count : 0), 0);
  if (items >= asked) return { seconds: Infinity, shares: sharesAt(Infinity) };
  const held = (logSeconds: number): number => {
    const seconds = Math.exp(logSeconds);
    let sum = 0;
    for (const { count, rate } of things) sum += count * hitShare(policy, rate, seconds, expiry);
    return sum;
  };
  // In the time in which as many requests come as there is room for, at most so many things come in.
  const rate = things.reduce((sum, one) => sum + one.count * one.rate, 0);
  const low = Math.log(items / rate) - 1e-9;
  let high = low + 1;
  while (held(high) < items) {
    high += 2;
    // Beyond e^700 doubles end: the cache never fills, by its expiry or since nobody asks for the last things.
    if (high > 700) return { seconds: Infinity, shares: sharesAt(Infinity) };
  }
  const seconds = Math.exp(findRoot((log) => held(log) - items, low, high));
  return { seconds, shares: sharesAt(seconds) };
}

/** The ideal of LFU, which knows how popular all things are: the most popular stay. */
function keptHits(things: readonly Things[], items: number, expiry: Expiry | undefined): Shares {
  const shares = things.map(() => 0);
  const byRate = things
    .map((_, at) => at)
    .toSorted((a, b) => (things[b]?.rate ?? 0) - (things[a]?.rate ?? 0));
  let room = items;
  for (const at of byRate) {
    const { count = 0, rate = 0 } = things[at] ?? {};
    const kept = Math.min(room, count);
    if (kept <= 0 || rate <= 0) break;
    shares[at] = (kept / count) * (expiry ? expiringShare(rate, expiry) : 1);
    room -= kept;
  }
  return { seconds: Infinity, shares };
}

function thingsOf(readers: readonly Readers[]): readonly Things[] {
  const populations = new Map<string, { readonly keys: Keys; rate: number }>();
  for (const { keys, rate } of readers) {
    const known = populations.get(nameOf(keys));
    if (known) known.rate += rate;
    else populations.set(nameOf(keys), { keys, rate });
  }
  return [...populations].flatMap(([population, { keys, rate }]) =>
    popularityOf(keys).map(({ count, share }) => ({ population, count, rate: rate * share })),
  );
}

function hitsOf(population: string, things: readonly Things[], shares: readonly number[]): number {
  let hits = 0;
  let all = 0;
  things.forEach((one, at) => {
    if (one.population !== population) return;
    all += one.count * one.rate;
    hits += one.count * one.rate * (shares[at] ?? 0);
  });
  return all > 0 ? Math.min(1, hits / all) : 0;
}

function nameOf({ count, skew }: Keys): string {
  return `${count} ${skew}`;
}
