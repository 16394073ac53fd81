import { findRoot } from "../theory/numerics/root.ts";

/** Those who read from a cache, and how popular what they ask for is. */
export interface Readers {
  readonly name: string;
  /** Reads that come to the cache, per second or by any other measure that all share. */
  readonly rate: number;
  /** Zipf's law: `count` things from 1, `skew` from 0. Those of the same numbers ask for the same things. */
  readonly keys: { readonly count: number; readonly skew: number };
}

/** Ranks that are taken one by one. Those behind go in ranges, each a twentieth wider than the one before. */
const EXACT_RANKS = 200;
const WIDENING = 1.05;

/**
 * The share of all reads that an LRU cache of `items` entries (0 or more) answers, by Che's approximation: each thing stays for the same time T
 * after it was asked for, and T is such that the things that are in are as many as the cache holds (H. Che, Y. Tung and Z. Wang,
 * "Hierarchical Web Caching Systems", IEEE JSAC 20, 2002; why it is so good: C. Fricker, P. Robert and J. Roberts, "A Versatile and
 * Accurate Approximation for LRU Cache Performance", 2012). Things never change nor expire; a cache that holds them all answers everything.
 * Pure.
 */
export function lruHitRatio(items: number, readers: readonly Readers[]): number {
  const rate = readers.reduce((sum, one) => sum + one.rate, 0);
  if (items < 1 || rate <= 0) return 0;
  const ranges = rangesOf(readers, rate);
  const things = ranges.reduce((sum, { count }) => sum + count, 0);
  if (items >= things) return 1;
  const held = (logTime: number) => {
    const time = Math.exp(logTime);
    return ranges.reduce((sum, { count, popularity }) => sum - count * Math.expm1(-popularity * time), 0);
  };
  // In a time in which as many requests come as there are items, at most so many things come in.
  let high = Math.log(items) + 1;
  while (held(high) < items) high += 2;
  const time = Math.exp(findRoot((logTime) => held(logTime) - items, Math.log(items) - 1e-9, high));
  return ranges.reduce(
    (sum, { count, popularity }) => sum - count * popularity * Math.expm1(-popularity * time),
    0,
  );
}

/** So many things, each of which is asked for by this share of all requests. */
interface Range {
  readonly count: number;
  readonly popularity: number;
}

function rangesOf(readers: readonly Readers[], rate: number): readonly Range[] {
  const populations = new Map<string, { keys: Readers["keys"]; share: number }>();
  for (const { keys, rate: own } of readers) {
    const name = `${keys.count} ${keys.skew}`;
    const share = (populations.get(name)?.share ?? 0) + own / rate;
    populations.set(name, { keys, share });
  }
  return [...populations.values()].flatMap(({ keys, share }) =>
    zipfRanges(keys).map(({ count, popularity }) => ({ count, popularity: popularity * share })),
  );
}

/** Zipf's law by ranges of ranks; the weight of a range is the integral over it, which is right to a millionth behind rank 200. */
function zipfRanges({ count, skew }: Readers["keys"]): readonly Range[] {
  const weighed: Range[] = [];
  const total = Math.max(1, Math.floor(count));
  let weights = 0;
  const add = (size: number, weight: number) => {
    weighed.push({ count: size, popularity: weight / size });
    weights += weight;
  };
  const exact = Math.min(total, EXACT_RANKS);
  for (let rank = 1; rank <= exact; rank++) add(1, rank ** -skew);
  for (let from = exact; from < total; ) {
    const to = Math.min(total, Math.ceil(from * WIDENING));
    add(to - from, powerIntegral(from + 0.5, to + 0.5, skew));
    from = to;
  }
  return weighed.map((range) => ({ count: range.count, popularity: range.popularity / weights }));
}

/** The integral of x^-skew between two points above 0. */
function powerIntegral(from: number, to: number, skew: number): number {
  const log = Math.log(to / from);
  const power = (1 - skew) * log;
  return from ** (1 - skew) * (Math.abs(power) > 1e-9 ? (Math.expm1(power) / power) * log : log);
}
