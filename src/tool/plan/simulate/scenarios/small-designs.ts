import type { Source } from "../../figure.ts";
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
  return {
    name,
    kind,
    external: false,
    replicas: 1,
    places: 1,
    queueMax: Number.POSITIVE_INFINITY,
    balance: "round-robin",
    availability: 1,
    failoverMs: 0,
    zones: 1,
    copies: 1,
    upstream: { outliers: false },
    sources: {},
    ...own,
  };
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

/** Each request calls once, over a network of no length, waits as long as it takes and does not try again, but for what is said otherwise. */
export function callOf(to: Stay, own: Partial<Omit<Call, "to">> = {}): Call {
  return { to, times: 1, share: 1, retries: 0, budget: false, networkMs: 0, ...own };
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
      {
        name: "requests",
        kind: "read",
        perSecond,
        peakPerSecond: perSecond,
        requestBytes: 500,
        responseBytes: 2_000,
        ...(keys && { keys }),
        way: stayOf("front", EDGE_MS, [call]),
        source: CHOSEN,
      },
    ],
    parts: [partOf("front", "edge", { places: 8 }), service, ...further],
    assumptions: [],
  };
}
