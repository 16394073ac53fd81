import { erlangB } from "../../theory/queueing/erlang.ts";
import { ggc } from "../../theory/queueing/ggc.ts";
import { serviceTimeOfMoments } from "../../theory/queueing/service-time.ts";
import { FULL, type Load, NO_WAIT, type Wait } from "./wait.ts";
import { waitShape } from "./wait-shape.ts";

/** Lines before servers, first come, first served. Times are seconds. Pure. */

/** More servers than so many are taken as so many; who has them hardly ever waits. */
const SERVERS_MAX = 10_000;

/** A bound further away than this is never reached below full load, and one that turns away fewer is none. */
const LINE_MAX = 1_000;
const LEAST_LOST = 1e-6;

/** What a line is like, besides what comes to it. */
export interface Line {
  readonly servers: number;
  /** Squared coefficient of variation of the times between arrivals: 1 where they come at random. */
  readonly arrivalScv: number;
  /** How many may wait. */
  readonly queueMax: number;
}

/** The wait in a line that is not full. */
export function lineOf(load: Load, line: Line): Wait {
  const { mean, square, perSecond } = load;
  const servers = serversOf(line.servers);
  const utilisation = (perSecond * mean) / line.servers;
  if (utilisation >= 1) return FULL;
  const serviceScv = nearOne(Math.max(0, square / (mean * mean) - 1));
  if (line.queueMax < LINE_MAX) {
    const bounded = boundedLine(utilisation, servers, mean * 0.5 * (1 + serviceScv), line.queueMax);
    if (bounded.lostShare > LEAST_LOST) return bounded;
  }
  const queue = ggc({
    arrivalsPerSecond: (perSecond * servers) / line.servers,
    arrivalScv: line.arrivalScv,
    service: serviceTimeOfMoments(mean, serviceScv),
    servers,
  });
  const probability =
    servers === 1 ? waitShare(utilisation, line.arrivalScv, serviceScv) : queue.waitProbability;
  if (!(probability > 0)) return NO_WAIT;
  const wait = { ...NO_WAIT, probability, meanSeconds: queue.meanWaitSeconds / probability };
  return servers === 1 ? shaped(wait, load) : wait;
}

/**
 * The share that waits before one server: ρ for arrivals at random, and for more regular ones by W. Kraemer and M. Langenbach-Belz,
 * "Approximate Formulae for the Delay in the Queueing System GI/G/1" (8th International Teletraffic Congress, 1976).
 */
function waitShare(utilisation: number, arrivalScv: number, serviceScv: number): number {
  const rho = utilisation;
  const above = 1 + arrivalScv + rho * serviceScv;
  const below = 1 + rho * (serviceScv - 1) + rho * rho * (4 * arrivalScv + serviceScv);
  return Math.min(1, Math.max(0, rho + ((arrivalScv - 1) * rho * (1 - rho) * above) / below));
}

/** Waits that vary so nearly as an exponential law are taken for one. */
const NEARLY_EXPONENTIAL = 0.03;

/**
 * Gives a wait the law that it has before one server to which requests come at random: geometrically many residual times, as many as make its
 * mean. Exact for M/G/1, where that is 1 / (1 - ρ).
 */
export function shaped(wait: Wait, { mean, square, cube, served }: Load): Wait {
  const residual = square / (2 * mean);
  const others = Math.min(0.999, Math.max(0, 1 - residual / wait.meanSeconds));
  const residualScv = cube / (3 * mean * residual * residual) - 1;
  const scv = nearOne((1 - others) * residualScv + others);
  if (Math.abs(scv - 1) < NEARLY_EXPONENTIAL) return { ...wait, scv };
  return { ...wait, scv, shape: waitShape(served, others) };
}

/** M/M/c/K below full load, for service whose residual time has that mean. */
function boundedLine(utilisation: number, servers: number, residual: number, queueMax: number): Wait {
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
  const all = 1 + weights * utilisation;
  const lostShare = weight / all;
  if (weights === 0) return { ...NO_WAIT, lostShare };
  const step = residual / servers;
  const meanSeconds = (first / weights) * step;
  const scv = nearOne(Math.max(0, ((second / weights) * step * step) / (meanSeconds * meanSeconds) - 1));
  return { ...NO_WAIT, probability: weights / (all - weight), meanSeconds, scv, lostShare };
}

function serversOf(servers: number): number {
  return Math.max(1, Math.min(SERVERS_MAX, Math.round(servers)));
}

/** What rounding makes of 1. */
function nearOne(scv: number): number {
  return Math.abs(scv - 1) < 1e-9 ? 1 : scv;
}
