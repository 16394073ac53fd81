/**
 * What every model of a queue says. Times are seconds, rates are per second, as in the books. Pure.
 *
 * A queue that is not stable is an answer, not an error: `stable` is false, its waits are Infinity, its tails 1.
 */
export interface QueueAnswer {
  /** Whether a steady state exists: offered load below the servers, or a bound on the waiting. */
  readonly stable: boolean;
  /** Offered load a = λ E[S], in Erlangs: the mean number of busy servers if there were always one free. */
  readonly offeredErlangs: number;
  /**
   * The share of time that a server is busy, 0 to 1. Of a queue that is not stable, the offered load per server, 1 or
   * more, since by how much it is too much is what one wants to know.
   */
  readonly utilisation: number;
  /** The share of arrivals that are turned away, 0 to 1; 0 where nothing bounds the queue. */
  readonly lossProbability: number;
  /** Completions per second. */
  readonly throughputPerSecond: number;
  /** The share of those taken in that have to wait, 0 to 1. */
  readonly waitProbability: number;
  /** Mean wait for a server of those taken in, the lucky included. */
  readonly meanWaitSeconds: number;
  /** Mean time in the system, wait and service, of those taken in. */
  readonly meanSojournSeconds: number;
  /** Mean number waiting. */
  readonly meanQueue: number;
  /** Mean number waiting or in service. */
  readonly meanInSystem: number;
  /** P(wait > t) of those taken in, for t >= 0 in seconds. */
  waitTail(seconds: number): number;
  /** The wait in seconds that `fraction` (0 to below 1: 0.99 for p99) of those taken in do not exceed. */
  waitPercentile(fraction: number): number;
  /** P(time in system > t) of those taken in, for t >= 0 in seconds. */
  sojournTail(seconds: number): number;
  /** The time in system in seconds that `fraction` (0 to below 1) of those taken in do not exceed. */
  sojournPercentile(fraction: number): number;
}

/** The answer for a queue that is offered at least as much as its servers can do, and takes in everything. */
export function overloadedQueue(
  offeredErlangs: number,
  servers: number,
  serviceSeconds: number,
): QueueAnswer {
  return {
    stable: false,
    offeredErlangs,
    utilisation: offeredErlangs / servers,
    lossProbability: 0,
    throughputPerSecond: servers / serviceSeconds,
    waitProbability: 1,
    meanWaitSeconds: Infinity,
    meanSojournSeconds: Infinity,
    meanQueue: Infinity,
    meanInSystem: Infinity,
    waitTail: () => 1,
    waitPercentile: () => Infinity,
    sojournTail: () => 1,
    sojournPercentile: () => Infinity,
  };
}
