import type { Source } from "../../../figure.ts";
import type {
  Call,
  ResolvedClass,
  ResolvedPart,
  ResolvedSystem,
  ServiceTime,
  Stay,
} from "../../../resolved-model.ts";

/** Designs of a few parts, said by what matters to a test. */

const CHOSEN: Source = { kind: "given", place: "a test" };

/** One replica with one place, which nothing bounds. */
export function partOf(
  name: string,
  kind: ResolvedPart["kind"],
  own: Partial<ResolvedPart> = {},
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

/** Exponential, all of it processor time. */
export function timeOf(meanMs: number, own: Partial<ServiceTime> = {}): ServiceTime {
  return { meanMs, spread: 1, cpuShare: 1, source: CHOSEN, ...own };
}

export function stayOf(part: string, time: number | ServiceTime, calls: readonly Call[] = []): Stay {
  return { part, time: typeof time === "number" ? timeOf(time) : time, calls };
}

/** Once in each request, at once, without a timeout, and never again. */
export function callOf(to: Stay, own: Partial<Call> = {}): Call {
  return { to, times: 1, share: 1, retries: 0, budget: false, networkMs: 0, ...own };
}

export function classOf(way: Stay, perSecond: number, own: Partial<ResolvedClass> = {}): ResolvedClass {
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

export function systemOf(
  parts: readonly ResolvedPart[],
  classes: readonly ResolvedClass[],
  own: Partial<ResolvedSystem> = {},
): ResolvedSystem {
  return { name: "small", parts, classes, assumptions: [], ...own };
}
