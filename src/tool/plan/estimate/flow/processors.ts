import type { Machine } from "../../resolved-model.ts";

/** What runs on a machine: up to `places` at once, which keep so many processors busy by themselves on average. */
export interface Runner {
  readonly places: number;
  /** Erlangs of processor time. */
  readonly cpu: number;
  /** Erlangs of waking up when each request finds it idle; as many as find it busy are spared. */
  readonly turns: number;
  /** Erlangs of waiting for disks and clocks. */
  readonly rest: number;
}

/** How long a runner's work takes when all share the processors. */
export interface Shared {
  /** How many times as long processor time takes, 1 or more. */
  readonly stretch: number;
  /** Of its places, unbounded: 1 and more is full. */
  readonly utilisation: number;
}

/** Rounds until all agree. Far from full load a few suffice. */
const ROUNDS_MAX = 100;
const AGREED = 1e-7;

/** Threads of all runners together that are told apart. */
const THREADS_MAX = 200;

/**
 * Shares a machine's processors alike among all that are ready to run, none of them having more than one: of k + 1 each advances at
 * min(1, cores / (k + 1)). Each place runs independently of the others for as much of the time as its own work, so stretched, asks for: a
 * fixed point, in which all processor time asked for is just what is given. Pure.
 */
export function shareProcessors({ cores }: Machine, runners: readonly Runner[]): readonly Shared[] {
  const limit = Math.max(2, Math.floor(THREADS_MAX / Math.max(1, runners.length)));
  const threads = runners.map(({ places }) => Math.max(1, Math.min(limit, Math.round(places))));
  let shared: Shared[] = runners.map((runner) => ({ stretch: 1, utilisation: utilisationOf(runner, 1, 0) }));
  if (threads.reduce((sum, count) => sum + count, 0) <= cores) return shared;
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const running = runners.map((runner, n) => {
      const { stretch, utilisation } = shared[n] as Shared;
      return Math.min(1, (cpuOf(runner, utilisation) * stretch) / (threads[n] as number));
    });
    const ready = readyThreads(running, threads);
    const next = runners.map((runner, n) => {
      const stretch = 1 / meanRate(withoutOne(ready, running[n] as number), cores);
      return { stretch, utilisation: utilisationOf(runner, stretch, (shared[n] as Shared).utilisation) };
    });
    const change = next.reduce(
      (most, { stretch }, n) => Math.max(most, Math.abs(stretch / (shared[n] as Shared).stretch - 1)),
      0,
    );
    shared = next;
    if (change < AGREED) break;
  }
  return shared;
}

function cpuOf({ cpu, turns }: Runner, utilisation: number): number {
  return cpu + turns * Math.max(0, 1 - utilisation);
}

function utilisationOf(runner: Runner, stretch: number, before: number): number {
  return (cpuOf(runner, before) * stretch + runner.rest) / runner.places;
}

/** The probabilities that 0, 1, 2 … threads are ready to run. */
function readyThreads(running: readonly number[], threads: readonly number[]): Float64Array {
  const total = threads.reduce((sum, count) => sum + count, 0);
  const shares = new Float64Array(total + 1);
  shares[0] = 1;
  let most = 0;
  for (let n = 0; n < running.length; n++) {
    const one = running[n] as number;
    for (let thread = 0; thread < (threads[n] as number); thread++) {
      most++;
      for (let k = most; k > 0; k--) {
        shares[k] = (shares[k] as number) * (1 - one) + (shares[k - 1] as number) * one;
      }
      shares[0] = (shares[0] as number) * (1 - one);
    }
  }
  return shares;
}

/** The same for all but one thread, from whichever end loses no digits. */
function withoutOne(ready: Float64Array, one: number): Float64Array {
  const length = ready.length - 1;
  const others = new Float64Array(length);
  if (one <= 0.5) {
    for (let k = 0; k < length; k++) {
      others[k] = ((ready[k] as number) - one * (others[k - 1] ?? 0)) / (1 - one);
    }
  } else {
    for (let k = length - 1; k >= 0; k--) {
      others[k] = ((ready[k + 1] as number) - (1 - one) * (others[k + 1] ?? 0)) / one;
    }
  }
  return others;
}

/** How fast one runs beside others, on average. */
function meanRate(others: Float64Array, cores: number): number {
  let rate = 0;
  for (let k = 0; k < others.length; k++) rate += (others[k] as number) * Math.min(1, cores / (k + 1));
  return Math.max(1e-9, Math.min(1, rate));
}
