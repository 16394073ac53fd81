import { checkTimerMs } from "../time/timer-range.ts";
import { PolicyError } from "./errors.ts";
import type { Layer } from "./layer.ts";
import { limitTime } from "./time-limit.ts";
import { tell } from "./world.ts";

export interface TimeoutOptions {
  /** Default `timeout`. */
  readonly name?: string;
}

export type TimeoutLayer = Layer<never, "TIMED_OUT" | "DEADLINE_EXCEEDED", unknown, "bounds">;

/**
 * Ends a call that takes longer than `afterMs` (milliseconds, above 0), or longer than is left of the deadline that it is
 * under: the context's signal is aborted, and the call rejects with `TIMED_OUT` at once, whether the work listens or not.
 * Work that does not listen goes on unheard, so pass the signal on. With nothing left of the deadline the work does not begin,
 * and the call rejects with `DEADLINE_EXCEEDED`: that says nothing of what would have been called.
 *
 * Around a retry it bounds all attempts together, inside of one each attempt. What is inside is told in `remainingMs` how much
 * is left.
 *
 * Counters: `calls`; `timedOut`; `notBegun`.
 *
 * Throws a `RangeError` for any other `afterMs`.
 */
export function timeout(afterMs: number, options: TimeoutOptions = {}): TimeoutLayer {
  checkTimerMs("timeout: afterMs", afterMs);
  const counters = { calls: 0, timedOut: 0, notBegun: 0 };
  const layer: TimeoutLayer = {
    name: options.name ?? "timeout",
    role: "bounds",
    counters,
    wrap(next, world) {
      const late = (hadMs: number) => {
        counters.timedOut++;
        if (world.observer) tell(world, { kind: "refused", layer: layer.name, code: "TIMED_OUT" });
        const message = `took longer than ${Math.round(hadMs)} ms`;
        return new PolicyError("TIMED_OUT", { by: layer, message });
      };
      const notBegun = () => {
        counters.notBegun++;
        if (world.observer) tell(world, { kind: "refused", layer: layer.name, code: "DEADLINE_EXCEEDED" });
        return new PolicyError("DEADLINE_EXCEEDED", { by: layer });
      };
      return limitTime(next, world.clock, { limitMs: afterMs, counters, late, notBegun });
    },
  };
  return layer;
}
