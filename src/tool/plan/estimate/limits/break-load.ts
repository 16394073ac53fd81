import type { Flow } from "../flow/index.ts";
import type { LoadCurve } from "./load-curve.ts";

/** How exactly a load is told: to a thousandth. */
const TOLERANCE = 1e-3;
/** Loads from which on nobody asks any more, in peaks. */
const SCALE_MAX = 1e6;
/** A load at which nobody waits for anybody. */
const SCALE_MIN = 1e-6;

/**
 * The load, in requests per second of the whole, from which on something does not hold any more that holds at less: by halving, to a
 * thousandth, and itself still holding. 0 where it never holds, absent where it always does or where nothing comes in. Pure.
 */
export function breakLoad(curve: LoadCurve, holds: (flow: Flow) => boolean): number | undefined {
  const { perSecond } = curve.peak;
  if (!(perSecond > 0)) return undefined;
  const fullAt = (curve.bottleneck?.perSecond ?? Number.POSITIVE_INFINITY) / perSecond;
  let high = Math.min(fullAt, SCALE_MAX);
  if (!(high > SCALE_MIN)) return 0;
  if (holds(curve.at(high))) return high === fullAt ? high * perSecond : undefined;
  let low = SCALE_MIN;
  if (high > 1) {
    if (holds(curve.peak)) low = 1;
    else high = 1;
  }
  if (low === SCALE_MIN && !holds(curve.at(low))) return 0;
  while (high - low > TOLERANCE * high) {
    const middle = (low + high) / 2;
    if (holds(curve.at(middle))) low = middle;
    else high = middle;
  }
  return low * perSecond;
}
