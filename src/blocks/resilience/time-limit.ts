import { SharedTimeouts, Timeout, type Timer } from "../time/index.ts";
import type { AbortListener } from "./call/abort-source.ts";
import type { Call } from "./call/call.ts";
import type { PolicyError } from "./errors.ts";
import type { Handler } from "./layer.ts";
import type { World } from "./world.ts";

/** A limit to the time of each call. */
export interface TimeLimit {
  /** For every call that is under no earlier deadline. Milliseconds, above 0 and at most `LONGEST_MS`. */
  readonly limitMs: number;
  readonly counters: { calls: number };
  /** Counts a call that is over time, and says with what it rejects. `hadMs`: how long it had; 0 or less: it was not begun. */
  late(hadMs: number): PolicyError;
}

/** What a timer of the platform can wait: 2^31 - 1 milliseconds, about 24 days. */
export const LONGEST_MS = 2_147_483_647;

/**
 * A handler that ends calls which take longer than the limit, or than is left of their deadline: the signal is aborted, and
 * the call rejects at once. With nothing left it does not begin.
 */
export function limitTime(next: Handler, world: World, limit: TimeLimit): Handler {
  const { limitMs, counters } = limit;
  const shared = new SharedTimeouts(world.clock, limitMs);
  return (call) => {
    counters.calls++;
    if (call.hasParent && call.aborted) return Promise.reject(call.reason);
    const leftMs = call.remainingMs;
    if (leftMs <= 0) return Promise.reject(limit.late(leftMs));
    return new Promise((resolve, reject) => {
      const timed = new TimedCall(call, Math.min(leftMs, limitMs), reject, limit);
      if (leftMs < limitMs) timed.startAlone(world);
      else timed.startIn(shared);
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

/** Throws a `RangeError` that names the option when `valueMs` is no length of time for a timer. */
export function checkLimitMs(option: string, valueMs: number): void {
  if (valueMs > 0 && valueMs <= LONGEST_MS) return;
  throw new RangeError(`${option} has to be above 0 and at most ${LONGEST_MS}, not ${valueMs}`);
}

/** A call with a limit to its time. */
class TimedCall extends Timeout implements AbortListener {
  /** The part of it that is ended. */
  readonly call: Call;
  readonly #whole: Call;
  readonly #limitMs: number;
  readonly #reject: (reason: unknown) => void;
  readonly #limit: TimeLimit;
  #shared: SharedTimeouts | undefined;
  #timer: Timer | undefined;

  constructor(whole: Call, limitMs: number, reject: (reason: unknown) => void, limit: TimeLimit) {
    super();
    this.call = whole.child();
    this.#whole = whole;
    this.#limitMs = limitMs;
    this.#reject = reject;
    this.#limit = limit;
    if (whole.hasParent) whole.listen(this);
  }

  /** The time that all calls of the layer have. */
  startIn(shared: SharedTimeouts): void {
    this.#shared = shared;
    shared.start(this);
  }

  /** A shorter time, which a deadline leaves. */
  startAlone(world: World): void {
    this.#timer = world.clock.setTimer(this.#limitMs, () => this.expired());
  }

  expired(): void {
    const error = this.#limit.late(this.#limitMs);
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
    this.#shared?.stop(this);
    this.#timer?.cancel();
  }
}
