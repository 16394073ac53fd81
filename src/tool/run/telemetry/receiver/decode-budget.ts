/** How much of its time a supervisor gives to decoding. Pure. */

/** What is saved up while little arrives, in milliseconds of decoding: a burst of a hundred thousand spans. */
const SAVED_MS_MAX = 250;

/**
 * An account of time: it fills by `share` of the time that passes, and decoding draws on it. A request is let in while there is
 * anything on it and is then decoded whole, so that the account may fall below 0 by what one request takes; nobody is let in until
 * that has been made up for.
 */
export class DecodeBudget {
  readonly #share: number;
  #savedMs = SAVED_MS_MAX;
  #seenMs: number;

  /** `share`: from 0 (excluded) to 1. `nowMs`: monotonic, as everywhere here. */
  constructor(share: number, nowMs: number) {
    if (!(share > 0 && share <= 1))
      throw new RangeError(`a share of time is above 0 and at most 1, not ${share}`);
    this.#share = share;
    this.#seenMs = nowMs;
  }

  /** How long nobody can be let in; 0 when one can now. */
  waitMs(nowMs: number): number {
    this.#savedMs = Math.min(SAVED_MS_MAX, this.#savedMs + (nowMs - this.#seenMs) * this.#share);
    this.#seenMs = nowMs;
    return this.#savedMs > 0 ? 0 : -this.#savedMs / this.#share + 1;
  }

  spend(durationMs: number): void {
    this.#savedMs -= durationMs;
  }
}
