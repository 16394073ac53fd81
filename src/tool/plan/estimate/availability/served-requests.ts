import type { Call, Stay } from "../../resolved-model.ts";

/**
 * Which parts a request needs, by the ways that it may take. Each way has a chance, and conditions that it is served under: that
 * some things are up, and some down. A thing that is come to twice is one condition, not two, so that what is behind several parts
 * is not counted more than once. Pure.
 */
export interface Way {
  /** How often requests go this way. */
  readonly weight: number;
  /** Bits of conditions by their number. */
  readonly up: bigint;
  readonly down: bigint;
}

/** What has to be so for a call to be served. */
export interface Conditions {
  /** The number of the condition that a part is up. */
  readonly up: (part: string) => number;
  /** Those that it serves a caller which tries again so many times. */
  readonly serves: (part: string, retries: number) => readonly number[];
}

/** Beyond so many ways, the rarest are taken to need everything that any way needs. */
const WAYS_MAX = 250;

const SERVED: readonly Way[] = [{ weight: 1, up: 0n, down: 0n }];

/**
 * The ways of a request that begins at a stay. `inFull`: what is optional is needed as well. A call is made by each request or not,
 * whatever other calls do; calls that are detached do not matter.
 */
export function waysOf(way: Stay, conditions: Conditions, inFull: boolean): readonly Way[] {
  const known = new Map<Stay, readonly Way[]>();
  const behind = (stay: Stay): readonly Way[] => {
    let ways = known.get(stay);
    if (ways === undefined) {
      ways = stay.calls.reduce<readonly Way[]>(
        (all, call) => together(all, waysOfCall(call, conditions, inFull, behind)),
        SERVED,
      );
      known.set(stay, ways);
    }
    return ways;
  };
  return together(needing(conditions.serves(way.part, 0)), behind(way));
}

function waysOfCall(
  call: Call,
  conditions: Conditions,
  inFull: boolean,
  behind: (stay: Stay) => readonly Way[],
): readonly Way[] {
  const { to, times, share, retries, onMissOf, optional, detached } = call;
  // So many calls on average: fewer than one are made by some requests only.
  const chance = Math.min(1, share * Math.min(1, times));
  if (detached || (optional && !inFull) || (chance === 0 && onMissOf === undefined)) return SERVED;
  const called = together(needing(conditions.serves(to.part, retries)), behind(to));
  const some = mixed(called, chance);
  if (onMissOf === undefined) return some;
  // A cache that is down has nothing: then every request goes on to what is behind it.
  const bit = 1n << BigInt(conditions.up(onMissOf));
  return merged([
    ...together(some, [{ weight: 1, up: bit, down: 0n }]),
    ...together(called, [{ weight: 1, up: 0n, down: bit }]),
  ]);
}

function needing(numbers: readonly number[]): readonly Way[] {
  return [{ weight: 1, up: numbers.reduce((bits, number) => bits | (1n << BigInt(number)), 0n), down: 0n }];
}

/** The ways with that chance, and otherwise nothing is needed. */
function mixed(ways: readonly Way[], chance: number): readonly Way[] {
  if (chance >= 1) return ways;
  const scaled = ways.map((way) => ({ ...way, weight: way.weight * chance }));
  return [{ weight: 1 - chance, up: 0n, down: 0n }, ...scaled];
}

/** Both: each way of the one with each of the other. */
function together(one: readonly Way[], other: readonly Way[]): readonly Way[] {
  const pairs: Way[] = [];
  for (const a of one) {
    for (const b of other) {
      const up = a.up | b.up;
      const down = a.down | b.down;
      // Nothing is up and down at once.
      if ((up & down) === 0n) pairs.push({ weight: a.weight * b.weight, up, down });
    }
  }
  return merged(pairs);
}

function merged(ways: readonly Way[]): readonly Way[] {
  if (ways.length === 1) return ways;
  const byNeed = new Map<string, { weight: number; up: bigint; down: bigint }>();
  for (const { weight, up, down } of ways) {
    const need = `${up} ${down}`;
    const known = byNeed.get(need);
    if (known) known.weight += weight;
    else byNeed.set(need, { weight, up, down });
  }
  return bounded([...byNeed.values()]);
}

function bounded(ways: readonly Way[]): readonly Way[] {
  if (ways.length <= WAYS_MAX) return ways;
  const byWeight = ways.toSorted((one, other) => other.weight - one.weight);
  const kept = byWeight.slice(0, WAYS_MAX / 2);
  // Those that wait for something to be down are rare twice over: they are taken to fail.
  const rare = byWeight.slice(kept.length).filter(({ down }) => down === 0n);
  const up = ways.reduce((bits, way) => bits | way.up, 0n);
  return [...kept, { weight: rare.reduce((sum, { weight }) => sum + weight, 0), up, down: 0n }];
}

/** The share of requests that are served, by the chances of the conditions. */
export function servedOf(ways: readonly Way[], chances: readonly number[]): number {
  let served = 0;
  for (const { weight, up, down } of ways) {
    let chance = weight;
    for (let number = 0; number < chances.length; number++) {
      const bit = 1n << BigInt(number);
      if ((up & bit) !== 0n) chance *= chances[number] ?? 1;
      else if ((down & bit) !== 0n) chance *= 1 - (chances[number] ?? 1);
    }
    served += chance;
  }
  return Math.min(1, served);
}
