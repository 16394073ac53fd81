import { PolicyError } from "./errors.ts";
import type { Layer } from "./layer.ts";
import { checkLimitMs, limitTime } from "./time-limit.ts";
import { tell } from "./world.ts";

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
 * Around a retry it bounds all attempts together, inside of one each attempt.
 *
 * Counters: `calls`; `timedOut`.
 *
 * Throws a `RangeError` for any other `afterMs`.
 */
export function timeout(afterMs: number, options: TimeoutOptions = {}): TimeoutLayer {
  checkLimitMs("timeout: afterMs", afterMs);
  const counters = { calls: 0, timedOut: 0 };
  const layer: TimeoutLayer = {
    name: options.name ?? "timeout",
    role: "bounds",
    counters,
    wrap(next, world) {
      const late = (hadMs: number) => {
        counters.timedOut++;
        if (world.observer) tell(world, { kind: "refused", layer: layer.name, code: "TIMED_OUT" });
        const message = `took longer than ${Math.max(0, Math.round(hadMs))} ms`;
        return new PolicyError("TIMED_OUT", { by: layer, message });
      };
      return limitTime(next, world, { limitMs: afterMs, counters, late });
    },
  };
  return layer;
}
