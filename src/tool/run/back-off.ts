import { backOff, type BackOff as Waits } from "../../blocks/resilience/retry/back-off.ts";

/** How a process that keeps ending is tried again. */
export interface BackOffOptions {
  /** The first wait. Default 100 ms: most deaths are single, and users wait for the answer. */
  readonly firstMs: number;
  /** No wait is longer. Default 30 s. */
  readonly longestMs: number;
  /** A process that was ready for this long starts again from the first wait. Default 10 s. */
  readonly stableAfterMs: number;
  /** Failures in a row that make a crash loop. Default 5. */
  readonly loopAfter: number;
}

export const DEFAULT_BACK_OFF: BackOffOptions = {
  firstMs: 100,
  longestMs: 30_000,
  stableAfterMs: 10_000,
  loopAfter: 5,
};

/** The count of failures in a row of one process, and what follows from it. Doubling waits, without jitter: one machine. */
export class BackOff {
  readonly #options: BackOffOptions;
  readonly #waits: Waits;
  #failures = 0;

  constructor(options: Partial<BackOffOptions> = {}) {
    this.#options = { ...DEFAULT_BACK_OFF, ...options };
    const { firstMs, longestMs } = this.#options;
    this.#waits = backOff({ firstMs, maxMs: longestMs, jitter: "none" });
  }

  /** Notes that the process ended after it had been ready for `readyMs` (0: it never was), and says how long to wait. */
  failed(readyMs: number): { waitMs: number; looping: boolean } {
    if (readyMs >= this.#options.stableAfterMs) this.#failures = 0;
    this.#failures += 1;
    return {
      waitMs: this.#waits.delayMs(this.#failures, 0, () => 0),
      looping: this.#failures >= this.#options.loopAfter,
    };
  }

  /** Forgets the failures: somebody asked for a fresh start. */
  reset(): void {
    this.#failures = 0;
  }
}
