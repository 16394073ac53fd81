import { type Clock, SharedTimeouts, Timeout, type Timer } from "../time/index.ts";
import type { AbortListener } from "./call/abort-source.ts";
import type { Call, TimeLeft } from "./call/call.ts";
import type { PolicyError } from "./errors.ts";
import type { Handler } from "./layer.ts";

/** A limit to the time of each call. */
export interface TimeLimit {
  /** For every call that is under no earlier deadline. Milliseconds, above 0 and at most `LONGEST_TIMER_MS`. */
  readonly limitMs: number;
  readonly counters: { calls: number };
  /** Counts a call that is over time, and says with what it rejects. `hadMs`: how long it had. */
  late(hadMs: number): PolicyError;
  /** Counts a call that was not begun, since nothing is left of its deadline, and says with what it rejects. */
  notBegun(): PolicyError;
}

/**
 * A handler that ends calls which take longer than the limit, or than is left of their deadline: the signal is aborted, and
 * the call rejects at once. With nothing left it does not begin. What is inside is told how much time is left.
 */
export function limitTime(next: Handler, clock: Clock, limit: TimeLimit): Handler {
  const { limitMs, counters } = limit;
  const shared = new SharedTimeouts(clock, limitMs);
  return (call) => {
    counters.calls++;
    if (call.hasParent && call.aborted) return Promise.reject(call.reason);
    const leftMs = call.deadline?.remainingMs ?? Number.POSITIVE_INFINITY;
    if (leftMs <= 0) return Promise.reject(limit.notBegun());
    return new Promise((resolve, reject) => {
      const timed = new TimedCall(call, clock, limit, shared, reject);
      timed.start(leftMs < limitMs && !endsWithin(call, leftMs) ? leftMs : limitMs);
      next(timed.call).then(
        (value) => {
          timed.stop();
          resolve(value);
        },
        (error) => {
          timed.stop();
          reject(error);
        },
      );
    });
  };
}

/**
 * Whether a layer around it ends the call by then: it is that one's to say why, and to need a timer. Within a millisecond, since no
 * timer is more exact.
 */
function endsWithin(call: Call, leftMs: number): boolean {
  return call.within !== undefined && call.within.remainingMs <= leftMs + 1;
}

/** A call with a limit to its time. */
class TimedCall extends Timeout implements AbortListener, TimeLeft {
  /** The part of it that is ended. */
  readonly call: Call;
  readonly #whole: Call;
  readonly #clock: Clock;
  readonly #limit: TimeLimit;
  readonly #shared: SharedTimeouts;
  readonly #reject: (reason: unknown) => void;
  #hadMs: number;
  #timer: Timer | undefined;

  constructor(
    whole: Call,
    clock: Clock,
    limit: TimeLimit,
    shared: SharedTimeouts,
    reject: (reason: unknown) => void,
  ) {
    super();
    this.call = whole.child(whole.attempt, this);
    this.#whole = whole;
    this.#clock = clock;
    this.#limit = limit;
    this.#shared = shared;
    this.#reject = reject;
    this.#hadMs = limit.limitMs;
    if (whole.hasParent) whole.listen(this);
  }

  /** The time of the layer, or a shorter one that a deadline leaves. */
  start(durationMs: number): void {
    if (durationMs === this.#hadMs) {
      this.#shared.start(this);
      return;
    }
    this.#hadMs = durationMs;
    this.dueMs = this.#clock.monotonicMs() + durationMs;
    this.#timer = this.#clock.setTimer(durationMs, () => this.expired());
  }

  get remainingMs(): number {
    const ownMs = this.dueMs - this.#clock.monotonicMs();
    const { within } = this.#whole;
    return within ? Math.min(ownMs, within.remainingMs) : ownMs;
  }

  expired(): void {
    const error = this.#limit.late(this.#hadMs);
    this.#reject(error);
    this.call.abort(error);
    // Its work may never end.
    this.stop();
  }

  /** It was given up: its time need not be kept, even if its work never ends. */
  onAbort(reason: unknown): void {
    this.#reject(reason);
    this.#stopTimers();
  }

  stop(): void {
    if (this.#whole.hasParent) this.#whole.unlisten(this);
    this.#stopTimers();
    this.call.end();
  }

  #stopTimers(): void {
    if (this.#timer) this.#timer.cancel();
    else this.#shared.stop(this);
  }
}
