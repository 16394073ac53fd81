import type { Machine } from "../../resolved-model.ts";
import type { Demand, Demands } from "./demands.ts";
import { type MachineShares, type Runner, shareMachine } from "./machine.ts";
import type { ServiceLaw } from "./service-law.ts";
import { FULL, type Load, NO_WAIT, type Wait } from "./wait.ts";
import { waitOf } from "./waiting.ts";

/** A part at a load: how requests wait for it. Times are seconds. */
export interface Station {
  readonly demand: Demand;
  /** Of its places; of the machine's processors where those are full. 1 and more is full. */
  readonly utilisation: number;
  readonly load: Load;
  readonly wait: Wait;
  /** Processor time for waking up, on average. */
  readonly turnSeconds: number;
  /** Of the wait for the machine's processors, what is due to it, for each request that comes to it. */
  readonly processorSeconds: number;
}

/** A machine that all parts share, at a load. */
export interface MachineLoad extends MachineShares {
  /** The number of each part's runner, in the design's order; undefined for what does not run here. */
  readonly numbers: readonly (number | undefined)[];
  /** Those who make the load, where they run here: half of their work is before a request, half of it after. */
  readonly client?: { readonly serviceSeconds: number; readonly turnSeconds: number; readonly wait: Wait };
}

/** All that requests pass at a load. */
export interface Stations {
  /** In the design's order. */
  readonly parts: readonly Station[];
  readonly machine?: MachineLoad;
}

/** Pure. */
export function stationsOf(here: Machine | undefined, demands: Demands): Stations {
  if (here === undefined) return { parts: demands.parts.map((demand) => stationOf(demand, 0, 0)) };
  const machine = machineAt(here, demands);
  const waited = demands.perSecond * machine.probability * machine.meanSeconds;
  const cpu = demands.parts.reduce((sum, { cpu: own, part }) => sum + (part.external ? 0 : own), 0);
  const parts = demands.parts.map((demand, n): Station => {
    const number = machine.numbers[n];
    if (number === undefined) return stationOf(demand, 0, 0);
    const due = cpu > 0 ? (waited * demand.cpu) / cpu / demand.perSecond : 0;
    const station = stationOf(demand, machine.turnSeconds[number] ?? 0, due);
    if (machine.utilisation < 1) return station;
    return { ...station, utilisation: Math.max(station.utilisation, machine.utilisation), wait: FULL };
  });
  return { parts, machine };
}

function stationOf(demand: Demand, turnSeconds: number, processorSeconds: number): Station {
  const load = loadOf(demand, turnSeconds);
  const { part, perSecond } = demand;
  const utilisation = (perSecond * load.mean) / (part.replicas * part.places);
  return { demand, utilisation, load, wait: waitOf(part, load), turnSeconds, processorSeconds };
}

/** What stands outside has processors of its own. */
export function machineAt(here: Machine, demands: Demands): MachineLoad {
  const { parts, perSecond } = demands;
  const turnSeconds = (here.turnMs ?? 0) / 1_000;
  const runners: Runner[] = [];
  const numbers = parts.map(({ part, perSecond: rate, cpu, cpuSquare }) =>
    part.external || rate === 0
      ? undefined
      : runners.push({
          threads: part.replicas * part.places,
          perSecond: rate,
          erlangs: cpu,
          square: cpuSquare / rate,
          turnSeconds,
        }) - 1,
  );
  const whole = (here.otherCpuMs ?? 0) / 1_000;
  const half = whole / 2;
  if (whole > 0) {
    runners.push({
      threads: 1,
      perSecond: 2 * perSecond,
      erlangs: perSecond * whole,
      square: half * half,
      turnSeconds,
    });
  }
  const client = runners.length - 1;
  const asking = demands.classes.map(({ perSecond: rate, mean, variance }) => ({
    perSecond: rate,
    square: (mean + whole) ** 2 + variance,
  }));
  for (const { everyMs, cpuMs, cpuMsPerRequest = 0 } of here.background ?? []) {
    const each = cpuMs / 1_000 + (perSecond * cpuMsPerRequest * everyMs) / 1e6;
    const rate = 1_000 / everyMs;
    const square = each * each;
    runners.push({ threads: 1, perSecond: rate, erlangs: rate * each, square, turnSeconds: 0 });
    asking.push({ perSecond: rate, square });
  }
  const shares = shareMachine(here, runners, asking, perSecond);
  if (whole === 0) return { ...shares, numbers };
  const turn = shares.turnSeconds[client] ?? 0;
  const busy = 2 * perSecond * (half + turn);
  // M/D/1: all that it does is alike.
  const wait =
    busy >= 1 || shares.utilisation >= 1
      ? FULL
      : { ...NO_WAIT, probability: busy, meanSeconds: (half + turn) / (2 * (1 - busy)) };
  return { ...shares, numbers, client: { serviceSeconds: half, turnSeconds: turn, wait } };
}

function loadOf({ stays, perSecond }: Demand, moreSeconds: number): Load {
  let mean = 0;
  let square = 0;
  let cube = 0;
  for (const stay of stays) {
    const one = longerMoments(stay.service, moreSeconds);
    mean += stay.perSecond * one.mean;
    square += stay.perSecond * one.square;
    cube += stay.perSecond * one.cube;
  }
  const count = perSecond > 0 ? perSecond : 1;
  return { perSecond, mean: mean / count, square: square / count, cube: cube / count, served: stays };
}

/** The moments of a time that is always so much longer. */
function longerMoments({ mean, square, cube }: Pick<ServiceLaw, "mean" | "square" | "cube">, more: number) {
  if (more === 0) return { mean, square, cube };
  return {
    mean: mean + more,
    square: square + 2 * mean * more + more ** 2,
    cube: cube + 3 * square * more + 3 * mean * more ** 2 + more ** 3,
  };
}
