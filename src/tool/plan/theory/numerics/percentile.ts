import { findRoot } from "./root.ts";

/** Doublings of the first guess; a law that still has not let go by then has no percentile worth a number. */
const DOUBLINGS_MAX = 200;

/** Stands for a tail of 0, whose logarithm would be of no use to the search. */
const LEAST = 1e-300;

/**
 * The least t for which no more than `1 - fraction` of a law lies above it, found from its tail P(X > t), which has to
 * fall. `scale` is any t of its size, above 0: its mean. The logarithm of the tail is searched, since most tails are nearly
 * exponential: a few looks suffice. Relative precision 1e-10, or the tail's own; Infinity when the tail does not fall. Pure.
 */
export function percentileOfTail(tail: (t: number) => number, fraction: number, scale: number): number {
  const above = 1 - fraction;
  // Shares are rounded: 1 - 0.9 is a little less than 0.1.
  if (tail(0) <= above * (1 + 1e-12)) return 0;
  let low = 0;
  let high = scale;
  let doublings = 0;
  while (tail(high) > above) {
    if (++doublings > DOUBLINGS_MAX) return Infinity;
    low = high;
    high *= 2;
  }
  const target = Math.log(above);
  return findRoot((t) => Math.log(Math.max(LEAST, tail(t))) - target, low, high, 1e-10);
}
