import { PlanError } from "../../errors.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import { SimulatedSystem } from "./simulated-system.ts";
import type { SystemSimulation, SystemSimulationOptions } from "./system-simulation.ts";

/**
 * Simulates a design from an empty start: see the README of this folder for what is simulated and what is not. Pure.
 *
 * The series, each with a value for every window, null where there is nothing to tell: `offered`, `answered`, and the kinds of failure, per
 * second; `p50` and `p99` of what was answered, in ms; and of each part `NAME calls` per second, `NAME utilisation`, `NAME waiting`,
 * `NAME replicas`, and for a cache `NAME hits`. Where parts share a machine, `processors utilisation`.
 *
 * @throws PlanError when an option names what the design has not, or is out of its range.
 */
export function simulateSystem(resolved: ResolvedSystem, options: SystemSimulationOptions): SystemSimulation {
  const { seed = 1, durationMs, warmUpMs = durationMs / 10, onProgress, signal } = options;
  checkRange("durationMs", durationMs, durationMs > 0 && durationMs < Number.POSITIVE_INFINITY);
  checkRange("warmUpMs", warmUpMs, warmUpMs >= 0 && warmUpMs < durationMs);
  checkRange("seed", seed, Number.isSafeInteger(seed));
  const system = built(resolved, options);
  const { simulation } = system;
  if (warmUpMs > 0) simulation.at(warmUpMs, { happen: () => system.warmedUp() });
  for (let step = 1; step <= STEPS; step++) {
    const end = simulation.run(step === STEPS ? durationMs : (durationMs * step) / STEPS);
    const { nowMs: simulatedMs, events } = simulation;
    onProgress?.({ share: step / STEPS, simulatedMs, events, requests: system.requests });
    if (end === "events" || signal?.aborted) break;
  }
  return system.answer();
}

/** The rules of the blocks check their own figures; what is wrong with them is wrong with the design or the options. */
function built(resolved: ResolvedSystem, options: SystemSimulationOptions): SimulatedSystem {
  try {
    return new SimulatedSystem(resolved, options);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new PlanError("BAD_SETTING", `this cannot be simulated: ${thrown.message}`, { cause: thrown });
  }
}

/** Of a run, between which progress is told. */
const STEPS = 100;

function checkRange(name: string, value: number, isWithin: boolean): void {
  if (!isWithin) throw new PlanError("BAD_SETTING", `a simulation cannot have a ${name} of ${value}`);
}
