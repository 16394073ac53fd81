import { LONGEST_TIMER_MS } from "../../time/timer-range.ts";

/** What wait is no harm, and for how long more of it is none. */
export interface CodelOptions {
  /** Waiting that is no harm, in milliseconds; above 0. Default 5. */
  readonly targetMs?: number;
  /**
   * How long more than that may stand before it is overload and not a burst, in milliseconds; above `targetMs`, below 2^31.
   * Default 100.
   */
  readonly intervalMs?: number;
}

/** Where the wait stands. `above` and `below` are on their way to the state after them, which takes an interval. */
export type CodelState =
  | { readonly kind: "good" }
  | { readonly kind: "above"; readonly sinceMs: number }
  | { readonly kind: "overloaded" }
  | { readonly kind: "below"; readonly sinceMs: number };

const GOOD: CodelState = { kind: "good" };
const OVERLOADED: CodelState = { kind: "overloaded" };

/**
 * Tells a standing queue from a burst, whatever the rate and the number of servers: a burst has drained within an interval,
 * so a wait that has stayed above the target for a whole one is overload (controlled delay: RFC 8289 section 3; Nichols and
 * Jacobson, 2012).
 *
 * What follows from it is not the RFC's. A network drops one packet now and then and senders slow down; those who send
 * requests do not, and every request served late was served for nothing. So while overloaded nobody is served who has waited
 * for more than twice the target (Maurer, "Fail at Scale", 2015; Facebook's folly and wangle do so). It ends once the wait has
 * stayed below the target for an interval, too, so that it does not flap.
 *
 * Pure; times are monotonic milliseconds. Observed is the wait of whoever has waited longest, so that it holds in any order
 * of service: the least wait over an interval, as the RFC has it, says nothing where the newest are served first.
 *
 * @throws RangeError when an option is out of its range.
 */
export class Codel {
  readonly targetMs: number;
  readonly intervalMs: number;
  #state: CodelState = GOOD;

  constructor(options: CodelOptions = {}) {
    const { targetMs = 5, intervalMs = 100 } = options;
    if (!(targetMs > 0)) throw new RangeError(`targetMs has to be above 0, not ${targetMs}`);
    // As long as one timer can take.
    if (!(intervalMs > targetMs && intervalMs <= LONGEST_TIMER_MS)) {
      throw new RangeError(
        `intervalMs has to be above targetMs (${targetMs}) and below 2^31, not ${intervalMs}`,
      );
    }
    this.targetMs = targetMs;
    this.intervalMs = intervalMs;
  }

  get state(): CodelState {
    return this.#state;
  }

  get isOverloaded(): boolean {
    return this.#state.kind === "overloaded" || this.#state.kind === "below";
  }

  /** How long somebody may have waited and still be worth serving, in milliseconds. */
  get patienceMs(): number {
    return this.isOverloaded ? 2 * this.targetMs : this.intervalMs;
  }

  /** Somebody is about to be served; who has waited longest has waited for `waitMs`, 0 when nobody waits. */
  observe(nowMs: number, waitMs: number): void {
    const state = this.#state;
    const isLong = waitMs > this.targetMs;
    switch (state.kind) {
      case "good":
        if (isLong) this.#state = { kind: "above", sinceMs: nowMs };
        return;
      case "above":
        if (!isLong) this.#state = GOOD;
        else if (nowMs - state.sinceMs >= this.intervalMs) this.#state = OVERLOADED;
        return;
      case "overloaded":
        if (!isLong) this.#state = { kind: "below", sinceMs: nowMs };
        return;
      case "below":
        if (isLong) this.#state = OVERLOADED;
        else if (nowMs - state.sinceMs >= this.intervalMs) this.#state = GOOD;
        return;
    }
  }
}
