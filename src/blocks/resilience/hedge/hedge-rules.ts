import { checkTimerMs } from "../../time/timer-range.ts";
import { RetryBudget } from "../retry/retry-budget.ts";
import { LatencyPercentile } from "./latency-percentile.ts";

/** When and how often a call is made a second time. */
export interface HedgeRulesOptions {
  /**
   * How long an attempt may take before the next is started beside it: milliseconds above 0, or a percentile of the latencies
   * seen lately. Default: the 95th percentile, so that about one call in twenty is hedged. No call is, until 100 are seen.
   */
  readonly after?: number | HedgePercentile;
  /** Attempts of one call, the first included. A whole number from 2 to 10. Default 2. */
  readonly attempts?: number;
  /**
   * What all calls together may start beside the first attempts. Default: a budget of its own, a tenth of the calls and 1 a
   * second, of which 10 can be saved: when everything is slow, more of it helps nobody. `false`: no budget.
   */
  readonly budget?: RetryBudget | false;
}

export interface HedgePercentile {
  /** Above 0 and below 1. Default 0.95. */
  readonly percentile?: number;
  /** Never sooner than this. Milliseconds above 0. Default 5: what is faster is not worth a second attempt. */
  readonly atLeastMs?: number;
}

/** Decides about hedges. Pure, but for what its budget and its percentile hold. */
export class HedgeRules {
  readonly attempts: number;
  readonly #afterMs: number;
  readonly #percentile: LatencyPercentile | undefined;
  readonly #budget: RetryBudget | undefined;

  /** Throws a `RangeError` for options out of their range. */
  constructor(options: HedgeRulesOptions = {}) {
    const { after = {}, attempts = 2, budget } = options;
    if (!(Number.isSafeInteger(attempts) && attempts >= 2 && attempts <= 10))
      throw new RangeError(`hedge: attempts has to be a whole number from 2 to 10, not ${attempts}`);
    this.attempts = attempts;
    if (typeof after === "number") {
      checkTimerMs("hedge: after", after);
      this.#afterMs = after;
    } else {
      const { percentile = 0.95, atLeastMs = 5 } = after;
      if (!(percentile > 0 && percentile < 1))
        throw new RangeError(`hedge: percentile has to be above 0 and below 1, not ${percentile}`);
      checkTimerMs("hedge: atLeastMs", atLeastMs);
      this.#afterMs = atLeastMs;
      this.#percentile = new LatencyPercentile(percentile);
    }
    this.#budget =
      budget === false ? undefined : (budget ?? new RetryBudget({ ratio: 0.1, minPerSecond: 1, burst: 10 }));
  }

  /** How long an attempt that begins now may take before the next; undefined while too little is known. */
  get afterMs(): number | undefined {
    if (!this.#percentile) return this.#afterMs;
    const { ms } = this.#percentile;
    return ms === undefined ? undefined : Math.max(ms, this.#afterMs);
  }

  /** A call begins. */
  called(): void {
    this.#budget?.deposit();
  }

  /** Whether an attempt beside those under way may be started; if so it is paid. */
  admit(nowMs: number): boolean {
    return this.#budget?.withdraw(nowMs) ?? true;
  }

  /**
   * How long a first attempt took. One that lost, or was given up after a hedge was started, counts with what it had taken by
   * then: to leave it out would teach that slow calls do not happen.
   */
  took(latencyMs: number): void {
    this.#percentile?.note(latencyMs);
  }
}
