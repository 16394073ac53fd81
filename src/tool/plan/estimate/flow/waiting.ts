import type { ResolvedPart } from "../../resolved-model.ts";
import type { ResponseTime } from "../../theory/path/response-time.ts";
import { erlangB } from "../../theory/queueing/erlang.ts";
import { ggc } from "../../theory/queueing/ggc.ts";
import { serviceTimeOfMoments } from "../../theory/queueing/service-time.ts";
import { type Serving, waitShape } from "./wait-shape.ts";

/** How requests wait for a place of a part. Times are seconds. */
export interface Wait {
  /** Whether more comes than it can do: all wait for ever. */
  readonly isFull: boolean;
  /** The share that waits, 0 to 1, and of those the mean and squared coefficient of variation of the wait. */
  readonly probability: number;
  readonly meanSeconds: number;
  readonly scv: number;
  /** Its law, of mean 1 s, where it is known; else one of that variation. */
  readonly shape?: ResponseTime;
  /** The share that finds the line full and is turned away, 0 to 1. */
  readonly lostShare: number;
}

/** What comes to a part, with the moments of its service time over all that comes. */
export interface Load {
  readonly perSecond: number;
  readonly mean: number;
  readonly square: number;
  readonly cube: number;
  /** What is served, for the shape of the wait. */
  readonly served: readonly Serving[];
}

export const NO_WAIT: Wait = { isFull: false, probability: 0, meanSeconds: 0, scv: 1, lostShare: 0 };
export const FULL: Wait = {
  isFull: true,
  probability: 1,
  meanSeconds: Number.POSITIVE_INFINITY,
  scv: 1,
  lostShare: 0,
};

/** Below so many Erlangs nobody ever meets anybody. */
const LEAST_OFFERED = 1e-12;

/** More servers than so many are taken as so many; who has them hardly ever waits. */
const SERVERS_MAX = 10_000;

/** Bounds of a line further away than this are never reached below full load. */
const LINE_MAX = 1_000;

/**
 * The wait before a part, for requests that come at random times (Poisson). A place is busy while a request has service of its own, not while
 * it waits for whom it calls: so are an event loop that computes, and a connection while it has a query.
 *
 * Who balances sees the replicas or is blind. By least connections or response time they are as good as one line before all places (M/G/c:
 * the truth is a little longer). Taking turns, each has a line of its own, to which every n-th request comes (Gᵢ/G/c with ca² = 1/n); by lot
 * or hash each has its own random share (M/G/c). The better of two at random is by M. Mitzenmacher, "The Power of Two Choices in
 * Randomized Load Balancing" (IEEE TPDS 12, 2001), for replicas of one place, and as one line else; it is never better than one line. Pure.
 */
export function waitOf(part: ResolvedPart, load: Load): Wait {
  const { replicas, places, queueMax, balance } = part;
  const servers = replicas * places;
  const offered = load.perSecond * load.mean;
  if (offered < LEAST_OFFERED || servers === Number.POSITIVE_INFINITY) return NO_WAIT;
  if (offered >= servers) return FULL;
  if (replicas === 1) return lineOf(load, servers, 1, queueMax);
  const own = { ...load, perSecond: load.perSecond / replicas };
  switch (balance) {
    case "least-connections":
    case "weighted-least-connections":
    case "least-response-time":
      return lineOf(load, servers, 1, queueMax * replicas);
    case "power-of-two": {
      const shared = lineOf(load, servers, 1, queueMax * replicas);
      return places === 1 ? betterOfTwo(own, shared) : shared;
    }
    case "round-robin":
    case "weighted-round-robin":
      return lineOf(own, places, 1 / replicas, queueMax);
    default:
      return lineOf(own, places, 1, queueMax);
  }
}

