import { normalQuantile } from "../distributions/normal-quantile.ts";

/**
 * The value that Student's t with so many degrees of freedom (1 or more) stays below with the given chance (above 0, below 1): from the normal quantile
 * by the expansion of Cornish and Fisher (Abramowitz and Stegun, 26.7.5), to four digits from 5 degrees on; 1 and 2 are exact. Pure.
 */
export function studentQuantile(chance: number, degrees: number): number {
  if (degrees === 1) return Math.tan(Math.PI * (chance - 0.5));
  if (degrees === 2) return (2 * chance - 1) / Math.sqrt(2 * chance * (1 - chance));
  const x = normalQuantile(chance);
  const square = x * x;
  const first = (x * (square + 1)) / 4;
  const second = (x * ((5 * square + 16) * square + 3)) / 96;
  const third = (x * (((3 * square + 19) * square + 17) * square - 15)) / 384;
  const fourth = (x * ((((79 * square + 776) * square + 1_482) * square - 1_920) * square - 945)) / 92_160;
  return x + (first + (second + (third + fourth / degrees) / degrees) / degrees) / degrees;
}
