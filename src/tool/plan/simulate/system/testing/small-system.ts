export { plainCall as callOf, plainPart as partOf, plainRequests as classOf } from "../../../plain-system.ts";

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

/** Exponential, all of it processor time. */
export function timeOf(meanMs: number, own: Partial<ServiceTime> = {}): ServiceTime {
  return { meanMs, spread: 1, cpuShare: 1, source: CHOSEN, ...own };
}

export function stayOf(part: string, time: number | ServiceTime, calls: readonly Call[] = []): Stay {
  return { part, time: typeof time === "number" ? timeOf(time) : time, calls };
}

export function systemOf(
  parts: readonly ResolvedPart[],
  classes: readonly ResolvedClass[],
  own: Partial<ResolvedSystem> = {},
): ResolvedSystem {
  return { name: "small", parts, classes, assumptions: [], ...own };
}
