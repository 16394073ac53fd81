import type { Batches } from "./batch-means.ts";

/** Where a run has lost the traces of its beginning. */
export interface WarmUp {
  /** Values that are to be left out. */
  readonly values: number;
  /**
   * Whether that can be relied on: when the cut falls into the second half, the run was too short to tell, or what it measures never
   * settles.
   */
  readonly isSettled: boolean;
}

/**
 * How many values at the beginning of a run are to be left out: as many as make the error of the mean of the rest the least (marginal standard error rule, MSER:
 * White, "An effective truncation heuristic for bias reduction in simulation output", 1997; over batches, as MSER-5 is). A run begins with
 * nobody waiting, which is not how it goes on. Pure.
 */
export function warmUpOf({ size, means }: Batches): WarmUp {
  const count = means.length;
  let sum = 0;
  let squares = 0;
  let least = Number.POSITIVE_INFINITY;
  let cut = 0;
  // From the end, so that each step adds one batch to those that are kept. The last few are too few to judge by.
  for (let at = count - 1; at >= 0; at--) {
    const mean = means[at] ?? 0;
    sum += mean;
    squares += mean * mean;
    const kept = count - at;
    if (kept < KEPT_MIN) continue;
    const error = (squares - (sum * sum) / kept) / (kept * kept);
    if (error > least) continue;
    least = error;
    cut = at;
  }
  return { values: cut * size, isSettled: count >= 2 * KEPT_MIN && cut <= count / 2 };
}

const KEPT_MIN = 5;
