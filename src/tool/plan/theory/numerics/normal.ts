import { lowerGamma, upperGamma } from "./gamma.ts";
import { findRoot } from "./root.ts";

/** The standard normal law. Pure. */

/** P(Z > z), exact in both tails: erfc(z / √2) / 2, with erfc as an incomplete gamma function (NIST DLMF 7.11.2). */
export function normalTail(z: number): number {
  const half = 0.5 * z * z;
  if (z >= 0) return 0.5 * upperGamma(0.5, half);
  return 0.5 + 0.5 * lowerGamma(0.5, half);
}

/** The z that `fraction` of the law, from above 0 to below 1, lies below: 1.959964 for 0.975. */
export function normalPercentile(fraction: number): number {
  if (!(fraction > 0 && fraction < 1)) {
    throw new RangeError(`the fraction of a percentile is above 0 and below 1, not ${fraction}`);
  }
  if (fraction === 0.5) return 0;
  if (fraction < 0.5) return -upperPercentile(fraction);
  return upperPercentile(1 - fraction);
}

function upperPercentile(above: number): number {
  const target = Math.log(above);
  return findRoot((z) => Math.log(normalTail(z)) - target, 0, 38.4);
}
