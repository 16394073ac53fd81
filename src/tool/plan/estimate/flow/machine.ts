import type { Machine } from "../../resolved-model.ts";
import { lowerGamma } from "../../theory/numerics/gamma.ts";
import { erlangC } from "../../theory/queueing/erlang.ts";
import { idleThreads } from "./threads.ts";

/** Threads of one part that run on a machine, or of whoever makes the load. Times are seconds. */
export interface Runner {
  readonly threads: number;
  /** Times per second that there is work for one of them. */
  readonly perSecond: number;
  /** Processors that the work keeps busy, without waking up. */
  readonly erlangs: number;
  /** E[S²] of the processor time of one piece of work. */
  readonly square: number;
  /** Processor time for waking up, where a piece finds its thread idle. */
  readonly turnSeconds: number;
}

/** What asks for processors as a whole: requests of a class with all their work, or work by the clock. */
export interface Asking {
  readonly perSecond: number;
  /** E[S²] of all its processor time. */
  readonly square: number;
}

export interface MachineShares {
  /** Of its processors: 1 and more is full. */
  readonly utilisation: number;
  /** The share of requests that wait for a processor, and the mean of those, by an exponential law, on all their way. */
  readonly probability: number;
  readonly meanSeconds: number;
  /** Mean processor time for waking up, of each runner over all its work. */
  readonly turnSeconds: readonly number[];
}

/** How long a thread keeps a processor while others wait for it, if nothing else is said. */
const SLICE_MS = 3;

/** More processors are taken as so many: who has them hardly ever waits. */
const CORES_MAX = 10_000;

/**
 * How long requests wait for the processors of a machine, on all their way: as M/G/c with all their processor time together, since a part is asked
 * just when another has done its work and left a processor. Who finds all busy waits in the line of one of them (M/G/1), as Linux lets
 * threads wait where they ran last. What requests wait for anyway, before threads that are one part's own, is not counted twice: on one
 * processor all waits together are M/G/1's, in whichever order work is done (Kleinrock's conservation law, "Queueing Systems", vol. II, section
 * 3.4). Of few threads less often all processors are busy than of many, and by that the wait is less. Pure.
 */
export function shareMachine(
  here: Machine,
  runners: readonly Runner[],
  asking: readonly Asking[],
  requestsPerSecond: number,
): MachineShares {
  const cores = Math.min(CORES_MAX, here.cores);
  const turnSeconds = runners.map(wakingUp);
  const works = runners.map((runner, n) => ({
    ...runner,
    erlangs: runner.erlangs + runner.perSecond * (turnSeconds[n] ?? 0),
  }));
  const erlangs = works.reduce((sum, one) => sum + one.erlangs, 0);
  const utilisation = erlangs / here.cores;
  const threads = runners.reduce((sum, one) => sum + one.threads, 0);
  const none = { utilisation, probability: 0, meanSeconds: 0, turnSeconds };
  if (utilisation >= 1 || threads <= cores || erlangs === 0 || requestsPerSecond === 0) return none;
  const slice = (here.sliceMs ?? SLICE_MS) / 1_000;
  const squares = asking.reduce((sum, { perSecond, square }) => sum + perSecond * square, 0);
  const meanSeconds =
    Math.min(squares / (2 * erlangs), Math.max(slice, erlangs / requestsPerSecond)) / (1 - utilisation);
  const share = erlangC(erlangs, cores);
  const idle = idleThreads(works, cores);
  let own = 0;
  let seldom = 0;
  for (const [n, { perSecond, erlangs: work, square, threads: count }] of works.entries()) {
    const busy = work / count;
    if (busy < 1) own += (perSecond * perSecond * square) / count / (2 * (1 - busy));
    // Beside as much work of very many threads.
    const ofMany = lowerGamma(cores, Math.max(0, erlangs - busy));
    seldom += work * (ofMany > 0 ? Math.min(1, (1 - idle(n)) / ofMany) : 1);
  }
  const counted = ((own / requestsPerSecond) * share) / utilisation;
  const mean = Math.max(0, share * meanSeconds - counted) * (seldom / erlangs);
  return { ...none, probability: Math.min(1, mean / meanSeconds), meanSeconds };
}

/** Work that finds its thread busy is spared the waking up: u = (work + turns (1 - u)) / threads. */
function wakingUp({ perSecond, erlangs, threads, turnSeconds }: Runner): number {
  const turns = perSecond * turnSeconds;
  return turnSeconds * (1 - Math.min(1, (erlangs + turns) / (threads + turns)));
}
