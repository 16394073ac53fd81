import type { ClassAnswer } from "../plan-answer.ts";

/** A stay on a way, where it stands in a picture of the whole. */
export interface WaterfallStep {
  readonly part: string;
  readonly depth: number;
  /** How often a request comes there, on average. */
  readonly visits: number;
  /** What it adds to the mean of a request: all visits together. */
  readonly totalMs: number;
  /** Where its bar begins and how long it is, as shares of the way. */
  readonly from: number;
  readonly share: number;
}

/**
 * The stays of a class one below the other, each beginning where the one before ends, as if nothing were done at the same time. Shares are
 * of the sum of all times, or 0 where one of them has no bound: then that one takes all. Pure.
 */
export function waterfallOf({ stays }: Pick<ClassAnswer, "stays">): readonly WaterfallStep[] {
  const totals = stays.map(({ ms, visits }) => (visits > 0 ? ms * visits : 0));
  const whole = totals.reduce((sum, one) => sum + one, 0);
  let before = 0;
  return stays.map(({ part, depth, visits }, index) => {
    const totalMs = totals[index] ?? 0;
    const share = shareOf(totalMs, whole);
    const step = { part, depth, visits, totalMs, from: before, share };
    before = Math.min(1, before + share);
    return step;
  });
}

function shareOf(part: number, whole: number): number {
  if (whole === 0) return 0;
  if (Number.isFinite(whole)) return part / whole;
  return Number.isFinite(part) ? 0 : 1;
}
