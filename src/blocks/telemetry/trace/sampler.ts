import { isSampled, randomnessIn, thresholdOf, withThreshold } from "./sampling-threshold.ts";
import { FLAG_SAMPLED, type TraceContext } from "./trace-context.ts";

/** Decides, when a trace begins here or comes in from elsewhere, whether its spans are recorded. */
export interface Sampler {
  /**
   * The `tracestate` of a span that is sampled, and undefined for one that is not. `parent`: who called, if anybody; then
   * `traceId` is its trace's.
   */
  sample(traceId: string, parent: TraceContext | undefined): string | undefined;
}

/** Samples everything. */
export const alwaysOn: Sampler = Object.freeze({
  sample: (_traceId: string, parent: TraceContext | undefined) => parent?.traceState ?? "",
});

/** Samples nothing. */
export const alwaysOff: Sampler = Object.freeze({ sample: () => undefined });

/**
 * Samples a share of all traces, the same ones in every process that samples as many, since the trace's id is the lot; and writes the
 * share into `tracestate`, so that those who count know for how many one stands. `share`: 0 to 1.
 */
export function shareSampler(share: number): Sampler {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share has to be from 0 to 1, not ${share}`);
  const threshold = thresholdOf(share);
  return {
    sample(traceId, parent) {
      const traceState = parent?.traceState ?? "";
      const randomness = traceState === "" ? "" : randomnessIn(traceState);
      return isSampled(traceId, threshold, randomness) ? withThreshold(traceState, threshold) : undefined;
    },
  };
}

/** Does what whoever called decided, so that traces are whole; those that begin here are left to `root`. */
export function parentBased(root: Sampler): Sampler {
  return {
    sample(traceId, parent) {
      if (parent === undefined) return root.sample(traceId, undefined);
      return (parent.flags & FLAG_SAMPLED) !== 0 ? parent.traceState : undefined;
    },
  };
}
