import type { ResolvedSystem } from "../../resolved-model.ts";
import { demandsOf, waysOf } from "./demands.ts";
import { machineAt, stationsOf } from "./stations.ts";

const capacities = new WeakMap<ResolvedSystem, ReadonlyMap<string, number>>();

/**
 * The load of the whole, in requests per second by the same mix, at which each part is full: that of its places, or of the machine that it
 * shares, whichever comes first. Infinity for a part to which nothing comes. Attempts after the first are not among it: they come when it
 * is nearly full already. Worked out once for each design. Pure.
 */
export function capacityOf(resolved: ResolvedSystem): ReadonlyMap<string, number> {
  let capacity = capacities.get(resolved);
  if (capacity === undefined) {
    capacity = resolved.here === undefined ? ownPlaces(resolved) : sharedMachine(resolved);
    capacities.set(resolved, capacity);
  }
  return capacity;
}

/** How full each part is at so many times the peak, without attempts after the first: much cheaper than a flow. */
export function utilisationsOf(resolved: ResolvedSystem, scale = 1): ReadonlyMap<string, number> {
  const { parts } = stationsOf(resolved.here, demandsOf(waysOf(resolved), scale, new Map()));
  return new Map(parts.map(({ demand, utilisation }) => [demand.part.name, utilisation]));
}

function ownPlaces(resolved: ResolvedSystem): ReadonlyMap<string, number> {
  const { perSecond } = demandsOf(waysOf(resolved), 1, new Map());
  return new Map(
    [...utilisationsOf(resolved)].map(([name, utilisation]) => [
      name,
      utilisation > 0 ? perSecond / utilisation : Number.POSITIVE_INFINITY,
    ]),
  );
}

/** Halvings in the search, to a hundred-thousandth. */
const HALVINGS = 17;

function sharedMachine(resolved: ResolvedSystem): ReadonlyMap<string, number> {
  const { here, parts } = resolved;
  const ways = waysOf(resolved);
  const { perSecond } = demandsOf(ways, 1, new Map());
  const never = new Map(parts.map(({ name }) => [name, Number.POSITIVE_INFINITY]));
  if (here === undefined || !(perSecond > 0)) return never;
  const machineIsFull = (scale: number) =>
    machineAt(here, demandsOf(ways, scale, new Map())).utilisation >= 1;
  const fullAt = firstScale(machineIsFull);
  const looks = new Map<number, ReadonlyMap<string, number>>();
  const at = (scale: number) => {
    let look = looks.get(scale);
    if (look === undefined) {
      look = utilisationsOf(resolved, scale);
      looks.set(scale, look);
    }
    return look;
  };
  const justBelow = fullAt * (1 - 1e-5);
  return new Map(
    parts.map(({ name, external }) => {
      const before = at(justBelow).get(name) ?? 0;
      if (external) return [name, before > 0 ? (perSecond * justBelow) / before : Number.POSITIVE_INFINITY];
      if (before === 0) return [name, Number.POSITIVE_INFINITY];
      if (before < 1) return [name, perSecond * fullAt];
      return [name, perSecond * halve((scale) => (at(scale).get(name) ?? 0) >= 1, 0, justBelow)];
    }),
  );
}

/** The first scale, found from 1 up or down, at which something is so that stays so. */
function firstScale(isSo: (scale: number) => boolean): number {
  let high = 1;
  for (let step = 0; step < 60 && !isSo(high); step++) high *= 2;
  let low = high / 2;
  for (let step = 0; step < 60 && isSo(low); step++) {
    high = low;
    low /= 2;
  }
  return halve(isSo, low, high);
}

/** The least scale of two at which it is so, to within the search's precision, and itself so. */
function halve(isSo: (scale: number) => boolean, below: number, above: number): number {
  let low = below;
  let high = above;
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (isSo(middle)) high = middle;
    else low = middle;
  }
  return high;
}
