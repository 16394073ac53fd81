import type { Random } from "../../../../../blocks/time/random.ts";

/**
 * How a quantity varies, with its moments known. Values are in whatever unit its maker used; none is below 0. Pure: what it
 * draws follows from what `random` gives.
 *
 * Each draw takes the same number of numbers from `random`, one unless its maker says otherwise, and grows with it (inversion): so of two runs
 * with one seed the requests that are heavy in one are heavy in the other, whatever the mean.
 */
export interface Distribution {
  readonly mean: number;
  /** `Infinity` where it has none. */
  readonly variance: number;
  draw(random: Random): number;
}

/** Variance by the squared mean: 0 where nothing varies, 1 of the exponential. */
export function squaredVariation({ mean, variance }: Distribution): number {
  return mean === 0 ? 0 : variance / (mean * mean);
}

/** Throws a `RangeError` unless the value is finite and above 0. */
export function checkPositive(name: string, value: number): void {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`${name} has to be above 0 and finite, not ${value}`);
}
