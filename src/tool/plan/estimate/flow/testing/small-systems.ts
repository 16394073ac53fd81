import type {
  Call,
  Machine,
  ResolvedClass,
  ResolvedPart,
  ResolvedSystem,
  ServiceTime,
  Stay,
} from "../../../resolved-model.ts";

/** Systems of a few parts for tests. Pure. */

const source = { kind: "given", place: "a test" } as const;

/** Exponential, all of it processor time, if nothing else is said. */
export function time(meanMs: number, more: Partial<ServiceTime> = {}): ServiceTime {
  return { meanMs, spread: 1, cpuShare: 1, source, ...more };
}

export function stay(part: string, time: ServiceTime, calls: readonly Call[] = []): Stay {
  return { part, time, calls };
}

export function call(to: Stay, more: Partial<Call> = {}): Call {
  return { to, times: 1, share: 1, retries: 0, budget: false, networkMs: 0, ...more };
}

/** One replica with one place and a line without bound. */
export function part(name: string, more: Partial<ResolvedPart> = {}): ResolvedPart {
  return {
    name,
    kind: "service",
    external: false,
    replicas: 1,
    places: 1,
    queueMax: Number.POSITIVE_INFINITY,
    balance: "least-connections",
    availability: 1,
    failoverMs: 0,
    zones: 1,
    copies: 1,
    sources: {},
    ...more,
  };
}

export function requests(perSecond: number, way: Stay, name = "read"): ResolvedClass {
  return {
    name,
    kind: "read",
    perSecond,
    peakPerSecond: perSecond,
    requestBytes: 0,
    responseBytes: 0,
    way,
    source,
  };
}

export function system(
  classes: readonly ResolvedClass[],
  parts: readonly ResolvedPart[],
  here?: Machine,
): ResolvedSystem {
  return { name: "small", classes, parts, assumptions: [], ...(here === undefined ? {} : { here }) };
}
