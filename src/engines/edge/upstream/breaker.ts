import { Circuit } from "../../../blocks/resilience/circuit-breaker/circuit.ts";
import { timeWindow } from "../../../blocks/resilience/circuit-breaker/time-window.ts";
import type { BreakerConfig } from "../config/index.ts";

/** A trial is judged when its answer begins; one that takes longer than that has failed, whatever the route's timeouts say. */
const TRIAL_MS = 60_000;

/**
 * The circuit that a configuration asks for; without one, a circuit that lets all requests in and notes nothing. Pure. Throws a
 * `RangeError` for values out of their range.
 */
export function circuitOf(config: BreakerConfig | undefined): Circuit {
  if (!config) {
    const circuit = new Circuit();
    circuit.force("closed");
    return circuit;
  }
  const {
    failureShare = 0.5,
    minimumRequests = 20,
    intervalMs = 10_000,
    openMs = 5_000,
    trials = 3,
  } = config;
  return new Circuit({
    trip: {
      ...timeWindow({ windowMs: Math.max(10, intervalMs), failureShare, minimumCalls: minimumRequests }),
      // Of the trials all have to succeed: the first that fails decides.
      failureShare: 0,
    },
    openMs,
    trials,
    trialMs: TRIAL_MS,
  });
}
