import { requireNotNegative, requirePositive, requireWhole } from "../numerics/ranges.ts";
import type { Repair } from "./repair.ts";
import { stationaryShares } from "./stationary.ts";

/** One that serves, and copies of it that stand by. */
export interface ActivePassive {
  /** With the one that serves: 1 to 100. */
  readonly copies: number;
  /** Of each copy, whether it serves or stands by. Times have the exponential law. */
  readonly repair: Repair;
  /** Until a copy that stands by serves, after the one that served failed. 0 or more. */
  readonly failoverMs: number;
  /** How many are repaired at once. Default: as many as are down. */
  readonly repairers?: number;
}

/** What becomes of them. Shares of time, which add up to 1. */
export interface ActivePassiveShares {
  readonly serving: number;
  /** A copy is up, and does not serve yet. */
  readonly failingOver: number;
  readonly allDown: number;
}

/**
 * The availability of one that serves with copies that stand by, as a Markov chain whose states are how many are up, and whether one of
 * them serves (K. Trivedi, "Probability and Statistics with Reliability, Queuing and Computer Science Applications", 2002, chapter 8). A copy that
 * fails while it stands by is found at once; after all were down, the first that is repaired serves, and so does
 * one that is back before another has taken over. Pure.
 *
 * @throws RangeError when a number is outside its range.
 */
export function activePassive(options: ActivePassive): ActivePassiveShares {
  const { copies, repair, failoverMs, repairers = copies } = options;
  requireWhole("the number of copies", copies, 1, 100);
  requireWhole("the number of repairers", repairers, 1, Number.MAX_SAFE_INTEGER);
  requirePositive("the time to repair", repair.downMs);
  requireNotNegative("the failover time", failoverMs);
  if (!(repair.upMs > 0)) throw new RangeError(`the time between failures is above 0, not ${repair.upMs}`);
  if (repair.upMs === Infinity) return { serving: 1, failingOver: 0, allDown: 0 };
  const shares = stationaryShares(ratesOf({ copies, repair, failoverMs, repairers }));
  const serving = shares.slice(0, copies).reduce((sum, share) => sum + share, 0);
  const allDown = shares[copies] ?? 0;
  return { serving, allDown, failingOver: shares.slice(copies + 1).reduce((sum, share) => sum + share, 0) };
}

/** States: one serves of copies, copies - 1 … 1 that are up; none is up; none serves of copies - 1 … 1 that are up. */
function ratesOf({ copies, repair, failoverMs, repairers }: Required<ActivePassive>): readonly number[][] {
  const isSlow = 1 / failoverMs < Infinity;
  const count = isSlow ? 2 * copies : copies + 1;
  const rates = Array.from({ length: count }, () => Array<number>(count).fill(0));
  const serving = (up: number): number => copies - up;
  const waiting = (up: number): number => (up === 0 ? copies : 2 * copies - up);
  const add = (from: number, to: number, rate: number): void => {
    const row = rates[from];
    if (row) row[to] = (row[to] ?? 0) + rate;
  };
  const failure = 1 / repair.upMs;
  for (let up = 0; up <= copies; up++) {
    const mend = Math.min(copies - up, repairers) / repair.downMs;
    if (up === 0) {
      add(waiting(0), serving(1), mend);
      continue;
    }
    add(serving(up), isSlow || up === 1 ? waiting(up - 1) : serving(up - 1), failure);
    if (up > 1) add(serving(up), serving(up - 1), (up - 1) * failure);
    if (up < copies) add(serving(up), serving(up + 1), mend);
    if (!isSlow || up === copies) continue;
    add(waiting(up), serving(up), 1 / failoverMs);
    add(waiting(up), waiting(up - 1), up * failure);
    // When the last that was down is back before another has taken over, it serves again.
    add(waiting(up), up + 1 === copies ? serving(copies) : waiting(up + 1), mend);
  }
  return rates;
}
