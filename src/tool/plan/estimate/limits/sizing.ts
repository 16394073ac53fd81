import type { ResolvedPart, ResolvedSystem } from "../../resolved-model.ts";
import { availabilityOf } from "../availability/index.ts";
import { LoadCurve } from "./load-curve.ts";
import { withReplicas } from "./scaling.ts";

/** What a sizing has to keep. */
export interface Sized {
  /** Whether the requirements of latency and traffic hold. */
  readonly inTime: (curve: LoadCurve) => boolean;
  /** The availability required; absent: none is. */
  readonly availability?: number;
}

/** How full parts may be, from the most to the least: the first that holds takes the fewest replicas. */
const LEVELS = [0.98, 0.95, 0.92, 0.88, 0.84, 0.8, 0.75, 0.7, 0.65, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
/** More than so many of one part are no answer. */
const COUNT_MAX = 50_000;
/** Replicas that may be added for availability alone. */
const SPARE_MAX = 12;

/**
 * How many replicas each part needs, so that no part is fuller than is good for the times required, and then so many more of
 * services that the availability holds, where replicas can give it. Parts outside, and parts on one machine, cannot have more. Empty
 * where no number holds the times. Pure.
 */
export function replicasNeeded(curve: LoadCurve, sized: Sized): ReadonlyMap<string, number> {
  const { resolved } = curve;
  if (resolved.here !== undefined)
    return sized.inTime(curve)
      ? new Map(resolved.parts.map(({ name, replicas }) => [name, replicas]))
      : new Map();
  const plain = new LoadCurve(resolved);
  const known = new Map<string, boolean>();
  // Neighbouring levels often come to the same numbers.
  const holds = (level: number) => {
    const counts = countsAt(plain, level);
    const key = [...counts.values()].join(" ");
    const found =
      known.get(key) ??
      sized.inTime(isSame(resolved, counts) ? curve : new LoadCurve(withReplicas(resolved, counts)));
    known.set(key, found);
    return found;
  };
  let high = LEVELS.length - 1;
  if (!holds(LEVELS[high] ?? 0)) return new Map();
  let low = 0;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(LEVELS[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  const counts = countsAt(plain, LEVELS[high] ?? 1);
  return sized.availability === undefined ? counts : withSpares(resolved, counts, sized.availability);
}

function countsAt({ resolved, perSecond, capacity }: LoadCurve, level: number): ReadonlyMap<string, number> {
  return new Map(
    resolved.parts.map(({ name, kind, external, replicas, copies }) => {
      const busy = (perSecond / (capacity.get(name) ?? Number.POSITIVE_INFINITY)) * replicas;
      // Each of several edges has at least one worker.
      const least = kind === "edge" ? copies : 1;
      return [name, external ? replicas : Math.max(least, countFor(busy / level))];
    }),
  );
}

function isSame({ parts }: ResolvedSystem, counts: ReadonlyMap<string, number>): boolean {
  return parts.every(({ name, replicas }) => counts.get(name) === replicas);
}

function countFor(busy: number): number {
  return Math.min(COUNT_MAX, Math.max(1, Math.ceil(busy - 1e-9)));
}

/** Adds one after the other where most is lost; what does not reach what is required adds nothing. */
function withSpares(
  resolved: ResolvedSystem,
  counts: ReadonlyMap<string, number>,
  required: number,
): ReadonlyMap<string, number> {
  const more = new Map(counts);
  const canHaveMore = new Set(resolved.parts.filter(isOurService).map(({ name }) => name));
  for (let spare = 0; spare <= SPARE_MAX; spare++) {
    const { availability, parts } = availabilityOf(withReplicas(resolved, more));
    if (availability >= required) return more;
    const [worst] = parts
      .filter(({ name }) => canHaveMore.has(name))
      .toSorted((one, other) => other.lossShare - one.lossShare);
    if (worst === undefined || worst.lossShare <= 0) break;
    more.set(worst.name, (more.get(worst.name) ?? 1) + 1);
  }
  return counts;
}

function isOurService({ kind, external }: ResolvedPart): boolean {
  return !external && kind === "service";
}
