import { requireNotNegative, requirePositive, requireShare } from "../numerics/ranges.ts";
import { type ServiceTime, serviceMean, serviceTail } from "../queueing/service-time.ts";
import { BIN_STARTS, BINS, binOf, MOST_SECONDS } from "./bins.ts";
import { addEvenly, addPoint, type Draft, finishDraft, NARROW, newDraft, setBin } from "./draft.ts";
import type { ResponseTime } from "./response-time.ts";

/** Response times from other laws. Times are seconds, from 0 to below 2^20 (12 days). Pure. */

/**
 * Always the same time.
 *
 * @throws RangeError for a time out of range.
 */
export function constantTime(seconds: number): ResponseTime {
  return timeOfPoints([{ share: 1, seconds }]);
}

/**
 * The law whose tail is P(T > t), for t in seconds, a falling function. `scaleSeconds` is a time of its size, above 0, such as
 * its mean: the tail is looked at from a ten-thousandth of that until it is below 1e-9, some 300 times. What is shorter than the
 * ten-thousandth counts as no time.
 *
 * @throws RangeError for another scale.
 */
export function timeOfTail(tail: (seconds: number) => number, scaleSeconds: number): ResponseTime {
  requirePositive("the scale", scaleSeconds);
  const draft = newDraft();
  let bin = Math.max(1, binOf(scaleSeconds * 1e-4));
  let above = Math.min(1, tail(BIN_STARTS[bin] as number));
  draft.shares[0] = 1 - above;
  let density = 0;
  for (; bin < BINS && above > 1e-9; bin++) {
    const start = BIN_STARTS[bin] as number;
    const end = BIN_STARTS[bin + 1] as number;
    const next = bin === BINS - 1 ? 0 : Math.max(0, Math.min(above, tail(end)));
    const share = above - next;
    above = next;
    const width = end - start;
    const here = share / width;
    // The mean of the bin on a straight line as steep as the density is from the bin before to this one.
    const lean = share > 0 && density > 0 ? Math.min(0.5, Math.max(-0.5, (here - density) / here)) : 0;
    density = here;
    setBin(draft, bin, start + width * (0.5 + lean / 12), (width * width) / 12, share);
  }
  return finishDraft(draft, 0, BIN_STARTS[bin] as number);
}

/** The law of a service alone, without a line before it. */
export function timeOfService(service: ServiceTime): ResponseTime {
  const mean = serviceMean(service);
  if (service.kind === "deterministic") return constantTime(mean);
  if (service.kind === "empirical") {
    return timeOfPoints(service.points.map((one) => ({ share: one.share, seconds: one.meanSeconds })));
  }
  return timeOfTail((seconds) => serviceTail(service, seconds), mean);
}

/**
 * The law of measured times, each with a share or a count of 0 or more; they need not add up to 1.
 *
 * @throws RangeError for a time out of range, a share below 0, or none above.
 */
export function timeOfPoints(
  points: readonly { readonly share: number; readonly seconds: number }[],
): ResponseTime {
  const draft = newDraft();
  let least = Infinity;
  let most = 0;
  for (const { share, seconds } of points) {
    requireNotNegative("the share of a time", share);
    requireNotNegative("the time", seconds);
    if (seconds >= MOST_SECONDS) throw new RangeError(`${seconds} s is longer than 12 days`);
    if (share === 0) continue;
    addPoint(draft, seconds, share);
    least = Math.min(least, seconds);
    most = Math.max(most, seconds);
  }
  return finishDraft(draft, least, most);
}

/**
 * The law of times between measured percentiles, spread evenly from one to the next; what lies below the first is as the first, and above
 * the last as the last.
 *
 * @throws RangeError for none, or when ranks or times do not rise.
 */
export function timeOfPercentiles(
  percentiles: readonly { readonly rank: number; readonly seconds: number }[],
): ResponseTime {
  const [first] = percentiles;
  const last = percentiles.at(-1);
  if (first === undefined || last === undefined) throw new RangeError("a law of no percentiles");
  const draft = newDraft();
  let from = { rank: 0, seconds: first.seconds };
  for (const to of [...percentiles, { rank: 1, seconds: last.seconds }]) {
    if (!(to.rank >= from.rank && to.rank <= 1 && to.seconds >= from.seconds && to.seconds < MOST_SECONDS)) {
      throw new RangeError(`percentiles rise: ${to.seconds} s at ${to.rank} after ${from.seconds} s`);
    }
    addEvenly(draft, from.seconds, to.seconds, to.rank - from.rank);
    from = to;
  }
  return finishDraft(draft, first.seconds, last.seconds);
}

/**
 * A law with every time so many times as long, and `shiftSeconds` (default 0) longer after that.
 *
 * @throws RangeError unless the factor is above 0 and the shift not below.
 */
export function stretched(time: ResponseTime, factor: number, shiftSeconds = 0): ResponseTime {
  requirePositive("the factor", factor);
  requireNotNegative("the shift", shiftSeconds);
  if (factor === 1 && shiftSeconds === 0) return time;
  const draft = newDraft();
  for (let n = 0; n < time.shares.length; n++) {
    const share = time.shares[n] as number;
    if (share === 0) continue;
    const seconds = (time.means[n] as number) * factor + shiftSeconds;
    // As wide as an even spread of that variance.
    const reach = Math.sqrt(3 * (time.variances[n] as number)) * factor;
    if (reach < seconds * NARROW) addPoint(draft, seconds, share);
    else addEvenly(draft, seconds - reach, seconds + reach, share);
  }
  return finishDraft(
    draft,
    time.leastSeconds * factor + shiftSeconds,
    time.mostSeconds * factor + shiftSeconds,
  );
}

/**
 * One of several laws by chance: a cache that hits or misses, a side path that some requests take. Shares add up to 1.
 *
 * @throws RangeError when they do not.
 */
export function oneOf(
  branches: readonly { readonly share: number; readonly time: ResponseTime }[],
): ResponseTime {
  const draft = newDraft();
  let sum = 0;
  let least = Infinity;
  let most = 0;
  for (const { share, time } of branches) {
    requireShare("the share of a branch", share);
    sum += share;
    if (share === 0) continue;
    addScaled(draft, time, share);
    least = Math.min(least, time.leastSeconds);
    most = Math.max(most, time.mostSeconds);
  }
  if (Math.abs(sum - 1) > 1e-9) throw new RangeError(`the shares of the branches add up to ${sum}, not to 1`);
  return finishDraft(draft, least, most);
}

function addScaled(draft: Draft, time: ResponseTime, scale: number): void {
  for (let n = 0; n < time.shares.length; n++) {
    const bin = time.first + n;
    const share = scale * (time.shares[n] as number);
    const mean = time.means[n] as number;
    draft.shares[bin] = (draft.shares[bin] as number) + share;
    draft.sums[bin] = (draft.sums[bin] as number) + share * mean;
    draft.squares[bin] =
      (draft.squares[bin] as number) + share * ((time.variances[n] as number) + mean * mean);
  }
}
