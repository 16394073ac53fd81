import type { Source } from "../../figure.ts";
import { plainPart, plainRequests } from "../../plain-system.ts";
import type { Call, ResolvedClass, ResolvedPart, ResolvedSystem, Stay } from "../../resolved-model.ts";

/**
 * Designs of a few parts, as resolved as a simulation needs them: enough for a trouble to show, and no more. Every figure is chosen, none measured.
 * Pure.
 */
const CHOSEN: Source = { kind: "given", place: "scenario" };

/** The time of an edge for a request: little, beside what it is in front of. */
const EDGE_MS = 0.05;

/** A part with one replica and one place, bounded by nothing and guarded by nothing, but for what is said otherwise. */
export function partOf(
  name: string,
  kind: ResolvedPart["kind"],
  own: Partial<Omit<ResolvedPart, "name" | "kind">>,
): ResolvedPart {
  return plainPart(name, kind, { upstream: { outliers: false }, ...own });
}

/** `spread`: default 1, as of the exponential law. */
export function stayOf(
  part: string,
  meanMs: number,
  calls: readonly Call[] = [],
  { spread = 1 }: { readonly spread?: number } = {},
): Stay {
  return { part, time: { meanMs, spread, cpuShare: 1, source: CHOSEN }, calls };
}

/** An edge before a service, which is called with `call`. */
export function behindEdge(
  service: ResolvedPart,
  call: Call,
  options: {
    readonly perSecond: number;
    readonly keys?: ResolvedClass["keys"];
    readonly further?: readonly ResolvedPart[];
  },
): ResolvedSystem {
  const { perSecond, keys, further = [] } = options;
  return {
    name: service.name,
    classes: [
      plainRequests(stayOf("front", EDGE_MS, [call]), perSecond, {
        requestBytes: 500,
        responseBytes: 2_000,
        ...(keys && { keys }),
      }),
    ],
    parts: [partOf("front", "edge", { places: 8 }), service, ...further],
    assumptions: [],
  };
}
