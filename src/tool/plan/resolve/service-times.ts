import type { WorkModel } from "../../design/plan-model.ts";
import { type DefaultName, defaultOf } from "../defaults/index.ts";
import { profiledTime } from "../profile/profile.ts";
import type { ServiceTime } from "../resolved-model.ts";
import { given, type Passed, type Resolution } from "./resolution.ts";

/** A class of requests, as far as its way depends on it. */
export interface ClassKind {
  readonly name: string;
  readonly kind: "read" | "write";
}

/** What the design says that a request of a class costs at a part, and where it says so. */
export function statedWork(
  part: Passed,
  className: string,
): { readonly work: WorkModel; readonly place: string } | undefined {
  const all = part.plan?.work;
  if (all === undefined) return undefined;
  const name = Object.hasOwn(all, className) ? className : "default";
  const work = Object.hasOwn(all, name) ? all[name] : undefined;
  return work && { work, place: `${part.name}.plan.work.${name}` };
}

/**
 * The time that a request of a class takes at a part: as the design states it, else as it was measured, else the default of its
 * kind. `answers`: an edge that sends the request nowhere. Pure.
 */
export function serviceTime(
  resolution: Resolution,
  part: Passed,
  requests: ClassKind,
  answers = false,
): ServiceTime {
  const stated = statedWork(part, requests.name);
  const usual = USUAL[part.kind](part, requests.kind, answers);
  const { value: cpuShare } = usual.cpu === undefined ? { value: 1 } : defaultOf(usual.cpu);
  if (stated !== undefined) {
    const { meanMs, spread } = stated.work;
    return { meanMs, spread, cpuShare, source: given(`${stated.place}.time`) };
  }
  const measured = profiledTime(resolution.profile, part.name, requests.name);
  if (measured !== undefined && resolution.profile !== undefined) {
    const { meanMs, spread, cpuMs, percentiles } = measured;
    return {
      meanMs,
      spread,
      ...(percentiles === undefined ? {} : { percentiles }),
      cpuShare: meanMs > 0 ? Math.min(1, cpuMs / meanMs) : 1,
      source: { kind: "measured", profile: resolution.profile.measuredAt, run: resolution.profile.run },
    };
  }
  const { value: meanMs, source } = defaultOf(usual.time);
  return { meanMs, spread: defaultOf(usual.spread).value, cpuShare, source };
}

interface Usual {
  readonly time: DefaultName;
  readonly spread: DefaultName;
  /** Absent: all of it is processor time. */
  readonly cpu?: DefaultName;
}

const USUAL: Readonly<
  Record<Passed["kind"], (part: Passed, kind: "read" | "write", answers: boolean) => Usual>
> = {
  edge: (_part, _kind, answers) => ({
    time: answers ? "edge.answered" : "edge.proxied",
    spread: "edge.spread",
  }),
  service: (part) => ({
    time: part.url === undefined ? "service.time" : "outside.time",
    spread: "service.spread",
  }),
  cache: () => ({ time: "cache.command", spread: "cache.spread" }),
  database: (_part, kind) =>
    kind === "read"
      ? { time: "database.read", spread: "database.spread", cpu: "database.readCpu" }
      : { time: "database.commit", spread: "database.spread", cpu: "database.commitCpu" },
};
