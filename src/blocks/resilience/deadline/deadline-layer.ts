import { checkTimerMs } from "../../time/timer-range.ts";
import { PolicyError } from "../errors.ts";
import type { Handler, Layer } from "../layer.ts";
import { limitTime } from "../time-limit.ts";
import { tell } from "../world.ts";
import { Deadline, earlierOf, withDeadline } from "./deadline.ts";

export interface DeadlineOptions {
  /** Default `deadline`. */
  readonly name?: string;
}

export type DeadlineLayer = Layer<never, "DEADLINE_EXCEEDED", unknown, "bounds">;

/**
 * Gives a call `inMs` (milliseconds, above 0) with all that it does: it ends as under `timeout`, and the work runs within
 * `withDeadline`, so that every policy it uses, in this process or behind a header, gets what is left. Under an earlier
 * deadline that one stays in force; with nothing left the call is refused at once.
 *
 * Where a request enters, use this; `timeout` bounds a step. It costs some hundred nanoseconds more, for the asynchronous
 * context.
 *
 * Counters: `calls`; `exceeded`, calls that were ended or refused.
 *
 * Throws a `RangeError` for any other `inMs`.
 */
export function deadline(inMs: number, options: DeadlineOptions = {}): DeadlineLayer {
  checkTimerMs("deadline: inMs", inMs);
  const counters = { calls: 0, exceeded: 0 };
  const layer: DeadlineLayer = {
    name: options.name ?? "deadline",
    role: "bounds",
    counters,
    wrap(next, world) {
      const exceeded = (message?: string) => {
        counters.exceeded++;
        if (world.observer) tell(world, { kind: "refused", layer: layer.name, code: "DEADLINE_EXCEEDED" });
        return new PolicyError("DEADLINE_EXCEEDED", { by: layer, ...(message && { message }) });
      };
      const within: Handler = (call) => {
        const own = new Deadline(inMs, world.clock);
        const given: Deadline | undefined = call.deadline;
        return withDeadline(given ? earlierOf(given, own) : own, next, call);
      };
      return limitTime(within, world.clock, {
        limitMs: inMs,
        counters,
        late: (hadMs) => exceeded(`took longer than the ${Math.round(hadMs)} ms that were left`),
        notBegun: () => exceeded(),
      });
    },
  };
  return layer;
}
