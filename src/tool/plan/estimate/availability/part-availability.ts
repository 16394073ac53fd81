import { defaultOf } from "../../defaults/index.ts";
import type { Source } from "../../figure.ts";
import { shareText } from "../../report/figure-text.ts";
import type { ResolvedClass, ResolvedPart, ResolvedSystem } from "../../resolved-model.ts";
import { servedShare } from "../../theory/availability/composition.ts";
import { failuresPerYear, repairFrom } from "../../theory/availability/repair.ts";
import { replicasUp } from "../../theory/availability/zones.ts";
import { stayVisits } from "../../visits.ts";

/** How available a part is with all that stands beside it. Pure. */

/** What stands in parallel in a part, and what becomes of it. */
export interface Redundancy {
  readonly part: ResolvedPart;
  /** Of services the replicas; of edges and stores the copies, since the workers of an edge share a machine. */
  readonly count: number;
  /** How many of them the load of the peak needs; of stores one, which serves. */
  readonly needed: number;
  /** The share of what is asked that those that are up can serve, with zones, before failover is looked at. */
  readonly up: number;
  /** The share of time in which one that failed is not yet out, or its stand-in not yet in. */
  readonly failingOver: number;
  /** The share of requests that such a time hits: one replica's, or all of a store's. */
  readonly hit: number;
}

/** Replicas are scaled so that they are busy so much at the peak: the target of the handbook's autoscaler. */
const SCALED_UTILISATION = 0.7;

/** Every part's redundancy, by its name. */
export function redundancyOf(resolved: ResolvedSystem): ReadonlyMap<string, Redundancy> {
  const busy = busyPlaces(resolved.classes);
  return new Map(resolved.parts.map((part) => [part.name, redundancy(part, busy.get(part.name) ?? 0)]));
}

/** The share of requests that a part serves when its callers try again so many times, each at any of the replicas. */
export function servedWith({ up, failingOver, hit }: Redundancy, retries: number): number {
  return up * (1 - failingOver * hit ** (1 + retries));
}

function redundancy(part: ResolvedPart, busy: number): Redundancy {
  const { availability, zones, failoverMs, external } = part;
  const isStore = part.kind === "cache" || part.kind === "database";
  const eachPlaces = part.kind === "edge" ? (part.places * part.replicas) / part.copies : part.places;
  // Rounding must not ask for one more than there is room for.
  const enough = Math.max(1, Math.ceil(busy / eachPlaces - 1e-9));
  const count = countOf(part, busy / eachPlaces);
  const needed = isStore || external ? 1 : Math.min(count, enough);
  // Of what stands outside it is known what it promises, and not how.
  if (external || availability === 0)
    return { part, count: 1, needed: 1, up: availability, failingOver: 0, hit: 0 };
  const zoneAvailability = defaultOf("zone.availability").value;
  const up = servedShare(needed, replicasUp({ replicas: count, zones, availability, zoneAvailability }));
  const repairMs = defaultOf("repair.time").value;
  const { upMs, downMs } = repairFrom(availability, repairMs);
  // One that failed is out of the way when it is back, if not before.
  const failingOver = count > 1 ? Math.min(failoverMs, repairMs) / (upMs + downMs) : 0;
  // Of services, each of the replicas fails as often, and takes its share of the requests along.
  return isStore
    ? { part, count, needed, up, failingOver, hit: 1 }
    : { part, count, needed, up, failingOver: Math.min(1, failingOver * count), hit: 1 / count };
}

function countOf({ kind, replicas, copies, scaling }: ResolvedPart, replicasBusy: number): number {
  if (kind !== "service") return copies;
  if (scaling === undefined) return replicas;
  return Math.max(scaling.min, Math.min(scaling.max, Math.ceil(replicasBusy / SCALED_UTILISATION - 1e-9)));
}

/** By part, the places that are busy at the peak on average, as Little's law has it. */
function busyPlaces(classes: readonly ResolvedClass[]): ReadonlyMap<string, number> {
  const busy = new Map<string, number>();
  for (const { way, peakPerSecond } of classes) {
    for (const [stay, visits] of stayVisits(way)) {
      const places = (peakPerSecond * visits * stay.time.meanMs) / 1_000;
      busy.set(stay.part, (busy.get(stay.part) ?? 0) + places);
    }
  }
  return busy;
}

/** Where a part's availability comes from. */
export function availabilitySource(redundancy: Redundancy): Source {
  const { part, count, needed, failingOver, hit } = redundancy;
  const stated = part.sources.availability ?? { kind: "given", place: `${part.name}.plan.availability` };
  if (count === 1) return stated;
  const { zones, availability } = part;
  const shown = shareText(availability);
  const of = needed > 1 ? `${count} of which ${needed} are needed at the peak` : `${count}, one is enough`;
  const where = zones > 1 ? `in ${Math.min(zones, count)} zones` : "in one zone";
  const failures = failuresPerYear(repairFrom(availability, defaultOf("repair.time").value));
  const failover =
    failingOver > 0
      ? `, less ${failures.toFixed(1)} failures a year of each for ${part.failoverMs / 1_000} s${hit < 1 ? `, which 1 in ${count} requests meet` : ""}`
      : "";
  return {
    kind: "derived",
    formula: "enough of the replicas are up, and their zones; less the time until others take over",
    filled: `${shown} each, ${of}, ${where}${failover} = ${shareText(servedWith(redundancy, 0))}`,
    inputs: [],
    publication: "Barlow and Proschan, “Statistical Theory of Reliability and Life Testing”, 1975",
  };
}
