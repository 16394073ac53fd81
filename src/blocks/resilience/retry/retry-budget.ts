/** How much may be tried again. */
export interface RetryBudgetOptions {
  /** What each call adds: 0.2 lets one call in five be tried again. From 0 to 10. Default 0.2. */
  readonly ratio?: number;
  /** What each second adds, so that a service with few calls may retry too. At least 0. Default 10. */
  readonly minPerSecond?: number;
  /** The most that can be saved, and what it begins with. At least 1. Default 100. */
  readonly burst?: number;
}

/**
 * Bounds what is tried again by what is called, over all calls that share it. A limit of attempts does not: when a
 * dependency fails whole, three attempts are three times the load, at each level of a call chain anew. With a budget it gets
 * at most `1 + ratio` times the load, however many attempts each call may make.
 *
 * A token bucket that calls fill, as in gRPC's retry throttling (proposal A6) and the AWS SDKs, with Finagle's refill per
 * second and its figures. Law: in any stretch of time, retries ≤ `burst` + `ratio` × calls + `minPerSecond` × seconds.
 *
 * Pure: times are monotonic milliseconds and are given. Costs a call an addition, and never reads a clock for it.
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #filledAtMs: number | undefined;

  /** Throws a `RangeError` for options out of their range. */
  constructor(options: RetryBudgetOptions = {}) {
    const { ratio = 0.2, minPerSecond = 10, burst = 100 } = options;
    if (!(ratio >= 0 && ratio <= 10))
      throw new RangeError(`retryBudget: ratio has to be from 0 to 10, not ${ratio}`);
    if (!(minPerSecond >= 0 && Number.isFinite(minPerSecond))) {
      throw new RangeError(
        `retryBudget: minPerSecond has to be a finite number of at least 0, not ${minPerSecond}`,
      );
    }
    if (!(burst >= 1 && Number.isFinite(burst)))
      throw new RangeError(`retryBudget: burst has to be a finite number of at least 1, not ${burst}`);
    this.#ratio = ratio;
    this.#perMs = minPerSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** A call was made: what its first attempt adds. What exceeds the burst is lost when it is looked at. */
  deposit(): void {
    this.#tokens += this.#ratio;
  }

  /** Whether one attempt more may be made; if so it is paid. */
  withdraw(nowMs: number): boolean {
    const tokens = Math.min(this.#burst, this.#tokens + this.#refillMs(nowMs) * this.#perMs);
    this.#filledAtMs = Math.max(nowMs, this.#filledAtMs ?? nowMs);
    const allowed = tokens >= 1;
    this.#tokens = allowed ? tokens - 1 : tokens;
    return allowed;
  }

  /** Policies in different worlds may share it; a time before the last one adds nothing. */
  #refillMs(nowMs: number): number {
    return this.#filledAtMs === undefined ? 0 : Math.max(0, nowMs - this.#filledAtMs);
  }
}

/**
 * A budget to be shared by all who retry against one dependency: `retry({ budget })` in several policies, a hedge beside
 * them. Throws a `RangeError` for options out of their range.
 */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  return new RetryBudget(options);
}
