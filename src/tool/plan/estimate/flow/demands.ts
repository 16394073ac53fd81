import type { Call, ResolvedClass, ResolvedPart, ResolvedSystem, Stay } from "../../resolved-model.ts";
import { stayVisits } from "../../visits.ts";
import { type ServiceLaw, serviceLaw } from "./service-law.ts";

/** A class with its way laid out, callers before called. */
export interface Way {
  readonly requests: ResolvedClass;
  readonly stays: readonly Stay[];
}

/** A design prepared for its flows: what does not depend on the load. */
export interface Ways {
  readonly resolved: ResolvedSystem;
  readonly classes: readonly Way[];
}

/** Resolved designs are values that are never changed: each is laid out once. */
const known = new WeakMap<ResolvedSystem, Ways>();

export function waysOf(resolved: ResolvedSystem): Ways {
  let ways = known.get(resolved);
  if (ways === undefined) {
    const classes = resolved.classes.map((requests) => ({
      requests,
      stays: [...stayVisits(requests.way).keys()],
    }));
    ways = { resolved, classes };
    known.set(resolved, ways);
  }
  return ways;
}

/** Attempts per call, on average, where they are more than 1. */
export type AttemptMeans = ReadonlyMap<Call, number>;

/** What comes to a part. */
export interface Demand {
  readonly part: ResolvedPart;
  readonly stays: readonly StayDemand[];
  readonly perSecond: number;
  /** Processors that it keeps busy by itself, and the same of squares: Σ λ E[S²]. */
  readonly cpu: number;
  readonly cpuSquare: number;
}

/** What a class asks of processors, in seconds. */
export interface ClassDemand {
  readonly perSecond: number;
  /** Of all processor time of a request, without what stands outside. */
  readonly mean: number;
  readonly variance: number;
}

export interface StayDemand {
  readonly perSecond: number;
  readonly cpuShare: number;
  readonly service: ServiceLaw;
}

/** What comes to the parts at a load, in the design's order; and how often each stay is come to in a request of its class. */
export interface Demands {
  /** Requests of the whole. */
  readonly perSecond: number;
  readonly parts: readonly Demand[];
  readonly classes: readonly ClassDemand[];
  readonly visits: ReadonlyMap<Stay, number>;
}

/** What comes to each part, attempts after the first included. Pure. */
export function demandsOf({ resolved, classes }: Ways, scale: number, attempts: AttemptMeans): Demands {
  const byPart = new Map<string, StayDemand[]>();
  const visits = new Map<Stay, number>();
  const external = new Set(resolved.parts.flatMap((part) => (part.external ? [part.name] : [])));
  const asked: ClassDemand[] = [];
  let perSecond = 0;
  for (const { requests, stays } of classes) {
    const rate = requests.peakPerSecond * scale;
    perSecond += rate;
    visits.set(requests.way, 1);
    let mean = 0;
    let variance = 0;
    for (const stay of stays) {
      const count = visits.get(stay) ?? 0;
      for (const call of stay.calls) {
        const more = count * call.times * call.share * (attempts.get(call) ?? 1);
        visits.set(call.to, (visits.get(call.to) ?? 0) + more);
      }
      const { cpuShare } = stay.time;
      const service = serviceLaw(stay.time);
      if (!external.has(stay.part)) {
        mean += count * service.mean * cpuShare;
        // A visit in a share of requests varies by that as well.
        variance += count * cpuShare ** 2 * (service.square - Math.min(1, count) * service.mean ** 2);
      }
      const demand = { perSecond: rate * count, cpuShare, service };
      const others = byPart.get(stay.part);
      if (others === undefined) byPart.set(stay.part, [demand]);
      else others.push(demand);
    }
    asked.push({ perSecond: rate, mean, variance });
  }
  const parts = resolved.parts.map((part) => {
    const stays = byPart.get(part.name) ?? [];
    let come = 0;
    let cpu = 0;
    let cpuSquare = 0;
    for (const { perSecond: rate, cpuShare, service } of stays) {
      come += rate;
      cpu += rate * cpuShare * service.mean;
      cpuSquare += rate * cpuShare ** 2 * service.square;
    }
    return { part, stays, perSecond: come, cpu, cpuSquare };
  });
  return { perSecond, parts, classes: asked, visits };
}
