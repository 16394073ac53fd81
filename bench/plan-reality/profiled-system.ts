import type { SystemModel } from "../../src/tool/design/model.ts";
import type { Profile } from "../../src/tool/plan/profile/index.ts";
import { resolveSystem } from "../../src/tool/plan/resolve/index.ts";
import type { BackgroundWork, Machine, ResolvedSystem } from "../../src/tool/plan/resolved-model.ts";
import { simulateSystem } from "../../src/tool/plan/simulate/system/index.ts";
import { median } from "../statistics.ts";
import type { Reading } from "./shortener-under-load.ts";
import { tickedArrivals } from "./ticked-arrivals.ts";

/** What was measured, as a plan takes it. */
export interface MeasuredMachine {
  readonly here: Machine;
  readonly profile: Profile;
}

type Spent = Reading["cpuMs"];

/** How often a process wakes up for a redirect when it has nothing else to do: for the request, and for each answer that it gets. */
const WAKE_UPS = { edge: 2, service: 2, cache: 1, load: 2 } as const;
/** Each of the two replicas writes the clicks that it has counted, twice a second or so: see `clicks/click-counter.ts` of the shortener. */
const CLICKS_EVERY_MS = [423, 427];
/** Clicks are counted, metrics told and looked at by the clock: the supervisor, each half second. */
const SUPERVISOR_EVERY_MS = 500;
const SIMULATED_MS = 15_000;
/** From a processor that sleeps, in a virtual machine: more than that is something else. */
const WAKE_UP_MS_MAX = 0.02;
const HALVINGS = 8;

/**
 * Splits processor time into what a request costs by itself, and what it costs to wake up. Where there is little to do processes wake up for each
 * request, so that both are in what was measured there; where there is much to do, one wake-up serves several. The cost of waking up is
 * the one with which a simulation of the busy load spends as much as was measured there.
 */
export function machineOf(
  model: SystemModel,
  cores: number,
  idle: readonly Reading[],
  busy: readonly Reading[],
): MeasuredMachine {
  const [spentIdle, spentBusy] = [middle(idle), middle(busy)];
  const [idleRate, busyRate] = [rateOf(idle), rateOf(busy)];
  const background = backgroundOf(spentIdle, spentBusy, idleRate);
  const all =
    spentBusy.edge +
    spentBusy.service +
    spentBusy.cache +
    spentBusy.load +
    spentBusy.database +
    spentBusy.rest;
  const machineWith = (turnMs: number, factor: number) =>
    withTurns(model, cores, turnMs, scaled(spentIdle, turnMs, factor), background);
  const exceeds = (turnMs: number, factor: number) =>
    spentIn(profiledSystem(model, machineWith(turnMs, factor), busyRate), busyRate) > all;
  // The more of what was measured is waking up, the less is left at a busy load.
  const turnMs = halved([0, WAKE_UP_MS_MAX], (one) => !exceeds(one, 1));
  // What that does not explain is taken off, or put to, the work itself: busy loads are what is predicted.
  const factor = halved([0.3, 2], (one) => exceeds(turnMs, one));
  return machineWith(turnMs, factor);
}

/** Where `isAbove` begins to hold. */
function halved([low, high]: readonly [number, number], isAbove: (value: number) => boolean): number {
  let [below, above] = [low, high];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (below + above) / 2;
    if (isAbove(middle)) above = middle;
    else below = middle;
  }
  return (below + above) / 2;
}

/** The work itself, without waking up. */
function scaled(idle: Spent, turnMs: number, factor: number): Record<keyof typeof WAKE_UPS, number> {
  const own = (kind: keyof typeof WAKE_UPS) => Math.max(0.001, idle[kind] - turnMs * WAKE_UPS[kind]) * factor;
  return { edge: own("edge"), service: own("service"), cache: own("cache"), load: own("load") };
}

/** The shortener's redirects at that rate, on the machine as it was measured. What the design says of times and copies is of production. */
export function profiledSystem(
  { requests: _requests, ...model }: SystemModel,
  { here, profile }: MeasuredMachine,
  perSecond: number,
): ResolvedSystem {
  const parts = model.parts.map((part) => {
    if (!("plan" in part)) return part;
    const { plan: _plan, ...rest } = part;
    return rest;
  });
  const redirects = {
    name: "follow",
    to: "front",
    method: "GET",
    path: "/:code",
    share: 1,
    kind: "read",
    keys: { count: 20_000, skew: 1 },
  } as const;
  return resolveSystem(
    { ...model, parts, requests: [redirects] },
    { profile, here, loadPerSecond: perSecond },
  );
}

function withTurns(
  model: SystemModel,
  cores: number,
  turnMs: number,
  own: Readonly<Record<keyof typeof WAKE_UPS, number>>,
  background: readonly BackgroundWork[],
): MeasuredMachine {
  const partOf = (kind: "edge" | "service" | "cache") => {
    const ms = own[kind];
    return { classes: { default: { count: 1, meanMs: ms, spread: 1, cpuMs: ms } } };
  };
  return {
    here: { cores, otherCpuMs: own.load, turnMs, background },
    profile: {
      version: 1,
      system: model.name,
      run: "bench",
      measuredAt: new Date(0).toISOString(),
      machine: { name: "this machine", cores },
      // The cache holds all that is asked for.
      parts: {
        front: partOf("edge"),
        shortener: partOf("service"),
        hot: { hitRatio: 1, ...partOf("cache") },
      },
    },
  };
}

/** What the database does for a redirect is to write clicks, by the clock; the supervisor works by it too. */
function backgroundOf(idle: Spent, busy: Spent, idleRate: number): readonly BackgroundWork[] {
  return [
    ...CLICKS_EVERY_MS.map((everyMs) => ({
      title: "a replica's clicks are written",
      everyMs,
      cpuMs: 0,
      cpuMsPerRequest: busy.database / CLICKS_EVERY_MS.length,
    })),
    {
      title: "the supervisor looks after all",
      everyMs: SUPERVISOR_EVERY_MS,
      cpuMs: (idle.rest * idleRate * SUPERVISOR_EVERY_MS) / 1_000,
    },
  ];
}

/** Processor time of a request, by a simulation. */
function spentIn(resolved: ResolvedSystem, perSecond: number): number {
  const { series } = simulateSystem(resolved, {
    durationMs: SIMULATED_MS,
    arrivals: { kind: "trace", timesMs: tickedArrivals(perSecond, SIMULATED_MS) },
  });
  const busy = series.find(({ name }) => name === "processors utilisation")?.values ?? [];
  const share = busy.reduce((sum: number, one) => sum + (one ?? 0), 0) / busy.length;
  return (share * (resolved.here?.cores ?? 1) * 1_000) / perSecond;
}

function rateOf(readings: readonly Reading[]): number {
  return median(readings.map(({ wrk }) => wrk.perSecond));
}

function middle(readings: readonly Reading[]): Spent {
  const of = (kind: keyof Spent) => median(readings.map(({ cpuMs }) => cpuMs[kind]));
  return {
    edge: of("edge"),
    service: of("service"),
    cache: of("cache"),
    database: of("database"),
    load: of("load"),
    rest: of("rest"),
  };
}
