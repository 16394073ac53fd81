import { SLACK_MS } from "./algorithm.ts";

/**
 * Windows that begin at multiples of their length since the Unix epoch, told on a monotonic clock: that they are aligned is
 * settled once, so a wall clock that is set later moves no window.
 */
export class WindowEdges {
  readonly windowMs: number;
  readonly #phaseMs: number;

  /** `epochMs`: the monotonic time of the Unix epoch's opposite, which is wall time less monotonic time. */
  constructor(windowMs: number, epochMs: number) {
    this.windowMs = windowMs;
    // Kept below a window's length, so that sums with it lose no digits.
    this.#phaseMs = ((epochMs % windowMs) + windowMs) % windowMs;
  }

  /** Which window a moment is in, counted from an arbitrary one. */
  indexAt(nowMs: number): number {
    return Math.floor((nowMs + this.#phaseMs + SLACK_MS) / this.windowMs);
  }

  /** When a window begins. */
  startMs(index: number): number {
    return index * this.windowMs - this.#phaseMs;
  }
}
