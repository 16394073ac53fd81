import { plainPart, plainRequests } from "../../../plain-system.ts";
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

export { plainCall as call } from "../../../plain-system.ts";

/** One replica with one place and a line without bound. */
export function part(name: string, more: Partial<ResolvedPart> = {}): ResolvedPart {
  return { ...plainPart(name, "service", { balance: "least-connections" }), ...more };
}

export function requests(perSecond: number, way: Stay, name = "read"): ResolvedClass {
  return plainRequests(way, perSecond, { name });
}

export function system(
  classes: readonly ResolvedClass[],
  parts: readonly ResolvedPart[],
  here?: Machine,
): ResolvedSystem {
  return { name: "small", classes, parts, assumptions: [], ...(here === undefined ? {} : { here }) };
}
