import type { Clock } from "../../time/clock.ts";

/** Which spans of traces that are not sampled are told all the same. */
export interface TailOptions {
  /** A span that took at least so long, in milliseconds. Default 500. */
  readonly slowMs?: number;
  /** Spans told in a second, at most: in a fire everything fails. Default 10. */
  readonly perSecondMax?: number;
}

/**
 * Says of a span that ended whether it is worth telling although its trace was not sampled: when it failed or was slow, and not
 * too many were told in the same second. Pure.
 */
export class TailRule {
  readonly #clock: Clock;
  readonly #slowMs: number;
  readonly #perSecondMax: number;
  #secondEndsMs = 0;
  #left = 0;
  #passedOver = 0;

  constructor(clock: Clock, { slowMs = 500, perSecondMax = 10 }: TailOptions) {
    this.#clock = clock;
    this.#slowMs = slowMs;
    this.#perSecondMax = perSecondMax;
  }

  /** Failed or slow ones that were not told, as too many were. */
  get passedOver(): number {
    return this.#passedOver;
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  isWorthTelling(startMs: number, nowMs: number, failed: boolean): boolean {
    if (!failed && nowMs - startMs < this.#slowMs) return false;
    if (nowMs >= this.#secondEndsMs) {
      this.#secondEndsMs = nowMs + 1_000;
      this.#left = this.#perSecondMax;
    }
    if (this.#left > 0) {
      this.#left--;
      return true;
    }
    this.#passedOver++;
    return false;
  }
}
