import type { ClassFlow, Flow } from "../flow/index.ts";

/** What makes requests slow, of one part. Milliseconds of an average request of the class, all its visits together. */
export interface Cause {
  readonly part: string;
  readonly className: string;
  readonly waitMs: number;
  readonly workMs: number;
  readonly utilisation: number;
}

/** Of the requests that take too long, most are of that class; undefined where there are none to speak of. */
export function slowestClass(flow: Flow, requiredMs: number): ClassFlow | undefined {
  let worst: ClassFlow | undefined;
  let most = 0;
  for (const one of flow.classes) {
    const late = one.perSecond * (1 - one.share(requiredMs));
    if (late > most) {
      worst = one;
      most = late;
    }
  }
  return worst ?? flow.classes.toSorted((one, other) => other.latencyMs.p99 - one.latencyMs.p99)[0];
}

/** What the parts of its way add to a class, the most first. */
export function causesOf(flow: Flow, { name: className, stays }: ClassFlow): readonly Cause[] {
  const parts = new Map(flow.parts.map((part) => [part.name, part]));
  const found = new Map<string, Cause>();
  for (const { part, ms, visits } of stays) {
    const { meanWaitMs = 0, utilisation = 0 } = parts.get(part) ?? {};
    const before = found.get(part) ?? { waitMs: 0, workMs: 0 };
    const waitMs = before.waitMs + visits * meanWaitMs;
    const workMs = before.workMs + Math.max(0, visits * (ms - meanWaitMs));
    found.set(part, { part, className, utilisation, waitMs, workMs });
  }
  return [...found.values()].toSorted(
    (one, other) => other.waitMs + other.workMs - (one.waitMs + one.workMs),
  );
}

/** The parts that are full, in the order in which they fill. */
export function fullParts(flow: Flow): Flow["parts"] {
  return flow.parts
    .filter(({ utilisation }) => utilisation >= 1)
    .toSorted((one, other) => one.saturatedAtPerSecond - other.saturatedAtPerSecond);
}
