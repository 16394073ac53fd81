import { BIN_STARTS, BINS, binOf } from "./bins.ts";
import type { ResponseTime } from "./response-time.ts";

/** A response time under construction: for every bin the share of cases, and that share times their seconds and squares. Pure. */
export interface Draft {
  readonly shares: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** What is gathered at the ends. */
const SHORT_SHARE = 1e-3;
const LONG_SHARE = 1e-9;

/** Drafts that were used up: a path takes hundreds of them, one or two at a time. */
const free: Draft[] = [];
const FREE_MAX = 8;

/** An empty draft. */
export function newDraft(): Draft {
  const used = free.pop();
  if (used !== undefined) {
    used.shares.fill(0);
    used.sums.fill(0);
    used.squares.fill(0);
    return used;
  }
  return {
    shares: new Float64Array(BINS),
    sums: new Float64Array(BINS),
    squares: new Float64Array(BINS),
  };
}

/** Adds a share of cases at one time. */
export function addPoint(draft: Draft, seconds: number, share: number): void {
  const bin = binOf(seconds);
  const sum = share * seconds;
  draft.shares[bin] = (draft.shares[bin] as number) + share;
  draft.sums[bin] = (draft.sums[bin] as number) + sum;
  draft.squares[bin] = (draft.squares[bin] as number) + sum * seconds;
}

/**
 * Adds a share of cases of this mean and variance: half of them as far below the mean as the other half is above. So the
 * spread within a bin, which would be lost a little with each step of a path, goes on.
 */
export function addSpread(draft: Draft, seconds: number, variance: number, share: number): void {
  const deviation = Math.sqrt(variance);
  if (deviation < seconds * NARROW) {
    addPoint(draft, seconds, share);
    return;
  }
  addPoint(draft, seconds - deviation, 0.5 * share);
  addPoint(draft, seconds + deviation, 0.5 * share);
}

/** Adds a share of cases that lie evenly from one time to another. */
export function addEvenly(draft: Draft, from: number, to: number, share: number): void {
  if (share <= 0) return;
  if (to <= from) {
    addPoint(draft, from, share);
    return;
  }
  for (let bin = binOf(from); bin <= binOf(to); bin++) {
    const start = Math.max(from, BIN_STARTS[bin] as number);
    // The last bin has no end: it takes what is longer than any time.
    const end = bin === BINS - 1 ? to : (BIN_STARTS[bin + 1] as number);
    const width = Math.min(to, end) - start;
    const here = (share * width) / (to - from);
    const mean = start + width / 2;
    draft.shares[bin] = (draft.shares[bin] as number) + here;
    draft.sums[bin] = (draft.sums[bin] as number) + here * mean;
    draft.squares[bin] = (draft.squares[bin] as number) + here * (mean * mean + (width * width) / 12);
  }
}

/** Below this share of a time a spread is that of rounding. */
export const NARROW = 1e-5;

/** Puts cases of a bin of a law into the same bin of a draft that holds nothing there. */
export function setBin(draft: Draft, bin: number, seconds: number, variance: number, share: number): void {
  draft.shares[bin] = share;
  draft.sums[bin] = share * seconds;
  draft.squares[bin] = share * (variance + seconds * seconds);
}

/**
 * The law of a draft, whose shares are scaled to add up to 1. The draft is used up, and must not be touched again.
 *
 * @throws RangeError when the draft holds nothing.
 */
export function finishDraft(draft: Draft, leastSeconds: number, mostSeconds: number): ResponseTime {
  const { shares, sums, squares } = draft;
  const lowest = Math.max(0, binOf(leastSeconds) - 1);
  const highest = Math.min(BINS - 1, binOf(mostSeconds) + 1);
  let total = 0;
  for (let bin = lowest; bin <= highest; bin++) total += shares[bin] as number;
  if (!(total > 0)) throw new RangeError("a response time of no cases");
  const first = gather(draft, lowest, 1, SHORT_SHARE * total);
  const last = gather(draft, highest, -1, LONG_SHARE * total);
  const length = last - first + 1;
  const kept = new Float64Array(length);
  const means = new Float64Array(length);
  const variances = new Float64Array(length);
  for (let n = 0; n < length; n++) {
    const share = shares[first + n] as number;
    if (share <= 0) continue;
    const mean = (sums[first + n] as number) / share;
    const variance = (squares[first + n] as number) / share - mean * mean;
    kept[n] = share / total;
    means[n] = mean;
    // What is left of two equal squares is rounding.
    variances[n] = variance > mean * mean * NARROW * NARROW ? variance : 0;
  }
  if (free.length < FREE_MAX) free.push(draft);
  return { first, shares: kept, means, variances, leastSeconds, mostSeconds };
}

/** Puts what lies outermost, up to `most` of it, into one bin at its mean; says which bin is then the outermost. */
function gather(draft: Draft, begin: number, step: 1 | -1, most: number): number {
  const { shares, sums, squares } = draft;
  let bin = begin;
  let share = 0;
  let sum = 0;
  while (share + (shares[bin] as number) <= most) {
    share += shares[bin] as number;
    sum += sums[bin] as number;
    shares[bin] = 0;
    sums[bin] = 0;
    squares[bin] = 0;
    bin += step;
  }
  if (share === 0) return bin;
  addPoint(draft, sum / share, share);
  return binOf(sum / share);
}
