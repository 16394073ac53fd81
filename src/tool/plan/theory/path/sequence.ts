import { BINS_PER_DOUBLING } from "./bins.ts";
import { addSpread, type Draft, finishDraft, newDraft } from "./draft.ts";
import { constantTime, stretched } from "./laws.ts";
import type { ResponseTime } from "./response-time.ts";

/**
 * One after another, of independent laws: the law of the sum. The mean is the sum of the means and the variance that of the
 * variances, exactly. Some tenths of a
 * millisecond for two laws that spread over many orders of magnitude, less the more alike the sum and the less wide the laws are.
 * Of no law it is no time. Pure.
 */
export function inSequence(...times: readonly ResponseTime[]): ResponseTime {
  let all: ResponseTime | undefined;
  for (const time of times) all = all === undefined ? time : sum(all, time);
  return all ?? constantTime(0);
}

/** Bins further apart than three doublings are not added one by one: a time of less than an eighth of another hardly moves it. */
const FAR_BINS = 3 * BINS_PER_DOUBLING;

function sum(a: ResponseTime, b: ResponseTime): ResponseTime {
  if (b.leastSeconds === b.mostSeconds) return stretched(a, 1, b.leastSeconds);
  if (a.leastSeconds === a.mostSeconds) return stretched(b, 1, a.leastSeconds);
  const draft = newDraft();
  const aBelow = running(a);
  const bBelow = running(b);
  for (let i = 0; i < a.shares.length; i++) {
    if (a.shares[i] === 0) continue;
    addFar(draft, a, i, bBelow, a.first + i - FAR_BINS - b.first);
    addNear(draft, a, i, b);
  }
  for (let j = 0; j < b.shares.length; j++) {
    if (b.shares[j] !== 0) addFar(draft, b, j, aBelow, b.first + j - FAR_BINS - a.first);
  }
  return finishDraft(draft, a.leastSeconds + b.leastSeconds, a.mostSeconds + b.mostSeconds);
}

/** Adds bin i of a to each of the bins of b that are neither far below nor far above it. */
function addNear(draft: Draft, a: ResponseTime, i: number, b: ResponseTime): void {
  const weight = a.shares[i] as number;
  const mean = a.means[i] as number;
  const variance = a.variances[i] as number;
  const bin = a.first + i - b.first;
  const to = Math.min(b.shares.length - 1, bin + FAR_BINS);
  for (let j = Math.max(0, bin - FAR_BINS); j <= to; j++) {
    const share = weight * (b.shares[j] as number);
    if (share > LEAST_SHARE) {
      addSpread(draft, mean + (b.means[j] as number), variance + (b.variances[j] as number), share);
    }
  }
}

/** Far below what is gathered at the ends, even a thousand times over. */
const LEAST_SHARE = 1e-17;

/** Doublings next to those that are near, each of which is added as one; all before them are one more. */
const DOUBLINGS = 4;

/** Adds bin i of a law to all those of another that are before the bin `end` of that. */
function addFar(draft: Draft, law: ResponseTime, i: number, below: Running, end: number): void {
  let to = Math.min(end, below.shares.length - 1);
  for (let doubling = 0; to > 0; doubling++) {
    const from = doubling < DOUBLINGS ? Math.max(0, to - BINS_PER_DOUBLING) : 0;
    addRange(draft, law, i, below, from, to);
    to = from;
  }
}

/** Adds bin i of a law to those of another from one to before another, which are taken as one by their mean and variance. */
function addRange(
  draft: Draft,
  law: ResponseTime,
  i: number,
  { shares, sums, squares }: Running,
  from: number,
  to: number,
): void {
  const share = (shares[to] as number) - (shares[from] as number);
  const weight = (law.shares[i] as number) * share;
  if (!(weight > LEAST_SHARE)) return;
  const mean = ((sums[to] as number) - (sums[from] as number)) / share;
  const square = ((squares[to] as number) - (squares[from] as number)) / share;
  const variance = Math.max(0, square - mean * mean);
  addSpread(draft, (law.means[i] as number) + mean, (law.variances[i] as number) + variance, weight);
}

/** Share, sum and squares of all bins before each. */
type Running = Draft;

function running(time: ResponseTime): Running {
  const length = time.shares.length + 1;
  const shares = new Float64Array(length);
  const sums = new Float64Array(length);
  const squares = new Float64Array(length);
  for (let n = 1; n < length; n++) {
    const share = time.shares[n - 1] as number;
    const mean = time.means[n - 1] as number;
    shares[n] = (shares[n - 1] as number) + share;
    sums[n] = (sums[n - 1] as number) + share * mean;
    squares[n] = (squares[n - 1] as number) + share * ((time.variances[n - 1] as number) + mean * mean);
  }
  return { shares, sums, squares };
}
