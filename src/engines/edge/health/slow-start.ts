/** The share that an endpoint begins with: enough to warm it, too little to be missed. */
const FIRST_SHARE = 0.1;

/**
 * The share of its weight that an endpoint gets `elapsedMs` after it came: from a tenth it grows evenly to the whole over
 * `slowStartMs`. Pure.
 */
export function warmShare(elapsedMs: number, slowStartMs: number): number {
  if (elapsedMs >= slowStartMs) return 1;
  return FIRST_SHARE + ((1 - FIRST_SHARE) * Math.max(0, elapsedMs)) / slowStartMs;
}
