import type { LoadAnswer } from "../plan-answer.ts";
import type { LoadCurve } from "./limits/load-curve.ts";

/** Loads that are told: closer where the first part is nearly full, since times rise there. */
const POINTS = 24;

/**
 * How long requests take as the load of the whole grows, from a little of it up to where the first part is full. None where nothing comes in, or
 * where nothing is ever full. Pure.
 */
export function loadsOf(curve: LoadCurve): readonly LoadAnswer[] {
  const { perSecond: peak, bottleneck } = curve;
  if (!(peak > 0) || bottleneck === undefined || !(bottleneck.perSecond > 0)) return [];
  return Array.from({ length: POINTS }, (_, at) => {
    const left = ((POINTS - 1 - at) / POINTS) ** 2;
    const perSecond = bottleneck.perSecond * (1 - left);
    const { p50, p99 } = curve.at(perSecond / peak).all;
    return { perSecond, p50Ms: p50, p99Ms: p99 };
  }).filter(({ perSecond }) => perSecond > 0);
}
