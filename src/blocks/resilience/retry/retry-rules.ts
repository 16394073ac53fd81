import type { Random } from "../../time/index.ts";
import { LONGEST_TIMER_MS } from "../../time/timer-range.ts";
import { type BackOff, type BackOffOptions, backOff } from "./back-off.ts";
import { RetryBudget } from "./retry-budget.ts";

/** How often, how soon and how much is tried again. */
export interface RetryRulesOptions {
  /** Attempts of one call, the first included. A whole number of at least 1. Default 3. */
  readonly attempts?: number;
  /** How long to wait between them. Default: full jitter below 100 ms, 200 ms and so on, at most 10 s. */
  readonly backOff?: BackOffOptions;
  /**
   * What all calls together may try again. Default: a budget of its own (a fifth of the calls and 10 a second, of which 100
   * can be saved), since retries without one turn a failure into an outage. `false`: none.
   */
  readonly budget?: RetryBudget | false;
  /**
   * The longest that a failure may ask to be waited for (`retryAfterMs`, as from `Retry-After`). What asks for longer is not
   * tried again. Milliseconds, at least 0. Default 10,000.
   */
  readonly retryAfterMsMax?: number;
}

/** An attempt that failed in a way that may go away. */
export interface FailedAttempt {
  /** From 1. */
  readonly attempt: number;
  /** The wait before it; 0 for the first. */
  readonly previousDelayMs: number;
  /** What the failure asks to be waited for, if it does. */
  readonly retryAfterMs: number | undefined;
  /** What is left until the call's deadline, or a timeout around the retry, ends it. Milliseconds; `Infinity` without one. */
  readonly remainingMs: number;
}

/** What follows from a failed attempt. */
export type RetryDecision =
  | { readonly retry: true; readonly delayMs: number }
  | { readonly retry: false; readonly because: "attempts" | "retry-after" | "deadline" | "budget" };

/** Decides about retries, for whoever makes them: the layer, a proxy, a simulation. Pure, but for what its budget holds. */
export class RetryRules {
  readonly attempts: number;
  readonly #backOff: BackOff;
  readonly #budget: RetryBudget | undefined;
  readonly #retryAfterMsMax: number;

  /** Throws a `RangeError` for options out of their range. */
  constructor(options: RetryRulesOptions = {}) {
    const { attempts = 3, retryAfterMsMax = 10_000, budget } = options;
    if (!(Number.isSafeInteger(attempts) && attempts >= 1))
      throw new RangeError(`retry: attempts has to be a whole number of at least 1, not ${attempts}`);
    if (!(retryAfterMsMax >= 0 && retryAfterMsMax <= LONGEST_TIMER_MS)) {
      throw new RangeError(
        `retry: retryAfterMsMax has to be from 0 to ${LONGEST_TIMER_MS} milliseconds, not ${retryAfterMsMax}`,
      );
    }
    this.attempts = attempts;
    this.#backOff = backOff(options.backOff);
    this.#budget = budget === false ? undefined : (budget ?? new RetryBudget());
    this.#retryAfterMsMax = retryAfterMsMax;
  }

  /** A call begins. */
  called(): void {
    this.#budget?.deposit();
  }

  /**
   * Whether to try again, and after which wait. To give up is decided before waiting: what ends beyond the deadline is not
   * begun. A failure that asks for a time is given that and the back-off on top of it, so that those who were told the same
   * time do not return together.
   */
  decide(failed: FailedAttempt, nowMs: number, random: Random): RetryDecision {
    if (failed.attempt >= this.attempts) return { retry: false, because: "attempts" };
    const askedMs = failed.retryAfterMs ?? 0;
    if (askedMs > this.#retryAfterMsMax) return { retry: false, because: "retry-after" };
    const delayMs = askedMs + this.#backOff.delayMs(failed.attempt, failed.previousDelayMs, random);
    if (delayMs > LONGEST_TIMER_MS) return { retry: false, because: "retry-after" };
    if (delayMs >= failed.remainingMs) return { retry: false, because: "deadline" };
    // Last, so that nothing is paid for a retry that is not made.
    if (this.#budget && !this.#budget.withdraw(nowMs)) return { retry: false, because: "budget" };
    return { retry: true, delayMs };
  }
}
