import { requireWhole } from "../numerics/ranges.ts";
import { BIN_STARTS } from "./bins.ts";
import { clampToBin, heads, survivals } from "./cumulative.ts";
import { finishDraft, newDraft, setBin } from "./draft.ts";
import type { ResponseTime } from "./response-time.ts";

/**
 * The `needed`-th (1 to `calls`) answer of `calls` (1 to 1,000) equal, independent calls: a quorum of 2 of 3, or all of a
 * fan-out. The law of an order statistic is a sum of binomial terms in the law of one (David & Nagaraja, "Order Statistics",
 * section 2.1). Pure.
 *
 * @throws RangeError for numbers outside their ranges.
 */
export function quorumOf(
  time: ResponseTime,
  quorum: { readonly calls: number; readonly needed: number },
): ResponseTime {
  const { calls, needed } = quorum;
  requireWhole("the number of calls", calls, 1, 1_000);
  requireWhole("the number of answers needed", needed, 1, calls);
  const draft = newDraft();
  const before = heads(time);
  const after = survivals(time);
  let done = 0;
  let waiting = 1;
  for (let n = 0; n < time.shares.length; n++) {
    const [low, high] = [before[n] as number, before[n + 1] as number];
    const [lowAfter, highAfter] = [after[n] as number, after[n + 1] as number];
    const nextDone = atLeast(calls, needed, high, highAfter);
    const nextWaiting = atLeast(calls, calls - needed + 1, highAfter, high);
    // Whichever of the two is small keeps its digits in the difference.
    const here = nextDone < 0.5 ? nextDone - done : waiting - nextWaiting;
    done = nextDone;
    waiting = nextWaiting;
    if (!(here > 0)) continue;
    const bin = time.first + n;
    const width = (BIN_STARTS[bin + 1] as number) - (BIN_STARTS[bin] as number);
    const lean = leanOf(density(calls, needed, low, lowAfter), density(calls, needed, high, highAfter));
    const variance = time.variances[n] as number;
    // A sixth of the width for an even spread over all of it, and nothing for a single time.
    const moved = clampToBin((time.means[n] as number) + (2 * lean * variance) / width, bin, time);
    setBin(draft, bin, moved, variance, here);
  }
  return finishDraft(draft, time.leastSeconds, time.mostSeconds);
}

/** P(at least k of n), when each is so with probability p = 1 - q: the sum of the binomial terms. */
function atLeast(n: number, k: number, p: number, q: number): number {
  if (p <= 0) return 0;
  if (q <= 0) return 1;
  let sum = 0;
  let logTerm = n * Math.log(p);
  const step = Math.log(q) - Math.log(p);
  for (let j = n; j >= k; j--) {
    sum += Math.exp(logTerm);
    logTerm += Math.log(j / (n - j + 1)) + step;
  }
  return Math.min(1, sum);
}

/** Proportional to the density of the k-th of n in terms of that of one. */
function density(n: number, k: number, p: number, q: number): number {
  return Math.max(0, p) ** (k - 1) * Math.max(0, q) ** (n - k);
}

/** From -1 to 1: how much more the choice favours the end of a bin than its beginning. */
function leanOf(low: number, high: number): number {
  return low + high > 0 ? (high - low) / (high + low) : 0;
}
