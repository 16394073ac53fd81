import { poissonProbability } from "../numerics/gamma.ts";
import { percentileOfTail } from "../numerics/percentile.ts";
import { requireFraction, requireNotNegative, requirePositive, requireWhole } from "../numerics/ranges.ts";
import { erlangB } from "./erlang.ts";
import type { MarkovQueue } from "./mmc.ts";
import type { QueueAnswer } from "./queue.ts";

/** Places for those who wait, at most: tails take time in proportion. */
const PLACES_MAX = 1_000_000;

/** An M/M/c with a bound, at which arrivals are turned away. */
export interface BoundedQueue extends MarkovQueue {
  /** K: how many may be in the system, waiting or in service; from c to c + 1,000,000. */
  readonly capacity: number;
}

/**
 * M/M/c/K: those who find K in the system are lost. Exact, and stable at any load (Gross, Shortle, Thompson & Harris,
 * "Fundamentals of Queueing Theory", 4th ed., section 2.5). Waits and times in system are those of the ones taken in; with
 * K = c the loss is Erlang B. Pure.
 *
 * @throws RangeError for numbers outside their ranges.
 */
export function mmck(queue: BoundedQueue): QueueAnswer {
  requireNotNegative("the arrival rate", queue.arrivalsPerSecond);
  requirePositive("the service time", queue.serviceSeconds);
  requireWhole("the number of servers", queue.servers, 1, 1_000_000);
  requireWhole("the capacity", queue.capacity, queue.servers, queue.servers + PLACES_MAX);
  const { arrivalsPerSecond, serviceSeconds, servers } = queue;
  const places = queue.capacity - servers;
  const offered = arrivalsPerSecond * serviceSeconds;
  const full = fullProbabilities(offered, servers, places);
  const lost = full[places] ?? 0;
  // Those taken in find n in the system with probability p_n / (1 - p_K), for n < K.
  const found = full.subarray(0, places).map((p) => p / (1 - lost));
  let waitProbability = 0;
  let meanQueue = 0;
  for (let n = 0; n < places; n++) {
    waitProbability += found[n] ?? 0;
    meanQueue += (n + 1) * (full[n + 1] ?? 0);
  }
  const carried = offered * (1 - lost);
  const throughputPerSecond = arrivalsPerSecond * (1 - lost);
  const meanWaitSeconds = throughputPerSecond === 0 ? 0 : meanQueue / throughputPerSecond;
  const drainRate = servers / serviceSeconds;
  const stages = waitStages(found, servers);
  const waitTail = (seconds: number) => uniformised(drainRate * seconds, stages.waiting);
  const sojournTail = (seconds: number) => uniformised(drainRate * seconds, stages.inSystem);
  return {
    stable: true,
    offeredErlangs: offered,
    utilisation: carried / servers,
    lossProbability: lost,
    throughputPerSecond,
    waitProbability,
    meanWaitSeconds,
    meanSojournSeconds: meanWaitSeconds + serviceSeconds,
    meanQueue,
    meanInSystem: meanQueue + carried,
    waitTail,
    waitPercentile(fraction) {
      requireFraction("the fraction of a percentile", fraction);
      return percentileOfTail(waitTail, fraction, serviceSeconds);
    },
    sojournTail,
    sojournPercentile(fraction) {
      requireFraction("the fraction of a percentile", fraction);
      return percentileOfTail(sojournTail, fraction, serviceSeconds);
    },
  };
}

/**
 * The probabilities that all servers are busy and 0, 1, … `places` wait. Below, p_n / p_c sums to 1 / B; above, it is
 * geometric. Whichever end is the more probable is 1 before all are divided by their sum, so that nothing overflows.
 */
function fullProbabilities(offered: number, servers: number, places: number): Float64Array {
  const ratio = offered / servers;
  const all = new Float64Array(places + 1);
  const begin = ratio > 1 ? places : 0;
  const step = ratio > 1 ? -1 : 1;
  const factor = ratio > 1 ? 1 / ratio : ratio;
  let weight = 1;
  let sum = 0;
  for (let n = begin; n >= 0 && n <= places; n += step) {
    all[n] = weight;
    if (n > 0) sum += weight;
    weight *= factor;
  }
  const blocking = erlangB(offered, servers);
  // With so little load that B is 0 to a double, no one ever finds all servers busy.
  if (blocking === 0) return all.fill(0);
  sum += (all[0] ?? 0) / blocking;
  for (let n = 0; n <= places; n++) all[n] = (all[n] ?? 0) / sum;
  return all;
}

/** P(still waiting, or still in the system, after k events of a Poisson process of rate cμ), for every k. */
interface WaitStages {
  waiting(events: number): number;
  inSystem(events: number): number;
}

/**
 * Uniformisation: the servers together complete at rate cμ while someone waits; each completion moves the line by one, and
 * when one is in service each ends it with probability 1 / c. All terms are positive: nothing cancels.
 */
function waitStages(found: Float64Array, servers: number): WaitStages {
  const places = found.length;
  const stay = 1 - 1 / servers;
  const waiting = new Float64Array(places + 1);
  for (let k = places - 1; k >= 0; k--) waiting[k] = (waiting[k + 1] ?? 0) + (found[k] ?? 0);
  const inService = new Float64Array(places + 1);
  inService[0] = 1 - (waiting[0] ?? 0);
  // Who finds n waiting has n + 1 completions to see before a server is free.
  for (let k = 0; k < places; k++) inService[k + 1] = (inService[k] ?? 0) * stay + (found[k] ?? 0);
  const last = inService[places] ?? 0;
  return {
    waiting: (events) => (events < places ? (waiting[events] ?? 0) : 0),
    inSystem: (events) =>
      events <= places ? (waiting[events] ?? 0) + (inService[events] ?? 0) : last * stay ** (events - places),
  };
}

/** The mean of `value` over a Poisson number of events of this mean, from the mode outwards until nothing is added. */
function uniformised(mean: number, value: (events: number) => number): number {
  const mode = Math.floor(mean);
  const atMode = poissonProbability(mode, mean);
  let sum = 0;
  let probability = atMode;
  for (let k = mode; probability > atMode * 1e-18; k++) {
    sum += probability * value(k);
    probability *= mean / (k + 1);
  }
  probability = atMode;
  for (let k = mode; k > 0 && probability > 0; ) {
    probability *= k / mean;
    k--;
    const added = probability * value(k);
    sum += added;
    if (added < sum * 1e-18 && probability < atMode * 1e-30) break;
  }
  return Math.min(1, sum);
}
