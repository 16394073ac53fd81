import { requireShare, requireWhole } from "../numerics/ranges.ts";
import { numberUp, sumOfLaws } from "./composition.ts";

/** Replicas that are alike, spread as evenly as they can be over zones that fail apart from each other. */
export interface Spread {
  /** 1 or more. */
  readonly replicas: number;
  /** 1 or more; more than replicas are of no use. */
  readonly zones: number;
  /** Of one replica, its zone included: a share above 0. */
  readonly availability: number;
  /** Of a zone: what takes all of its replicas along is down for the rest. */
  readonly zoneAvailability: number;
}

/**
 * The chances that 0, 1, 2 … of the replicas are up. A replica is up when its zone is and it is itself: the failures of zones are the common
 * cause that redundancy within one cannot mend (K. Fleming's β-factor model, "A Reliability Model for Common Mode Failures in Redundant Safety Systems", 1975, with β the zone's share of
 * all failures). A replica that is said to be more available than a zone is taken at its word: its zone then never fails without it. Pure.
 *
 * @throws RangeError when a number is outside its range.
 */
export function replicasUp({ replicas, zones, availability, zoneAvailability }: Spread): readonly number[] {
  requireWhole("the number of replicas", replicas, 1, 100_000);
  requireWhole("the number of zones", zones, 1, Number.MAX_SAFE_INTEGER);
  requireShare("the availability of a zone", zoneAvailability);
  requireShare("the availability of a replica", availability);
  const zone = Math.max(zoneAvailability, availability);
  const own = zone > 0 ? availability / zone : 0;
  let law: readonly number[] = [1];
  for (const [size, count] of sizesOf(replicas, zones)) {
    const inZone = numberUp(Array<number>(size).fill(own)).map((chance) => chance * zone);
    inZone[0] = (inZone[0] ?? 0) + 1 - zone;
    for (let at = 0; at < count; at++) law = sumOfLaws(law, inZone);
  }
  return law;
}

/** How many zones have how many replicas. */
function sizesOf(replicas: number, zones: number): readonly (readonly [size: number, zones: number])[] {
  const used = Math.min(replicas, zones);
  const small = Math.floor(replicas / used);
  const large = replicas % used;
  return [[small + 1, large] as const, [small, used - large] as const].filter(([, count]) => count > 0);
}
