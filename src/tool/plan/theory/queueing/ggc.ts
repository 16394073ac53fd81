import type { ComplexLine, TransformLine } from "../numerics/laplace-inversion.ts";
import { percentileOfTail } from "../numerics/percentile.ts";
import { requireFraction, requireNotNegative, requireWhole } from "../numerics/ranges.ts";
import { erlangC, SERVERS_MAX } from "./erlang.ts";
import { mg1 } from "./mg1.ts";
import { overloadedQueue, type QueueAnswer } from "./queue.ts";
import { type ServiceTime, serviceMean, serviceScv } from "./service-time.ts";
import { sojournTailOf, type WaitLaw } from "./wait-and-service.ts";

/** Arrivals and services of any law, to one line before c equal servers. */
export interface GeneralQueue {
  /** λ, 0 or more. */
  readonly arrivalsPerSecond: number;
  /** Squared coefficient of variation of the times between arrivals, 0 or more: 1 for Poisson arrivals. */
  readonly arrivalScv: number;
  readonly service: ServiceTime;
  /** c, 1 to 1,000,000. */
  readonly servers: number;
}

/**
 * GI/G/c by approximation. One server with Poisson arrivals is `mg1`, exact. Else the mean wait is that of M/M/c times
 * (ca² + cs²) / 2 (Allen & Cunneen; Allen, "Probability, Statistics and Queueing Theory", 2nd ed., section 5.4), corrected for
 * arrivals that are not Poisson by Kraemer & Langenbach-Belz (1976; Bolch, Greiner, de Meer & Trivedi, "Queueing Networks and
 * Markov Chains", section 6.3.6), and for several servers by Kimura ("A Two-Moment Approximation for the Mean Waiting Time in the
 * GI/G/s Queue", Management Science 32, 1986). The share that waits is Erlang C's, and their wait is taken as exponential.
 * Pure.
 *
 * Accuracy, beside simulations of 1, 4 and 16 servers at loads of 0.5 to 0.9 with cs² of 0 to 4. Poisson arrivals: the mean
 * wait within 8 %, the mean time in system within 5 %, its p99 within 8 %. Arrivals with ca² of ¼ or 4: the mean
 * time in system within 20 %, its p99 within 30 % (45 % for constant service by one server at half load). Service of a
 * heavier tail, and bursts that last longer than a few arrivals, which ca² does not tell, are for a simulation.
 *
 * @throws RangeError for numbers outside their ranges.
 */
export function ggc(queue: GeneralQueue): QueueAnswer {
  requireNotNegative("the arrival rate", queue.arrivalsPerSecond);
  requireNotNegative("the squared coefficient of variation of arrivals", queue.arrivalScv);
  requireWhole("the number of servers", queue.servers, 1, SERVERS_MAX);
  const { arrivalsPerSecond, arrivalScv, service, servers } = queue;
  if (servers === 1 && arrivalScv === 1) return mg1({ arrivalsPerSecond, service });
  const mean = serviceMean(service);
  const offered = arrivalsPerSecond * mean;
  if (offered >= servers) return overloadedQueue(offered, servers, mean);
  const waiting = erlangC(offered, servers);
  const variations = {
    arrivalScv,
    serviceScv: serviceScv(service),
    utilisation: offered / servers,
    waiting,
    servers,
  };
  const factor = 0.5 * (arrivalScv + variations.serviceScv) * langenbachBelz(variations) * kimura(variations);
  /** Of those that wait. */
  const meanOfWaiting = (factor * mean) / (servers - offered);
  // Without any variation nobody ever waits below full load.
  const waitProbability = meanOfWaiting === 0 ? 0 : waiting;
  const meanWaitSeconds = waitProbability * meanOfWaiting;
  const meanSojournSeconds = meanWaitSeconds + mean;
  const wait = exponentialWait(waitProbability, meanOfWaiting);
  const sojournTail = (seconds: number) => {
    if (service.kind === "deterministic") {
      const past = seconds - mean;
      return past < 0 ? 1 : waitTail(past);
    }
    return sojournTailOf(wait, service, seconds);
  };
  const waitTail = (seconds: number) =>
    waitProbability === 0 ? 0 : waitProbability * Math.exp(-seconds / meanOfWaiting);
  return {
    stable: true,
    offeredErlangs: offered,
    utilisation: offered / servers,
    lossProbability: 0,
    throughputPerSecond: arrivalsPerSecond,
    waitProbability,
    meanWaitSeconds,
    meanSojournSeconds,
    meanQueue: arrivalsPerSecond * meanWaitSeconds,
    meanInSystem: arrivalsPerSecond * meanSojournSeconds,
    waitTail,
    waitPercentile(fraction) {
      requireFraction("the fraction of a percentile", fraction);
      return waitProbability === 0
        ? 0
        : Math.max(0, meanOfWaiting * Math.log(waitProbability / (1 - fraction)));
    },
    sojournTail,
    sojournPercentile(fraction) {
      requireFraction("the fraction of a percentile", fraction);
      return percentileOfTail(sojournTail, fraction, meanSojournSeconds);
    },
  };
}

