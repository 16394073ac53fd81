import { requireNotNegative, requirePositive, requireWhole } from "../numerics/ranges.ts";
import { DAYS_PER_YEAR } from "./volumes.ts";

/** How many things can have names of their own, and for how long that lasts. Years have 365 days. Pure. */

/** How many codes there are of so many letters of an alphabet: 62^7 is 3.5 trillion. Exact up to 2^53. */
export function codesOf(alphabet: number, length: number): number {
  requireWhole("the number of letters", alphabet, 1, Number.MAX_SAFE_INTEGER);
  requireWhole("the length of a code", length, 0, 1_000);
  return alphabet ** length;
}

/** The bits of information in one of so many equally likely names: 41.7 of 62^7. */
export function bitsOf(names: number): number {
  requirePositive("the number of names", names);
  return Math.log2(names);
}

/**
 * The shortest codes of an alphabet of which there are at least so many.
 *
 * @throws RangeError for an alphabet of less than 2 letters.
 */
export function codeLength(names: number, alphabet: number): number {
  requireNotNegative("the number of names", names);
  requireWhole("the number of letters", alphabet, 2, Number.MAX_SAFE_INTEGER);
  let length = 0;
  for (let codes = 1; codes < names; codes *= alphabet) length++;
  return length;
}

/** Years until so many names are used up; `growthPerYear` as in `storedBytes`. Infinity where they never are. */
export function yearsUntilExhausted(use: {
  readonly names: number;
  readonly perDay: number;
  /** Above -1; default 0. */
  readonly growthPerYear?: number;
}): number {
  const { names, perDay, growthPerYear = 0 } = use;
  requireNotNegative("the number of names", names);
  requireNotNegative("the names used in a day", perDay);
  if (!(growthPerYear > -1 && growthPerYear < Infinity)) {
    throw new RangeError(`growth is above -1, not ${growthPerYear}`);
  }
  const years = names / (perDay * DAYS_PER_YEAR);
  const rate = Math.log1p(growthPerYear);
  if (Math.abs(rate * years) < 1e-9 || !(perDay > 0)) return perDay > 0 ? years : Infinity;
  // Of a use that shrinks, the sum may never get there.
  const grown = 1 + rate * years;
  return grown > 0 ? Math.log(grown) / rate : Infinity;
}

/**
 * The chance that two of `used` names drawn at random from `names` are the same: 1 - e^(-n (n - 1) / 2N), the birthday problem's usual
 * approximation (W. Feller, "An Introduction to Probability Theory and Its Applications", vol. I, II.3). Exact where it is small.
 */
export function collisionChance(used: number, names: number): number {
  requireNotNegative("the number used", used);
  requirePositive("the number of names", names);
  return used < 2 ? 0 : -Math.expm1((-used * (used - 1)) / (2 * names));
}

/** How many names may be drawn at random before the chance that two are the same is `chance` (0 to below 1): 1.18 √N for one half. */
export function namesUntilCollision(names: number, chance: number): number {
  requirePositive("the number of names", names);
  if (!(chance >= 0 && chance < 1)) throw new RangeError(`the chance is from 0 to below 1, not ${chance}`);
  return 0.5 + Math.sqrt(0.25 - 2 * names * Math.log1p(-chance));
}

/** The bits of ids that are made of a time, a maker and a number: Snowflake has 41, 10 and 12 of milliseconds (Twitter, 2010). */
export interface TimedIds {
  readonly timeBits: number;
  readonly makerBits: number;
  readonly numberBits: number;
  /** Of one step of the time. Default 1. */
  readonly stepMs?: number;
}

/** For how long such ids last, how many can make them, and how many ids each makes. */
export function timedIds({ timeBits, makerBits, numberBits, stepMs = 1 }: TimedIds): {
  readonly years: number;
  readonly makers: number;
  readonly perSecondOfEach: number;
} {
  for (const bits of [timeBits, makerBits, numberBits]) requireWhole("a number of bits", bits, 0, 128);
  requirePositive("a step of the time", stepMs);
  return {
    years: (2 ** timeBits * stepMs) / (DAYS_PER_YEAR * 86_400_000),
    makers: 2 ** makerBits,
    perSecondOfEach: (2 ** numberBits * 1_000) / stepMs,
  };
}
