/**
 * Assertions on arguments. A number outside its range is the caller's mistake, and a formula fed with one gives another that
 * looks like an answer: better none. Pure.
 */

/** @throws RangeError unless `value` is a finite number above 0. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new RangeError(`${name} is a number above 0, not ${value}`);
}

/** @throws RangeError unless `value` is a finite number of 0 or more. */
export function requireNotNegative(name: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) throw new RangeError(`${name} is 0 or more, not ${value}`);
}

/** @throws RangeError unless `value` is from 0 to 1. */
export function requireShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${name} is a share from 0 to 1, not ${value}`);
}

/** @throws RangeError unless `value` is from 0 to below 1, as the fraction of a percentile is: 0.99 for p99. */
export function requireFraction(name: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new RangeError(`${name} is from 0 to below 1, not ${value}`);
}

/** @throws RangeError unless `value` is a whole number from `least` to `most`. */
export function requireWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} is a whole number from ${least} to ${most}, not ${value}`);
  }
}
