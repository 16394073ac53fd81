import { percentileOfTail } from "../numerics/percentile.ts";
import { requireFraction, requireNotNegative, requirePositive, requireWhole } from "../numerics/ranges.ts";
import { erlangC, SERVERS_MAX } from "./erlang.ts";
import { overloadedQueue, type QueueAnswer } from "./queue.ts";

/** Poisson arrivals to one line before c equal servers, exponential service times. */
export interface MarkovQueue {
  /** λ, 0 or more. */
  readonly arrivalsPerSecond: number;
  /** E[S] = 1 / μ, above 0. */
  readonly serviceSeconds: number;
  /** c, 1 to 1,000,000. */
  readonly servers: number;
}

/**
 * M/M/c, first come, first served: exact, percentiles included (Gross, Shortle, Thompson & Harris, "Fundamentals of Queueing
 * Theory", 4th ed., section 2.3; Kleinrock, "Queueing Systems", vol. I, section 3.5). Pure.
 *
 * The wait is 0 with probability 1 - C and else exponential with rate cμ - λ; the time in system is that plus a service.
 *
 * @throws RangeError for numbers outside their ranges.
 */
export function mmc(queue: MarkovQueue): QueueAnswer {
  requireNotNegative("the arrival rate", queue.arrivalsPerSecond);
  requirePositive("the service time", queue.serviceSeconds);
  requireWhole("the number of servers", queue.servers, 1, SERVERS_MAX);
  const { arrivalsPerSecond, serviceSeconds, servers } = queue;
  const offered = arrivalsPerSecond * serviceSeconds;
  if (offered >= servers) return overloadedQueue(offered, servers, serviceSeconds);
  const waiting = erlangC(offered, servers);
  const serviceRate = 1 / serviceSeconds;
  // cμ - λ, as the difference of loads: their quotient is rounded once, not twice.
  const drainRate = (servers - offered) * serviceRate;
  const meanWaitSeconds = waiting / drainRate;
  const meanSojournSeconds = meanWaitSeconds + serviceSeconds;
  const sojournTail = (seconds: number) =>
    (1 - waiting) * Math.exp(-serviceRate * seconds) +
    waiting * twoStageTail(drainRate, serviceRate, seconds);
  return {
    stable: true,
    offeredErlangs: offered,
    utilisation: offered / servers,
    lossProbability: 0,
    throughputPerSecond: arrivalsPerSecond,
    waitProbability: waiting,
    meanWaitSeconds,
    meanSojournSeconds,
    meanQueue: arrivalsPerSecond * meanWaitSeconds,
    meanInSystem: arrivalsPerSecond * meanWaitSeconds + offered,
    waitTail: (seconds) => waiting * Math.exp(-drainRate * seconds),
    waitPercentile(fraction) {
      requireFraction("the fraction of a percentile", fraction);
      return Math.max(0, Math.log(waiting / (1 - fraction)) / drainRate);
    },
    sojournTail,
    sojournPercentile(fraction) {
      requireFraction("the fraction of a percentile", fraction);
      return percentileOfTail(sojournTail, fraction, meanSojournSeconds);
    },
  };
}

/**
 * P(X + Y > t) for independent exponential X and Y of these rates. Factoring out the slower keeps it exact when the two are
 * nearly or quite the same.
 */
export function twoStageTail(oneRate: number, otherRate: number, t: number): number {
  const slow = Math.min(oneRate, otherRate);
  const difference = Math.max(oneRate, otherRate) - slow;
  const extra = difference * t < 1e-12 ? t : -Math.expm1(-difference * t) / difference;
  return Math.exp(-slow * t) * (1 + slow * extra);
}