/** One line before so many servers. */
function lineOf(load: Load, servers: number, arrivalScv: number, queueMax: number): Wait {
  const { mean, square, perSecond } = load;
  const utilisation = (perSecond * mean) / servers;
  const serviceScv = Math.max(0, square / (mean * mean) - 1);
  if (queueMax < LINE_MAX && utilisation ** queueMax > 1e-9) {
    return boundedLine(utilisation, serversOf(servers), mean, { serviceScv, queueMax });
  }
  if (servers === 1 && arrivalScv === 1) return pollaczek(load, utilisation);
  const capped = serversOf(servers);
  const queue = ggc({
    arrivalsPerSecond: (perSecond * capped) / servers,
    arrivalScv,
    service: serviceTimeOfMoments(mean, nearOne(serviceScv)),
    servers: capped,
  });
  if (!queue.stable) return FULL;
  if (!(queue.waitProbability > 0)) return NO_WAIT;
  return {
    ...NO_WAIT,
    probability: queue.waitProbability,
    meanSeconds: queue.meanWaitSeconds / queue.waitProbability,
  };
}

/** M/G/1, with the second moment of the wait after L. Takács, "A Single-Server Queue with Poisson Input" (1962). */
function pollaczek({ perSecond, square, cube, served }: Load, utilisation: number): Wait {
  const free = 1 - utilisation;
  const mean = (perSecond * square) / (2 * free);
  const second = 2 * mean * mean + (perSecond * cube) / (3 * free);
  const ofWaiting = mean / utilisation;
  const scv = nearOne(Math.max(0, second / utilisation / (ofWaiting * ofWaiting) - 1));
  const wait = { ...NO_WAIT, probability: utilisation, meanSeconds: ofWaiting, scv };
  return Math.abs(scv - 1) < NEARLY_EXPONENTIAL ? wait : { ...wait, shape: waitShape(served, utilisation) };
}

/** Waits that vary so nearly as an exponential law are taken for one. */
const NEARLY_EXPONENTIAL = 0.03;

/** M/M/c/K below full load, its waits as much longer or shorter for other service times as those of M/G/c. */
function boundedLine(
  utilisation: number,
  servers: number,
  mean: number,
  { serviceScv, queueMax }: { readonly serviceScv: number; readonly queueMax: number },
): Wait {
  const line = Math.floor(queueMax);
  const allBusy = erlangB(utilisation * servers, servers);
  let weights = 0;
  let first = 0;
  let second = 0;
  let weight = allBusy;
  for (let ahead = 1; ahead <= line; ahead++) {
    weights += weight;
    first += weight * ahead;
    second += weight * ahead * (ahead + 1);
    weight *= utilisation;
  }
  const all = 1 + (line > 0 ? weights * utilisation : 0);
  const lostShare = weight / all;
  if (weights === 0) return { ...NO_WAIT, lostShare };
  const step = (mean / servers) * 0.5 * (1 + serviceScv);
  const ofWaiting = (first / weights) * step;
  const scv = nearOne(Math.max(0, ((second / weights) * step * step) / (ofWaiting * ofWaiting) - 1));
  return { isFull: false, probability: weights / (all - weight), meanSeconds: ofWaiting, scv, lostShare };
}

/** The limit for many replicas: at least i requests are at a share ρ^(2^i - 1) of them, and both of two at its square. */
function betterOfTwo({ perSecond, mean, square }: Load, shared: Wait): Wait {
  const utilisation = perSecond * mean;
  let ahead = 0;
  for (let i = 1; i < 64; i++) {
    const both = utilisation ** (2 * (2 ** i - 1));
    if (both < 1e-12) break;
    ahead += both;
  }
  const probability = Math.max(utilisation ** 2, shared.probability);
  const factor = square / (2 * mean * mean);
  const meanWait = Math.max(ahead * mean * factor, shared.probability * shared.meanSeconds);
  return { ...shared, probability, meanSeconds: meanWait / probability };
}

function serversOf(servers: number): number {
  return Math.max(1, Math.min(SERVERS_MAX, Math.round(servers)));
}

/** What rounding makes of 1. */
function nearOne(scv: number): number {
  return Math.abs(scv - 1) < 1e-9 ? 1 : scv;
}
