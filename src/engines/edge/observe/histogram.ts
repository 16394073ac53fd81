/**
 * Histograms with fixed bounds, kept in a stretch of an array of numbers: a count for each bucket, and the sum behind them. Pure,
 * and nothing is allocated to observe.
 */

/**
 * Upper bounds in milliseconds: 1, 1.5, 2, 3, 5 and 7 of each power of ten up to a second and fewer beyond, from 0.1 ms to 60 s. A
 * value on a bound lies below it. The last bucket, which has no bound, is not listed.
 */
export const BOUNDS_MS: readonly number[] = Object.freeze([
  0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700,
  1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000, 60_000,
]);

/** Numbers that one histogram takes: its buckets, the one without a bound, and the sum in whole microseconds. */
export const HISTOGRAM_LENGTH = BOUNDS_MS.length + 2;

const UNBOUNDED = BOUNDS_MS.length;
const SUM = BOUNDS_MS.length + 1;

/** Counts a duration in the histogram that begins at `at`. One that is no number, or below 0, counts as 0. */
export function observe(numbers: Float64Array, at: number, durationMs: number): void {
  let ms = 0;
  if (durationMs > 0) ms = durationMs;
  // From the short end: most answers are quick.
  let bucket = 0;
  while (bucket < UNBOUNDED && ms > (BOUNDS_MS[bucket] as number)) bucket++;
  const here = at + bucket;
  const sum = at + SUM;
  numbers[here] = (numbers[here] as number) + 1;
  // Whole microseconds add up to the same in any order, which fractions do not.
  numbers[sum] = (numbers[sum] as number) + Math.floor(Math.min(ms, 1e9) * 1_000 + 0.5);
}

/** The histogram that begins at `at`, as a sample holds it; undefined when nothing has been observed. */
export function histogramAt(numbers: Float64Array, at: number): number[] | undefined {
  const values = Array.from(numbers.subarray(at, at + HISTOGRAM_LENGTH));
  for (let bucket = 0; bucket <= UNBOUNDED; bucket++) if (values[bucket] !== 0) return values;
  return undefined;
}
