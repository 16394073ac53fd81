import { requireShare, requireWhole } from "../numerics/ranges.ts";

/**
 * How parts that fail independently of each other make a whole: in series, in parallel, and k of n (R. Barlow and F. Proschan,
 * "Statistical Theory of Reliability and Life Testing", 1975, chapter 1). Availabilities are shares of time, 0 to 1. Pure.
 */

/** All are needed: the availabilities multiply. Of none: 1. */
export function inSeries(availabilities: readonly number[]): number {
  return availabilities.reduce((all, one) => all * checked(one), 1);
}

/** One of them is enough: the unavailabilities multiply. Of none: 0. */
export function inParallel(availabilities: readonly number[]): number {
  return 1 - availabilities.reduce((all, one) => all * (1 - checked(one)), 1);
}

/**
 * At least `needed` (0 or more) of the parts are up, whatever each one's availability.
 *
 * @throws RangeError when a share or a number is none.
 */
export function atLeast(needed: number, availabilities: readonly number[]): number {
  requireWhole("the number needed", needed, 0, Number.MAX_SAFE_INTEGER);
  // What is missing is the small sum, which keeps its digits where nearly nothing does.
  const law = numberUp(availabilities);
  const missing = law.slice(0, needed).reduce((sum, chance) => sum + chance, 0);
  return Math.max(0, 1 - missing);
}

/** At least `needed` of `count` alike are up. */
export function kOfN(needed: number, count: number, availability: number): number {
  return atLeast(needed, Array<number>(count).fill(availability));
}

/**
 * The chances that 0, 1, 2 … of the parts are up: the law of Poisson and the binomial, by adding one part after the other.
 *
 * @throws RangeError when an availability is no share.
 */
export function numberUp(availabilities: readonly number[]): readonly number[] {
  let law: readonly number[] = [1];
  for (const one of availabilities) law = sumOfLaws(law, [1 - checked(one), one]);
  return law;
}

/** The law of the sum of two independent numbers, each given by the chances of 0, 1, 2 …. */
export function sumOfLaws(one: readonly number[], other: readonly number[]): readonly number[] {
  const sum = Array<number>(one.length + other.length - 1).fill(0);
  one.forEach((chance, i) => {
    other.forEach((too, j) => {
      sum[i + j] = (sum[i + j] ?? 0) + chance * too;
    });
  });
  return sum;
}

/**
 * The share of the work that gets done when `needed` parts (1 or more) can do all of it, fewer do their share, and so many are up with these
 * chances: at most what k of n gives and at least what all that are there give on average (J. Meyer, "On Evaluating the Performability of
 * Degradable Computing Systems", IEEE Transactions on Computers 29, 1980). Where fewer are there than are needed, what they do together is all.
 */
export function servedShare(needed: number, law: readonly number[]): number {
  const enough = Math.max(1, Math.min(needed, law.length - 1));
  let missing = 0;
  for (let up = 0; up < enough; up++) missing += (law[up] ?? 0) * (1 - up / enough);
  return 1 - missing;
}

function checked(availability: number): number {
  requireShare("an availability", availability);
  return availability;
}
