import type { ResolvedClass, ResolvedSystem } from "../../resolved-model.ts";
import { lossShares } from "../../theory/availability/importance.ts";
import { downMinutesPerYear } from "../../theory/availability/nines.ts";
import { visitsOf } from "../../visits.ts";
import { figuresOf } from "./availability-figures.ts";
import { ConditionTable } from "./condition-table.ts";
import { type Redundancy, redundancyOf, servedWith } from "./part-availability.ts";
import { servedOf, type Way, waysOf } from "./served-requests.ts";
import type { ClassAvailability, PartAvailability, SystemAvailability } from "./system-availability.ts";

/**
 * How available a resolved design is. A part that a request needs is in series with the others; its replicas stand in parallel; a
 * call that is optional or detached does not fail its caller; what a cache would have answered is asked of what is behind it while it is
 * down. Parts fail independently of each other; a zone that fails is counted for each part that it takes along. A system that gets no
 * requests weighs its classes alike, and one without classes is up. Pure.
 */
export function availabilityOf(resolved: ResolvedSystem): SystemAvailability {
  const redundancies = redundancyOf(resolved);
  const known = new ConditionTable(redundancies);
  const classes = resolved.classes.map((one) => ({
    ...one,
    ways: waysOf(one.way, known, false),
    fullWays: waysOf(one.way, known, true),
  }));
  const weigh = weigher(classes);
  const whole = (chances: readonly number[]): number => weigh(({ ways }) => servedOf(ways, chances));
  const availability = whole(known.chances);
  const names = resolved.parts.map(({ name }) => name);
  const shares = lossShares(
    availability,
    names.map((name) => whole(known.without(name))),
  );
  const answer: Omit<SystemAvailability, "figures"> = {
    availability,
    downMinutesPerYear: downMinutesPerYear(availability),
    classes: classes.map((one) => classAvailability(one, known)),
    parts: names.map((name, at) => partAvailability(name, redundancies.get(name), shares[at] ?? 0)),
  };
  return {
    ...answer,
    figures: figuresOf(answer, { resolved, redundancies, ways: classes, conditions: known }),
  };
}

type WayClass = ResolvedClass & { readonly ways: readonly Way[]; readonly fullWays: readonly Way[] };

/** Weighs what is so of each class by its requests. */
function weigher(classes: readonly WayClass[]): (of: (one: WayClass) => number) => number {
  const rates = classes.reduce((sum, { perSecond }) => sum + perSecond, 0);
  return (of) => {
    if (classes.length === 0) return 1;
    let sum = 0;
    for (const one of classes) sum += of(one) * (rates > 0 ? one.perSecond / rates : 1 / classes.length);
    return Math.min(1, sum);
  };
}

function classAvailability(one: WayClass, known: ConditionTable): ClassAvailability {
  const availability = servedOf(one.ways, known.chances);
  const always = one.ways.reduce((bits, { up }) => bits & up, one.ways[0]?.up ?? 0n);
  return {
    name: one.name,
    availability,
    downMinutesPerYear: downMinutesPerYear(availability),
    inFull: Math.min(availability, servedOf(one.fullWays, known.chances)),
    needs: [...visitsOf(one.way).keys()].filter((name) => known.isIn(always, name)),
  };
}

function partAvailability(
  name: string,
  redundancy: Redundancy | undefined,
  lossShare: number,
): PartAvailability {
  const availability = redundancy ? servedWith(redundancy, 0) : 1;
  const { count = 1, needed = 1 } = redundancy ?? {};
  return {
    name,
    availability,
    downMinutesPerYear: downMinutesPerYear(availability),
    lossShare,
    replicas: count,
    needed,
  };
}
