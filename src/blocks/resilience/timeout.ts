import { SharedTimeouts, Timeout, type Timer } from "../time/index.ts";
import type { Call } from "./call/call.ts";
import { PolicyError } from "./errors.ts";
import type { Layer } from "./layer.ts";
import { tell, type World } from "./world.ts";

export interface TimeoutOptions {
  /** Default `timeout`. */
  readonly name?: string;
}

export type TimeoutLayer = Layer<never, "TIMED_OUT", unknown, "bounds">;

/**
 * Ends a call that takes longer than `afterMs` (milliseconds, above 0), or longer than is left of the deadline that it is
 * under: the context's signal is aborted, and the call rejects with `TIMED_OUT` at once, whether the work listens or not.
 * Work that does not listen goes on unheard, so pass the signal on.
 *
 * Around a retry it bounds all attempts together, inside of one each attempt. Throws a `RangeError` for any other `afterMs`.
 */
export function timeout(afterMs: number, options: TimeoutOptions = {}): TimeoutLayer {
  if (!(afterMs > 0 && afterMs <= LONGEST_MS)) {
    throw new RangeError(`timeout: afterMs has to be above 0 and at most ${LONGEST_MS}, not ${afterMs}`);
  }
  const counters = { calls: 0, timedOut: 0 };
  const layer: TimeoutLayer = {
    name: options.name ?? "timeout",
    role: "bounds",
    counters,
    wrap(next, world) {
      const shared = new SharedTimeouts(world.clock, afterMs);
      const late = (limitMs: number) => {
        counters.timedOut++;
        if (world.observer) tell(world, { kind: "refused", layer: layer.name, code: "TIMED_OUT" });
        const message = `took longer than ${Math.max(0, Math.round(limitMs))} ms`;
        return new PolicyError("TIMED_OUT", { by: layer, message });
      };
      return (call) => {
        counters.calls++;
        const leftMs = call.remainingMs;
        if (leftMs <= 0) return Promise.reject(late(leftMs));
        return new Promise((resolve, reject) => {
          const timed = new TimedCall(call.child(), Math.min(leftMs, afterMs), reject, late);
          if (leftMs < afterMs) timed.startAlone(world);
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
    },
  };
  return layer;
}

/** What a timer of the platform can wait: 2^31 - 1 milliseconds, about 24 days. */
const LONGEST_MS = 2_147_483_647;

/** A call with a limit to its time. */
class TimedCall extends Timeout {
  readonly call: Call;
  readonly #limitMs: number;
  readonly #reject: (reason: unknown) => void;
  readonly #late: (limitMs: number) => PolicyError;
  #shared: SharedTimeouts | undefined;
  #timer: Timer | undefined;

  constructor(
    call: Call,
    limitMs: number,
    reject: (reason: unknown) => void,
    late: (limitMs: number) => PolicyError,
  ) {
    super();
    this.call = call;
    this.#limitMs = limitMs;
    this.#reject = reject;
    this.#late = late;
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
    const error = this.#late(this.#limitMs);
    this.#reject(error);
    this.call.abort(error);
  }

  stop(): void {
    this.#shared?.stop(this);
    this.#timer?.cancel();
    this.call.end();
  }
}
