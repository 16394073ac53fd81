import type { Call } from "./call/call.ts";
import { PolicyError } from "./errors.ts";
import type { Gate } from "./gate.ts";
import type { Layer } from "./layer.ts";
import { type IsFailure, verdictOn } from "./verdict.ts";
import { tell } from "./world.ts";

export interface LoadShedOptions {
  /** Default `load shed`. */
  readonly name?: string;
  /**
   * Whether an error may come of overload, which an adaptive limit answers by letting fewer in; if not, the call counts as
   * answered. Default: every error does.
   */
  readonly isFailure?: IsFailure;
}

export type LoadShedLayer = Layer<never, "OVERLOADED", unknown, "bounds">;

/**
 * Asks a gate (a load shedder, an adaptive limit: see `trestle/flow`) about each call, by its priority. Those that it turns
 * away reject with `OVERLOADED`, and with the gate's `retryAfterMs`. The gate learns how the others ended; of those that were
 * given up, only that they did.
 *
 * A gate may stand in several policies: its state is its own. What its `enter` throws is what the call rejects with; its
 * `leave` must not throw.
 *
 * Counters: `calls`; `shed`.
 */
export function loadShed(gate: Gate, options: LoadShedOptions = {}): LoadShedLayer {
  const { name = "load shed", isFailure } = options;
  const counters = { calls: 0, shed: 0 };
  const layer: LoadShedLayer = {
    name,
    role: "bounds",
    counters,
    wrap(next, world) {
      const { clock } = world;
      const leave = (call: Call, enteredMs: number, error: unknown) =>
        gate.leave(clock.monotonicMs(), enteredMs, verdictOn(call, error, isFailure));
      const refusal = () => {
        counters.shed++;
        if (world.observer) tell(world, { kind: "refused", layer: name, code: "OVERLOADED" });
        return new PolicyError("OVERLOADED", { by: layer, retryAfterMs: gate.retryAfterMs });
      };
      return (call) => {
        counters.calls++;
        const enteredMs = clock.monotonicMs();
        try {
          if (!gate.enter(enteredMs, call.priority)) return Promise.reject(refusal());
        } catch (thrown) {
          return Promise.reject(thrown);
        }
        const result = next(call);
        result.then(
          () => gate.leave(clock.monotonicMs(), enteredMs, "succeeded"),
          (error) => leave(call, enteredMs, error),
        );
        return result;
      };
    },
  };
  return layer;
}
