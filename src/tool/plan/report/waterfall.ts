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

type Timed = Pick<ClassAnswer, "stays"> & Partial<Pick<ClassAnswer, "latencyMs">>;

/** What a request takes on average besides its stays: on the network, and waiting to try again. 0 where nothing bounds it. Pure. */
export function betweenMs({ stays, latencyMs }: Timed): number {
  const staying = stays.reduce((sum, { ms, visits }) => sum + (visits > 0 ? ms * visits : 0), 0);
  const between = (latencyMs?.mean ?? 0) - staying;
  return Number.isFinite(between) && between > 0 ? between : 0;
}

/**
 * The stays of a class one below the other, each beginning where the one before ends, as if nothing were done at the same time. Shares are
 * of
 * the mean of a request, or of the sum of all times where that is more; where some have no bound, these share the way alone. Pure.
 */
export function waterfallOf({ stays, latencyMs }: Timed): readonly WaterfallStep[] {
  const totals = stays.map(({ ms, visits }) => (visits > 0 ? ms * visits : 0));
  const whole = Math.max(
    totals.reduce((sum, one) => sum + one, 0),
    latencyMs?.mean ?? 0,
  );
  const endless = totals.filter((one) => !Number.isFinite(one)).length;
  let before = 0;
  return stays.map(({ part, depth, visits }, index) => {
    const totalMs = totals[index] ?? 0;
    const share = shareOf(totalMs, whole, endless);
    const step = { part, depth, visits, totalMs, from: before, share };
    before = Math.min(1, before + share);
    return step;
  });
}

function shareOf(part: number, whole: number, endless: number): number {
  if (whole === 0) return 0;
  if (endless === 0) return part / whole;
  return Number.isFinite(part) ? 0 : 1 / endless;
}
