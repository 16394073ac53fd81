import type { Machine } from "../../resolved-model.ts";
import type { Demand, Demands } from "./demands.ts";
import { type Runner, type Shared, shareProcessors } from "./processors.ts";
import type { ServiceLaw } from "./service-law.ts";
import type { Stretch } from "./stay-time.ts";
import { FULL, type Load, type Wait } from "./wait.ts";
import { waitOf } from "./waiting.ts";

/** A part at a load: how its service is stretched, and how requests wait for it. Times are seconds. */
export interface Station {
  readonly demand: Demand;
  /** Of its places; of the machine's processors where those are full. 1 and more is full. */
  readonly utilisation: number;
  /** Of processor time, 1 or more. */
  readonly stretch: number;
  /** Processor time for waking up, for each request. */
  readonly turnSeconds: number;
  readonly load: Load;
  readonly wait: Wait;
}

/** All parts at a load, in the design's order. Pure. */
export function stationsOf(here: Machine | undefined, demands: Demands): readonly Station[] {
  const machine = here && machineAt(here, demands);
  return demands.parts.map((demand, n) => {
    const shared = machine?.parts[n];
    const { stretch, turnSeconds } = shared ?? { stretch: 1, turnSeconds: 0 };
    const load = loadOf(demand, stretch, turnSeconds);
    const servers = demand.part.replicas * demand.part.places;
    const own = (load.perSecond * load.mean) / servers;
    const usesFull = machine !== undefined && machine.utilisation >= 1 && shared !== undefined && own > 0;
    return {
      demand,
      utilisation: usesFull ? Math.max(own, machine.utilisation) : own,
      stretch,
      turnSeconds,
      load,
      wait: usesFull ? FULL : waitOf(demand.part, load),
    };
  });
}

/** How a stay of such a processor share is stretched at a station. */
export function stretchAt({ stretch, turnSeconds }: Station, cpuShare: number): Stretch {
  return { factor: 1 + cpuShare * (stretch - 1), shiftSeconds: turnSeconds * stretch };
}

/** The moments of a stay's service time, stretched. */
export function stretchedMoments(
  { mean, square, cube }: ServiceLaw,
  { factor, shiftSeconds: shift }: Stretch,
): { readonly mean: number; readonly square: number; readonly cube: number } {
  const longer = mean * factor;
  const squares = square * factor ** 2;
  return {
    mean: longer + shift,
    square: squares + 2 * longer * shift + shift ** 2,
    cube: cube * factor ** 3 + 3 * squares * shift + 3 * longer * shift ** 2 + shift ** 3,
  };
}

/** A machine that all parts share, at a load. */
export interface MachineLoad {
  /** Of its processors: 1 and more is full. */
  readonly utilisation: number;
  /** In the design's order; undefined for what does not run here. */
  readonly parts: readonly ((Shared & { readonly turnSeconds: number }) | undefined)[];
}

/** What stands outside has processors of its own. */
export function machineAt(here: Machine, { parts, perSecond }: Demands): MachineLoad {
  const turnSeconds = (here.turnMs ?? 0) / 1_000;
  const runners: Runner[] = [];
  const numbers = parts.map((demand) => {
    if (demand.part.external || demand.perSecond === 0) return undefined;
    return runners.push(runnerOf(demand, turnSeconds)) - 1;
  });
  const others = (here.otherCpuMs ?? 0) / 1_000;
  if (others > 0) runners.push({ places: here.cores, cpu: perSecond * others, turns: 0, rest: 0 });
  for (const { everyMs, cpuMs, cpuMsPerRequest = 0 } of here.background ?? []) {
    const cpu = cpuMs / everyMs + (perSecond * cpuMsPerRequest) / 1_000;
    runners.push({ places: 1, cpu, turns: 0, rest: 0 });
  }
  const shared = shareProcessors(here, runners);
  const used = runners.reduce(
    (sum, { cpu, turns }, n) => sum + cpu + turns * Math.max(0, 1 - (shared[n]?.utilisation ?? 1)),
    0,
  );
  return {
    utilisation: used / here.cores,
    parts: numbers.map((number) => {
      const one = number === undefined ? undefined : shared[number];
      return one && { ...one, turnSeconds: turnSeconds * Math.max(0, 1 - one.utilisation) };
    }),
  };
}

function runnerOf({ part, stays, perSecond }: Demand, turnSeconds: number): Runner {
  let cpu = 0;
  let all = 0;
  for (const stay of stays) {
    const erlangs = stay.perSecond * stay.service.mean;
    cpu += erlangs * stay.cpuShare;
    all += erlangs;
  }
  return { places: part.replicas * part.places, cpu, turns: perSecond * turnSeconds, rest: all - cpu };
}

function loadOf({ stays, perSecond }: Demand, stretch: number, turnSeconds: number): Load {
  let mean = 0;
  let square = 0;
  let cube = 0;
  for (const stay of stays) {
    const factor = 1 + stay.cpuShare * (stretch - 1);
    const one = stretchedMoments(stay.service, { factor, shiftSeconds: turnSeconds * stretch });
    mean += stay.perSecond * one.mean;
    square += stay.perSecond * one.square;
    cube += stay.perSecond * one.cube;
  }
  const count = perSecond > 0 ? perSecond : 1;
  return { perSecond, mean: mean / count, square: square / count, cube: cube / count, served: stays };
}
