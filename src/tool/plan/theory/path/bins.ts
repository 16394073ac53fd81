/**
 * The bins in which response times are counted: 16 to each doubling, equally wide within one, from 2^-30 s (a nanosecond) to
 * 2^20 s (12 days), and one for what is shorter and counts as no time. A bin is found from the bits of a number, without a
 * logarithm. Pure.
 */

/** Bins of one doubling. */
export const BINS_PER_DOUBLING = 16;

const LEAST_POWER = -30;
const MOST_POWER = 20;

/** Bin 0 is for no time; the last also takes what is longer. */
export const BINS = (MOST_POWER - LEAST_POWER) * BINS_PER_DOUBLING + 1;

/** Below this many seconds a time counts as none. */
const LEAST_SECONDS = 2 ** LEAST_POWER;

/** No time is longer than this many seconds. */
export const MOST_SECONDS = 2 ** MOST_POWER;

const float = new Float64Array([1]);
const words = new Uint32Array(float.buffer);
/** Where a number's sign, exponent and first 20 binary digits stand. */
const HIGH = words[1] === 0 ? 0 : 1;

/** Leaves the exponent and four binary digits. */
const SHIFT = 16;

float[0] = LEAST_SECONDS;
const FIRST = ((words[HIGH] ?? 0) >>> SHIFT) - 1;

/** The bin of a time in seconds, 0 or more. */
export function binOf(seconds: number): number {
  if (seconds < LEAST_SECONDS) return 0;
  if (seconds >= MOST_SECONDS) return BINS - 1;
  float[0] = seconds;
  return ((words[HIGH] as number) >>> SHIFT) - FIRST;
}

/** Where each bin begins, in seconds; bin b ends where b + 1 begins. */
export const BIN_STARTS: Float64Array = Float64Array.from({ length: BINS + 1 }, (_, bin) => {
  if (bin === 0) return 0;
  const step = bin - 1;
  const doubling = Math.floor(step / BINS_PER_DOUBLING);
  return LEAST_SECONDS * 2 ** doubling * (1 + (step % BINS_PER_DOUBLING) / BINS_PER_DOUBLING);
});
