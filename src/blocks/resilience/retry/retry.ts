import type { Call, CallContext } from "../call/call.ts";
import type { Handler, Layer } from "../layer.ts";
import type { PolicyEvent } from "../observer.ts";
import { tell, type World } from "../world.ts";
import { pause } from "./pause.ts";
import { RetryRules, type RetryRulesOptions } from "./retry-rules.ts";
import { isRetryable, retryAfterMsOf } from "./retryable.ts";

export interface RetryOptions extends RetryRulesOptions {
  /** Default `retry`. */
  readonly name?: string;
  /**
   * Whether a failure may go away. Default `isRetryable`. Asked about every failure, but never about a call that is aborted:
   * nobody waits for that. What it throws is what the call rejects with.
   */
  readonly retryable?: (error: unknown, context: CallContext) => boolean;
}

export type RetryLayer = Layer<never, never, unknown, "judges">;

/**
 * Tries again what failed, after growing waits, and rejects with the last failure when it gives up: because that is none that
 * goes away, all attempts are used, the budget is, or the wait would end after the deadline or a timeout around it. Work that is tried again has to
 * be idempotent; it sees `context.attempt`.
 *
 * A failure with a number in `retryAfterMs` is never tried again sooner than that.
 *
 * Counters: `calls`; `retries`; `recovered`, calls that succeeded after a retry; `gaveUp`, calls that failed; `outOfBudget`,
 * those of them that only the budget kept from another attempt.
 *
 * Throws a `RangeError` for options out of their range.
 */
export function retry(options: RetryOptions = {}): RetryLayer {
  const rules = new RetryRules(options);
  const { name = "retry", retryable = isRetryable } = options;
  const counters = { calls: 0, retries: 0, recovered: 0, gaveUp: 0, outOfBudget: 0 };
  return {
    name,
    role: "judges",
    counters,
    wrap(next, world) {
      const retrier = new Retrier(name, rules, retryable, counters, next, world);
      return (call) => {
        counters.calls++;
        rules.called();
        return next(call).then(undefined, (error) => retrier.failed(call, error));
      };
    },
  };
}

type Why = (PolicyEvent & { kind: "gave-up" })["because"];

/** What follows on a first attempt that failed. */
class Retrier {
  readonly #name: string;
  readonly #rules: RetryRules;
  readonly #retryable: (error: unknown, context: CallContext) => boolean;
  readonly #counters: { retries: number; recovered: number; gaveUp: number; outOfBudget: number };
  readonly #next: Handler;
  readonly #world: World;

  constructor(
    name: string,
    rules: RetryRules,
    retryable: (error: unknown, context: CallContext) => boolean,
    counters: { retries: number; recovered: number; gaveUp: number; outOfBudget: number },
    next: Handler,
    world: World,
  ) {
    this.#name = name;
    this.#rules = rules;
    this.#retryable = retryable;
    this.#counters = counters;
    this.#next = next;
    this.#world = world;
  }

  async failed(call: Call, firstError: unknown): Promise<unknown> {
    let error = firstError;
    let context: CallContext = call;
    let delayMs = 0;
    for (let attempt = 1; ; attempt++) {
      const decision = this.#decide(call, context, attempt, delayMs, error);
      if (!decision.retry) {
        this.#gaveUp(attempt, decision.because, error);
        throw error;
      }
      delayMs = decision.delayMs;
      if (this.#world.observer)
        tell(this.#world, { kind: "retrying", layer: this.#name, attempt, delayMs, error });
      try {
        await pause(this.#world.clock, delayMs, call);
      } catch (reason) {
        this.#gaveUp(attempt, "aborted", error);
        throw reason;
      }
      this.#counters.retries++;
      const child = call.child(call.attempt + attempt);
      context = child;
      try {
        const value = await this.#next(child);
        this.#counters.recovered++;
        return value;
      } catch (thrown) {
        error = thrown;
      } finally {
        child.end();
      }
    }
  }

  #decide(
    call: Call,
    context: CallContext,
    attempt: number,
    previousDelayMs: number,
    error: unknown,
  ): { retry: true; delayMs: number } | { retry: false; because: Why } {
    if (call.aborted) return { retry: false, because: "aborted" };
    if (!this.#mayGoAway(attempt, error, context)) return { retry: false, because: "not-retryable" };
    const { remainingMs } = call;
    const retryAfterMs = retryAfterMsOf(error);
    const { clock, random } = this.#world;
    return this.#rules.decide(
      { attempt, previousDelayMs, retryAfterMs, remainingMs },
      clock.monotonicMs(),
      random,
    );
  }

  #mayGoAway(attempt: number, error: unknown, context: CallContext): boolean {
    try {
      return this.#retryable(error, context);
    } catch (thrown) {
      this.#gaveUp(attempt, "not-retryable", error);
      throw thrown;
    }
  }

  #gaveUp(attempt: number, because: Why, error: unknown): void {
    this.#counters.gaveUp++;
    if (because === "budget") this.#counters.outOfBudget++;
    if (this.#world.observer)
      tell(this.#world, { kind: "gave-up", layer: this.#name, attempt, because, error });
  }
}
