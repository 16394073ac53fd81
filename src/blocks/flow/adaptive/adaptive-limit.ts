import type { Gate, GateOutcome, Priority } from "../../resilience/gate.ts";
import type { LimitControl, LimitLaw } from "./limit-law.ts";

/** What an adaptive limit follows, and between which bounds. */
export interface AdaptiveLimitOptions {
  /** How the limit follows from what calls tell: `gradient()`, `vegas()` or `aimd()`. */
  readonly law: LimitLaw;
  /** Calls under way at once, to begin with; from `min` to `max`. Default 20. */
  readonly initial?: number;
  /** The limit never falls below this; a whole number from 1. Default 1. */
  readonly min?: number;
  /** The limit never rises above this; a whole number. Default 200. */
  readonly max?: number;
  /** What part of the limit calls of a priority may fill, above 0 up to 1. Default: see `SHARES`. */
  readonly shares?: Readonly<Partial<Record<Priority, number>>>;
  /** The shortest time over which calls are measured before the limit moves, in milliseconds. Default 100. */
  readonly windowMs?: number;
}

/** What is left free for those who are more urgent: critical calls find room while others are already turned away. */
const SHARES: Readonly<Record<Priority, number>> = { critical: 1, normal: 0.9, low: 0.7, background: 0.5 };

/** A window ends with as many calls as the limit, within these bounds: fewer are chance, more are late. */
const SAMPLES_MIN = 10;
const SAMPLES_MAX = 25;

/** A clock that is read once per turn of the event loop sees quick calls take no time at all; laws divide by it. */
const MEAN_MS_MIN = 0.001;

/** Calls under way at once are limited to what the thing behind can do, found from how long calls take and how many fail. */
export interface AdaptiveLimit extends Gate {
  /** Calls that may be under way at once now; from `min` to `max`, and not always whole (it is rounded down). */
  readonly limit: number;
  /** Calls under way: entered and not left. */
  readonly inFlight: number;
}

/**
 * Limits the calls under way to what the thing behind them can do, which the law finds and goes on finding.
 *
 * A call enters while the calls under way are fewer than its priority's share of the limit; at least one may always be. The
 * limit moves after a window of calls, and calls are not measured until those that met the new limit have come back (as TCP
 * moves once per round trip), so that no call is held against a limit that it did not meet.
 *
 * `leave` with "failed" for what may come of overload (a timeout, a refusal, a 503), "succeeded" for every other answer, and
 * "ignored" for what the callers ended themselves. `retryAfterMs` is what a call takes at present.
 *
 * @throws RangeError when an option is out of its range, when a law gives NaN, or when more calls leave than entered.
 */
export function adaptiveLimit(options: AdaptiveLimitOptions): AdaptiveLimit {
  return new WindowedLimit(options);
}

class WindowedLimit implements AdaptiveLimit {
  readonly #control: LimitControl;
  readonly #min: number;
  readonly #max: number;
  readonly #windowMs: number;
  readonly #shares: Readonly<Record<Priority, number>>;
  #limit: number;
  #inFlight = 0;

  // What of each priority may be under way; worked out when the limit moves, not at each call.
  #critical = 0;
  #normal = 0;
  #low = 0;
  #background = 0;

  // The window under way; it has opened once `closesMs` is a number.
  #movedMs = Number.NEGATIVE_INFINITY;
  #closesMs = Number.NaN;
  #inFlightMax = 0;
  #succeeded = 0;
  #failed = 0;
  #totalMs = 0;
  #meanMs = 0;

  constructor(options: AdaptiveLimitOptions) {
    const { law, min = 1, max = 200, windowMs = 100 } = options;
    if (!Number.isSafeInteger(min) || min < 1)
      throw new RangeError(`min has to be a whole number from 1, not ${min}`);
    if (!Number.isSafeInteger(max) || max < min) {
      throw new RangeError(`max has to be a whole number from min (${min}) on, not ${max}`);
    }
    const { initial = Math.max(min, Math.min(max, 20)) } = options;
    if (!(initial >= min && initial <= max)) {
      throw new RangeError(`initial has to be from min to max (${min} to ${max}), not ${initial}`);
    }
    if (!(windowMs > 0 && windowMs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`windowMs has to be above 0, not ${windowMs}`);
    }
    const shares = { ...SHARES, ...options.shares };
    for (const [priority, share] of Object.entries(shares)) {
      if (!(share > 0 && share <= 1)) {
        throw new RangeError(`shares.${priority} has to be above 0 and at most 1, not ${share}`);
      }
    }
    this.#control = law();
    this.#min = min;
    this.#max = max;
    this.#windowMs = windowMs;
    this.#shares = shares;
    this.#limit = initial;
    this.#divide();
  }

  get limit(): number {
    return this.#limit;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get retryAfterMs(): number {
    return Math.ceil(Math.max(this.#windowMs, this.#meanMs));
  }

  enter(_nowMs: number, priority: Priority): boolean {
    if (this.#inFlight >= this.#roomFor(priority)) return false;
    if (++this.#inFlight > this.#inFlightMax) this.#inFlightMax = this.#inFlight;
    return true;
  }

  leave(nowMs: number, enteredMs: number, outcome: GateOutcome): void {
    if (this.#inFlight === 0) throw new RangeError("more calls left than entered");
    this.#inFlight--;
    if (outcome === "ignored") return;
    if (Number.isNaN(this.#closesMs)) {
      // In a queue, all who are ahead of the first call that met the new limit leave before it.
      if (enteredMs < this.#movedMs || nowMs < this.#movedMs + this.#meanMs) return;
      this.#closesMs = nowMs + this.#windowMs;
    }
    if (outcome === "succeeded") {
      this.#succeeded++;
      this.#totalMs += nowMs - enteredMs;
    } else this.#failed++;
    if (nowMs < this.#closesMs) return;
    const samplesMin = Math.max(SAMPLES_MIN, Math.min(SAMPLES_MAX, this.#limit));
    if (this.#succeeded + this.#failed >= samplesMin) this.#move(nowMs);
  }

  #roomFor(priority: Priority): number {
    switch (priority) {
      case "critical":
        return this.#critical;
      case "normal":
        return this.#normal;
      case "low":
        return this.#low;
      case "background":
        return this.#background;
    }
  }

  #move(nowMs: number): void {
    const meanMs = Math.max(this.#totalMs / this.#succeeded, MEAN_MS_MIN);
    const next = this.#control.next({
      nowMs,
      limit: this.#limit,
      inFlightMax: this.#inFlightMax,
      meanMs,
      succeeded: this.#succeeded,
      failed: this.#failed,
    });
    if (Number.isNaN(next)) throw new RangeError("the law gave NaN for a limit");
    this.#limit = Math.max(this.#min, Math.min(this.#max, next));
    this.#divide();
    if (this.#succeeded > 0) this.#meanMs = meanMs;
    this.#movedMs = nowMs;
    this.#closesMs = Number.NaN;
    this.#inFlightMax = this.#inFlight;
    this.#succeeded = 0;
    this.#failed = 0;
    this.#totalMs = 0;
  }

  #divide(): void {
    const { critical, normal, low, background } = this.#shares;
    this.#critical = Math.max(1, Math.floor(this.#limit * critical));
    this.#normal = Math.max(1, Math.floor(this.#limit * normal));
    this.#low = Math.max(1, Math.floor(this.#limit * low));
    this.#background = Math.max(1, Math.floor(this.#limit * background));
  }
}
