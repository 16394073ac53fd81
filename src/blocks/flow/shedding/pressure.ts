import type { Priority } from "../../resilience/gate.ts";
import { URGENCY } from "./urgency.ts";

/** At this pressure all calls but critical ones are shed; above it some of those, too. */
export const ALL_BUT_CRITICAL = 0.75;

/**
 * What share of the calls of a priority is shed under a pressure from 0 to 1: each priority has its quarter, over which its
 * share rises evenly from nothing to all. So nobody is shed before all who are less urgent are, and a small change of
 * pressure is a small change of load.
 */
export function shedShare(pressure: number, priority: Priority): number {
  return Math.max(0, Math.min(1, pressure * 4 - URGENCY[priority]));
}

/**
 * Pressure that rises at once and falls slowly. Shedding takes the load away that the readings show, so pressure that
 * followed them down would let it all in again, and shed it again, for ever. Falling slowly, it feels its way down to the
 * share that can just be served.
 *
 * Pure; times are monotonic milliseconds.
 */
export class Pressure {
  readonly #recoveryMs: number;
  #value = 0;

  /** `recoveryMs`: how long it takes to fall from 1 to 0; above 0. */
  constructor(recoveryMs: number) {
    this.#recoveryMs = recoveryMs;
  }

  /** From 0, where nobody is shed, to 1, where everybody is. */
  get value(): number {
    return this.#value;
  }

  /** The readings have stood at `reading` (0 to 1) for the last `elapsedMs`. */
  update(reading: number, elapsedMs: number): void {
    const lowest = this.#value - elapsedMs / this.#recoveryMs;
    this.#value = Math.max(0, Math.min(1, Math.max(reading, lowest)));
  }

  reset(): void {
    this.#value = 0;
  }
}
