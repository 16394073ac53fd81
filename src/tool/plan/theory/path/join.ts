import { clampToBin, heads, survivals } from "./cumulative.ts";
import { finishDraft, newDraft } from "./draft.ts";
import type { ResponseTime } from "./response-time.ts";

/** Calls made at once, of independent laws: the last or the first of them to be done. Pure. */

/**
 * All are awaited: the slowest counts.
 *
 * @throws RangeError for no law.
 */
export function slowestOf(...times: readonly ResponseTime[]): ResponseTime {
  return fold(times, (a, b) => join(a, b, true));
}

/**
 * The first answer counts.
 *
 * @throws RangeError for no law.
 */
export function quickestOf(...times: readonly ResponseTime[]): ResponseTime {
  return fold(times, (a, b) => join(a, b, false));
}

function fold(
  times: readonly ResponseTime[],
  two: (a: ResponseTime, b: ResponseTime) => ResponseTime,
): ResponseTime {
  const [first, ...others] = times;
  if (first === undefined) throw new RangeError("a join of no calls");
  return others.reduce((all, one) => two(all, one), first);
}

/** The slower or the quicker of two. In each bin: one of them here and the other before (or after), or both here. */
function join(a: ResponseTime, b: ResponseTime, slower: boolean): ResponseTime {
  const draft = newDraft();
  const choose = slower ? Math.max : Math.min;
  const leastSeconds = choose(a.leastSeconds, b.leastSeconds);
  const mostSeconds = choose(a.mostSeconds, b.mostSeconds);
  const aPast = slower ? heads(a) : survivals(a);
  const bPast = slower ? heads(b) : survivals(b);
  const end = Math.max(a.first + a.shares.length, b.first + b.shares.length);
  for (let bin = Math.min(a.first, b.first); bin < end; bin++) {
    const aShare = a.shares[bin - a.first] ?? 0;
    const bShare = b.shares[bin - b.first] ?? 0;
    const aAlone = aShare === 0 ? 0 : aShare * past(bPast, bin - b.first, slower);
    const bAlone = bShare === 0 ? 0 : bShare * past(aPast, bin - a.first, slower);
    const both = aShare * bShare;
    const share = aAlone + bAlone + both;
    if (share === 0) continue;
    const aMean = a.means[bin - a.first] ?? 0;
    const bMean = b.means[bin - b.first] ?? 0;
    const aVariance = a.variances[bin - a.first] ?? 0;
    const bVariance = b.variances[bin - b.first] ?? 0;
    // Of two even spreads of deviation d the greater is d / √3 above the middle.
    const apart = Math.sqrt((aVariance + bVariance) / 6);
    const meet = (aMean + bMean) / 2 + (slower ? apart : -apart);
    const bothMean = clampToBin(choose(aMean, bMean, meet), bin, { leastSeconds, mostSeconds });
    draft.shares[bin] = share;
    draft.sums[bin] = aAlone * aMean + bAlone * bMean + both * bothMean;
    draft.squares[bin] =
      aAlone * (aVariance + aMean * aMean) +
      bAlone * (bVariance + bMean * bMean) +
      both * (Math.min(aVariance, bVariance) + bothMean * bothMean);
  }
  return finishDraft(draft, leastSeconds, mostSeconds);
}

/** The share before bin n (slower), or after it (quicker), of a law that may begin or end elsewhere. */
function past(shares: Float64Array, n: number, before: boolean): number {
  const at = before ? n : n + 1;
  return shares[Math.min(shares.length - 1, Math.max(0, at))] as number;
}
