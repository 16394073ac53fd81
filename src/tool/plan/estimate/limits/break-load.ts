import type { LatencyPercentiles } from "../../plan-answer.ts";
import { findRoot } from "../../theory/numerics/root.ts";
import type { LoadCurve } from "./load-curve.ts";

/** How exactly a load is told: to a thousandth. */
const TOLERANCE = 1e-3;
/** Loads from which on nobody asks any more, in peaks. */
const SCALE_MAX = 1e6;
/** A load at which nobody waits for anybody. */
const SCALE_MIN = 1e-6;

/**
 * The load, in requests per second of the whole by the same mix, up to which a percentile of all requests is at most `requiredMs`: to a
 * thousandth, and itself still so. 0 where it is longer at any load, absent where it never is, or where nothing comes in. Pure.
 */
export function breakLoad(
  curve: LoadCurve,
  percentile: keyof LatencyPercentiles,
  requiredMs: number,
): number | undefined {
  const { perSecond } = curve.peak;
  if (!(perSecond > 0)) return undefined;
  const fullAt = (curve.bottleneck?.perSecond ?? Number.POSITIVE_INFINITY) / perSecond;
  // What is left to spare, as speeds: they end at 0 where times have no end, and nearly in a straight line.
  const spare = (scale: number) =>
    (scale >= fullAt ? 0 : 1 / curve.at(scale).all[percentile]) - 1 / requiredMs;
  const most = Math.min(fullAt, SCALE_MAX);
  if (spare(most) >= 0) return undefined;
  let [low, high] = [SCALE_MIN, most];
  if (most > 1) {
    if (spare(1) >= 0) low = 1;
    else high = 1;
  }
  if (low === SCALE_MIN && !(most > SCALE_MIN && spare(low) >= 0)) return 0;
  const found = findRoot(spare, low, high, TOLERANCE);
  if (spare(found) >= 0) return found * perSecond;
  const below = found * (1 - 2 * TOLERANCE);
  return Math.max(low, below) * perSecond;
}
