import type { Random } from "../../../../../blocks/time/random.ts";
import type { Distribution } from "./distribution.ts";

/** Points that a measured distribution may have. */
const POINTS_MAX = 100_000;

/** That so many percent of all values are no greater than `value`. */
export interface Percentile {
  /** 0 to 100. */
  readonly percent: number;
  /** 0 or more. */
  readonly value: number;
}

/** How many values lay between neighbouring bounds: of one bound more than there are counts, in rising order. */
export interface MeasuredHistogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
}

/**
 * As measured, told by percentiles in rising order, at least one: values between two of them are spread evenly. What lies below the first is
 * as the first, and above the last as the last; so give the least and the greatest (percent 0 and 100) where they are known. Pure.
 *
 * @throws RangeError when there are none, or more than 100,000, or when they do not rise.
 */
export function fromPercentiles(percentiles: readonly Percentile[]): Distribution {
  const chances: number[] = [];
  const values: number[] = [];
  for (const { percent, value } of percentiles) {
    if (chances.length === 0 && percent > 0) {
      chances.push(0);
      values.push(value);
    }
    chances.push(percent / 100);
    values.push(value);
  }
  const lastValue = values.at(-1);
  if (lastValue !== undefined && (chances.at(-1) ?? 1) < 1) {
    chances.push(1);
    values.push(lastValue);
  }
  return new Empirical(chances, values);
}

/**
 * As measured, told by counts between bounds: values within a bucket are spread evenly. Pure.
 *
 * @throws RangeError when bounds and counts do not match, nothing was counted, or bounds do not rise.
 */
export function fromHistogram({ bounds, counts }: MeasuredHistogram): Distribution {
  if (bounds.length !== counts.length + 1) {
    throw new RangeError(
      `a histogram has one bound more than counts: ${counts.length} counts, ${bounds.length} bounds`,
    );
  }
  let total = 0;
  for (const count of counts) {
    if (!(count >= 0 && count < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`a count of a histogram has to be 0 or more, not ${count}`);
    }
    total += count;
  }
  if (total === 0) throw new RangeError("a histogram in which nothing was counted is no distribution");
  let below = 0;
  const chances = [0];
  for (const count of counts) {
    below += count;
    chances.push(below / total);
  }
  return new Empirical(chances, bounds);
}

/** The inverse of its distribution function is a line through points, from chance 0 to 1. */
class Empirical implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly #chances: Float64Array;
  readonly #values: Float64Array;

  constructor(chances: readonly number[], values: readonly number[]) {
    if (values.length < 2 || values.length > POINTS_MAX) {
      throw new RangeError(`a measured distribution has 1 to ${POINTS_MAX} points, not ${values.length}`);
    }
    this.#chances = Float64Array.from(chances);
    this.#values = Float64Array.from(values);
    if (!rises(this.#chances) || !rises(this.#values) || !((this.#chances.at(-1) ?? 2) <= 1)) {
      throw new RangeError("a measured distribution needs values and percents from 0 on, in rising order");
    }
    let mean = 0;
    let square = 0;
    for (let at = 1; at < values.length; at++) {
      const share = (chances[at] ?? 0) - (chances[at - 1] ?? 0);
      const low = values[at - 1] ?? 0;
      const high = values[at] ?? 0;
      mean += (share * (low + high)) / 2;
      square += (share * (low * low + low * high + high * high)) / 3;
    }
    this.mean = mean;
    this.variance = Math.max(0, square - mean * mean);
  }

  draw(random: Random): number {
    const lot = random();
    const chances = this.#chances;
    let low = 0;
    let high = chances.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((chances[middle] as number) > lot) high = middle;
      else low = middle;
    }
    const from = chances[low] as number;
    const share = (chances[high] as number) - from;
    const value = this.#values[low] as number;
    if (share === 0) return value;
    return value + ((this.#values[high] as number) - value) * ((lot - from) / share);
  }
}

function rises(numbers: Float64Array): boolean {
  let last = 0;
  for (const one of numbers) {
    if (!(one >= last && one < Number.POSITIVE_INFINITY)) return false;
    last = one;
  }
  return true;
}
