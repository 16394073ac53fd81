import { requireNotNegative, requirePositive } from "../numerics/ranges.ts";

/**
 * Failure and repair of one thing that is up for `upMs` on average and then down for `downMs`: MTBF (between a repair and the next
 * failure) and MTTR. The shares do not depend on the laws of these times, only on their means. Pure.
 */
export interface Repair {
  /** Mean time between a repair and the next failure. */
  readonly upMs: number;
  /** Mean time to repair. */
  readonly downMs: number;
}

const MS_PER_YEAR = 365 * 86_400_000;

/** The share of time in which it is up: MTBF / (MTBF + MTTR). */
export function availabilityFrom({ upMs, downMs }: Repair): number {
  requirePositive("the time between failures", upMs);
  requireNotNegative("the time to repair", downMs);
  return upMs / (upMs + downMs);
}

/**
 * How it fails and is repaired, from its availability (above 0 to 1) and the time that a repair takes. What is always up has no failures: its
 * `upMs` is Infinity.
 *
 * @throws RangeError for an availability of 0, or a repair of no time.
 */
export function repairFrom(availability: number, downMs: number): Repair {
  requirePositive("the availability", availability);
  requirePositive("the time to repair", downMs);
  if (availability >= 1) return { upMs: Infinity, downMs };
  return { upMs: (downMs * availability) / (1 - availability), downMs };
}

/** How often it fails in a year of 365 days: one failure for each time up and down. */
export function failuresPerYear({ upMs, downMs }: Repair): number {
  return MS_PER_YEAR / (upMs + downMs);
}
