import type { Source } from "./figure.ts";
import type { Call, ResolvedClass, ResolvedPart, Stay } from "./resolved-model.ts";

/**
 * Pieces of resolved systems that are made by hand, as scenarios and tests make them: the plainest there is, but for what is said otherwise. Pure.
 */

const CHOSEN: Source = { kind: "given", place: "made by hand" };

/** One replica with one place, never down, which nothing bounds and nothing guards. */
export function plainPart(
  name: string,
  kind: ResolvedPart["kind"],
  own: Partial<Omit<ResolvedPart, "name" | "kind">> = {},
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
    sources: {},
    ...own,
  };
}

/** Once in each request, over a network of no length, without a timeout, and never again. */
export function plainCall(to: Stay, own: Partial<Omit<Call, "to">> = {}): Call {
  return { to, times: 1, share: 1, retries: 0, budget: false, networkMs: 0, ...own };
}

/** Reads without a body, as many at the peak as on average. */
export function plainRequests(
  way: Stay,
  perSecond: number,
  own: Partial<Omit<ResolvedClass, "way" | "perSecond">> = {},
): ResolvedClass {
  return {
    name: "requests",
    kind: "read",
    perSecond,
    peakPerSecond: perSecond,
    requestBytes: 0,
    responseBytes: 0,
    way,
    source: CHOSEN,
    ...own,
  };
}