/**
 * Kingman's bound on the mean wait of GI/G/1: at most λ (σa² + σs²) / (2 (1 - ρ)) seconds, and nearly that as the load
 * nears 1 (J. F. C. Kingman, "Some Inequalities for the Queue GI/G/1", Biometrika 49, 1962). Infinity at a load of 1 or more.
 *
 * @throws RangeError for numbers outside their ranges.
 */
export function kingmanBoundSeconds(queue: Omit<GeneralQueue, "servers">): number {
  requireNotNegative("the arrival rate", queue.arrivalsPerSecond);
  requireNotNegative("the squared coefficient of variation of arrivals", queue.arrivalScv);
  const mean = serviceMean(queue.service);
  const utilisation = queue.arrivalsPerSecond * mean;
  if (utilisation >= 1) return Infinity;
  if (utilisation === 0) return 0;
  const variances = queue.arrivalScv / utilisation + utilisation * serviceScv(queue.service);
  return (mean * variances) / (2 * (1 - utilisation));
}

interface Variations {
  readonly arrivalScv: number;
  readonly serviceScv: number;
  readonly utilisation: number;
  readonly waiting: number;
  readonly servers: number;
}

/**
 * What several servers change of (1 + cs²) / 2: 1 for one server and for exponential service. With Cosmetatos' ratio k / 2 of the
 * waits of M/D/c and M/M/c ("Approximate Explicit Formulae for the Average Queueing Time in the Processes (M/D/r) and
 * (D/M/r)", INFOR 13, 1975).
 */
function kimura({ serviceScv, utilisation, servers }: Variations): number {
  if (utilisation === 0) return 1;
  const k =
    1 + ((1 - utilisation) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) / (16 * utilisation * servers);
  // Cosmetatos' ratio is a fit for loads that make wait; M/D/c never waits longer than M/M/c.
  const ratio = Math.min(2, k);
  return ratio / (1 + serviceScv * (ratio - 1));
}

/** 1 for Poisson arrivals; below for others. */
function langenbachBelz(variations: Variations): number {
  const { arrivalScv, serviceScv, utilisation, waiting } = variations;
  const excess = arrivalScv - 1;
  if (excess === 0) return 1;
  if (excess > 0) return Math.exp((-(1 - utilisation) * excess) / (arrivalScv + 4 * serviceScv));
  const variation = arrivalScv + serviceScv;
  if (variation === 0 || waiting === 0) return 0;
  return Math.exp((-2 * (1 - utilisation) * excess * excess) / (3 * waiting * variation));
}

function exponentialWait(waitProbability: number, mean: number): WaitLaw {
  return {
    waitProbability,
    gap(line: TransformLine): ComplexLine {
      const out = { re: new Float64Array(line.count), im: new Float64Array(line.count) };
      const x = line.re * mean;
      for (let k = 0; k < line.count; k++) {
        const y = k * line.imStep * mean;
        const size = (1 + x) * (1 + x) + y * y;
        out.re[k] = (x * (1 + x) + y * y) / size;
        out.im[k] = y / size;
      }
      return out;
    },
  };
}
