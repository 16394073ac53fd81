import type { Clock } from "../time/clock.ts";

/** By how much the two clocks may part before the wall clock is taken to have been set: it shows whole milliseconds only. */
const TOLERANCE_MS = 1.5;

/**
 * Tells times as telemetry has them, in whole microseconds since the Unix epoch, from a monotonic clock: so that what takes 40 µs
 * is seen to, and no span ends before it began. Where the monotonic clock stands is learned from the wall clock, which is up to
 * a millisecond behind: the more often it is asked the nearer the answer, and a wall clock that is set is followed. Pure.
 */
export class Epoch {
  readonly #clock: Clock;
  /** What has to be added to monotonic time. */
  #offsetMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMs = clock.wallMs() - clock.monotonicMs();
  }

  /** Now. */
  nowUs(): number {
    const nowMs = this.#clock.monotonicMs();
    const offsetMs = this.#clock.wallMs() - nowMs;
    if (offsetMs > this.#offsetMs || offsetMs < this.#offsetMs - TOLERANCE_MS) this.#offsetMs = offsetMs;
    return Math.round((nowMs + this.#offsetMs) * 1_000);
  }

  /** A reading of the monotonic clock. */
  usOf(monotonicMs: number): number {
    return Math.round((monotonicMs + this.#offsetMs) * 1_000);
  }
}
