import type { ResponseTime } from "../../theory/path/response-time.ts";
import type { Serving } from "./wait-shape.ts";

/** How requests wait for a place of a part. Times are seconds. */
export interface Wait {
  /** Whether more comes than it can do: all wait for ever. */
  readonly isFull: boolean;
  /** The share that waits, 0 to 1, and of those the mean and squared coefficient of variation of the wait. */
  readonly probability: number;
  readonly meanSeconds: number;
  readonly scv: number;
  /** Its law, of mean 1 s, where it is known; else one of that variation. */
  readonly shape?: ResponseTime;
  /** The share that finds the line full and is turned away, 0 to 1. */
  readonly lostShare: number;
}

/** What comes to a part, with the moments of its service time over all that comes. */
export interface Load {
  readonly perSecond: number;
  readonly mean: number;
  readonly square: number;
  readonly cube: number;
  /** What is served, for the shape of the wait. */
  readonly served: readonly Serving[];
}

export const NO_WAIT: Wait = { isFull: false, probability: 0, meanSeconds: 0, scv: 1, lostShare: 0 };
export const FULL: Wait = { ...NO_WAIT, isFull: true, probability: 1, meanSeconds: Number.POSITIVE_INFINITY };
