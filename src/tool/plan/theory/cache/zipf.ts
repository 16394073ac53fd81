/**
 * Popularity by Zipf's law: the thing of rank r, from 1, is asked for in proportion to r^-skew (G. Zipf, "Human Behavior and the
 * Principle of Least Effort", 1949; for what the web asks for, L. Breslau and others, "Web Caching and Zipf-like Distributions: Evidence
 * and Implications", INFOCOM 1999, who find 0.64 to 0.83 at proxies). Sums over up to 10^12 things take a thousand steps. Pure.
 */

/** A population of things that are asked for. */
export interface Keys {
  /** How many there are, from 1 to 10^12. */
  readonly count: number;
  /** The exponent, 0 or more: 0 is all alike. */
  readonly skew: number;
}

/** So many things, each of which is asked for by this share of all requests. */
export interface PopularityRange {
  readonly count: number;
  readonly share: number;
}

/** As many as a double can tell apart well below its last bits. */
const COUNT_MAX = 1e12;

/** Ranks that are taken one by one; those behind go in ranges, each three hundredths wider than the one before. */
const EXACT_RANKS = 500;
const WIDENING = 1.03;

/**
 * The population by ranges of ranks, the most popular first; shares times counts add up to 1. Within a range all are taken to be
 * alike, which changes a hit ratio by less than 0.0001.
 *
 * @throws RangeError when the population is outside its ranges.
 */
export function popularityOf({ count, skew }: Keys): readonly PopularityRange[] {
  const total = checkKeys({ count, skew });
  const weighed: { count: number; weight: number }[] = [];
  let weights = 0;
  const add = (size: number, weight: number): void => {
    weighed.push({ count: size, weight });
    weights += weight;
  };
  const exact = Math.min(total, EXACT_RANKS);
  for (let rank = 1; rank <= exact; rank++) add(1, rank ** -skew);
  for (let from = exact; from < total; ) {
    const to = Math.min(total, Math.ceil(from * WIDENING));
    add(to - from, powerSum(from, to, skew));
    from = to;
  }
  return weighed.map((range) => ({ count: range.count, share: range.weight / range.count / weights }));
}

/**
 * The share of all requests that the `top` most popular things get: what a cache answers that knows the future's favourites. A top
 * of 0.2 times the count says how near a population is to the rule of 80 and 20.
 *
 * @throws RangeError when the population is outside its ranges.
 */
export function topShare(keys: Keys, top: number): number {
  const count = checkKeys(keys);
  if (top >= count) return 1;
  const whole = Math.max(0, Math.floor(top));
  return harmonicNumber(whole, keys.skew) / harmonicNumber(count, keys.skew);
}

/**
 * The generalised harmonic number: the sum of r^-skew over the ranks 1 to `count` (0 or more). Exact up to rank 500, and by Euler
 * and Maclaurin's formula behind (NIST DLMF 2.10.1), to 1e-12 of itself.
 */
export function harmonicNumber(count: number, skew: number): number {
  const exact = Math.min(count, EXACT_RANKS);
  let sum = 0;
  // The smallest first, so that they are not lost beside the large ones.
  if (count > exact) sum = powerSum(exact, count, skew);
  for (let rank = exact; rank >= 1; rank--) sum += rank ** -skew;
  return sum;
}

/**
 * The sum of r^-skew over the ranks behind `from` up to `to`. The integral from half a rank behind the one to half a rank behind the
 * other, less what the curve's bend adds to it: the midpoint form of Euler and Maclaurin's formula.
 */
function powerSum(from: number, to: number, skew: number): number {
  const low = from + 0.5;
  const high = to + 0.5;
  const slope = (x: number): number => -skew * x ** (-skew - 1);
  return powerIntegral(low, high, skew) - (slope(high) - slope(low)) / 24;
}

/** The integral of x^-skew between two points above 0. */
function powerIntegral(low: number, high: number, skew: number): number {
  const log = Math.log(high / low);
  const power = (1 - skew) * log;
  return low ** (1 - skew) * log * (Math.abs(power) > 1e-9 ? Math.expm1(power) / power : 1 + power / 2);
}

function checkKeys({ count, skew }: Keys): number {
  if (!(count >= 1 && count <= COUNT_MAX)) {
    throw new RangeError(`the number of keys is from 1 to 10^12, not ${count}`);
  }
  if (!(skew >= 0 && skew < Infinity)) throw new RangeError(`the skew is 0 or more, not ${skew}`);
  return Math.floor(count);
}
