import { BIN_STARTS } from "./bins.ts";
import type { ResponseTime } from "./response-time.ts";

/** Sums over the bins of a law, from either end. Pure. */

/** The share before each bin, and at the end 1. */
export function heads(time: ResponseTime): Float64Array {
  const shares = new Float64Array(time.shares.length + 1);
  for (let n = 0; n < time.shares.length; n++) {
    shares[n + 1] = (shares[n] as number) + (time.shares[n] as number);
  }
  return shares;
}

/** The share from each bin on, and at the end 0: summed from there, so that tails keep their digits. */
export function survivals(time: ResponseTime): Float64Array {
  const shares = new Float64Array(time.shares.length + 1);
  for (let n = time.shares.length - 1; n >= 0; n--) {
    shares[n] = (shares[n + 1] as number) + (time.shares[n] as number);
  }
  return shares;
}

/** The nearest time to `seconds` that lies in a bin and in the range of a law. */
export function clampToBin(
  seconds: number,
  bin: number,
  law: Pick<ResponseTime, "leastSeconds" | "mostSeconds">,
): number {
  const start = Math.max(law.leastSeconds, BIN_STARTS[bin] as number);
  const end = Math.min(law.mostSeconds, (BIN_STARTS[bin + 1] as number) * (1 - 1e-12));
  return Math.max(start, Math.min(end, seconds));
}
