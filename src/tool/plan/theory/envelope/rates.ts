import { requireNotNegative, requirePositive, requireShare } from "../numerics/ranges.ts";

/** Rates of requests, as the back of an envelope has them. A day has 86,400 seconds. Pure. */

export const SECONDS_PER_DAY = 86_400;

/** Requests of a day, and per second on average: users times requests of each. */
export function ratesOfUsers(users: {
  readonly dailyUsers: number;
  readonly requestsPerUserPerDay: number;
}): {
  readonly perDay: number;
  readonly perSecond: number;
} {
  requireNotNegative("the number of users", users.dailyUsers);
  requireNotNegative("the requests of a user", users.requestsPerUserPerDay);
  const perDay = users.dailyUsers * users.requestsPerUserPerDay;
  return { perDay, perSecond: perDay / SECONDS_PER_DAY };
}

/** The part of a rate, or of any count, that only reads, and the rest. `reads`: 0 to 1. */
export function readsAndWrites(
  rate: number,
  reads: number,
): { readonly reads: number; readonly writes: number } {
  requireNotNegative("the rate", rate);
  requireShare("the share of reads", reads);
  return { reads: rate * reads, writes: rate * (1 - reads) };
}

/** The share of reads where there are so many for each write: 0.909 of 10 to 1. */
export function readShare(readsPerWrite: number): number {
  requireNotNegative("the reads for each write", readsPerWrite);
  return readsPerWrite / (readsPerWrite + 1);
}

/**
 * How many are under way on average when so many come in a second and each stays so long (J. Little, "A Proof for the Queuing Formula L = λW",
 * Operations Research 9, 1961). It holds for connections, requests, threads, whatever the laws of coming and staying.
 */
export function underWay(perSecond: number, seconds: number): number {
  requireNotNegative("the rate", perSecond);
  requireNotNegative("the time that each stays", seconds);
  return perSecond * seconds;
}

/**
 * Instances that carry a rate, each up to a share of what it can do at most. Rounding does not ask for one more than there is need of.
 *
 * @throws RangeError when a number is outside its range, or the share is 0.
 */
export function instancesFor(load: {
  readonly perSecond: number;
  /** What one can do at most. */
  readonly eachPerSecond: number;
  /** Up to which share of that each is loaded. Default 1. */
  readonly utilisation?: number;
}): number {
  const { perSecond, eachPerSecond, utilisation = 1 } = load;
  requireNotNegative("the rate", perSecond);
  requirePositive("the rate of an instance", eachPerSecond);
  requirePositive("the utilisation", utilisation);
  requireShare("the utilisation", utilisation);
  return Math.ceil((perSecond / (eachPerSecond * utilisation)) * (1 - 1e-12));
}
