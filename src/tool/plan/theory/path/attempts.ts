import { requireNotNegative, requirePositive, requireShare, requireWhole } from "../numerics/ranges.ts";
import { finishDraft, newDraft, setBin } from "./draft.ts";
import { quickestOf } from "./join.ts";
import { constantTime } from "./laws.ts";
import { AT_ONCE, answeredShare, collect, type Outcome, then } from "./outcome.ts";
import { densityOf, type ResponseTime, shareAbove, shareInBin } from "./response-time.ts";
import { inSequence } from "./sequence.ts";

/**
 * Calls that are given up after a while, tried again, or doubled. Attempts are taken as independent of each other: a part that is down
 * for all of them, or slow because of them, is for availability and for a simulation. Pure.
 */

/** A share that takes longer is not worth a cut: what is gathered at the end of a law says no more about it. */
const LEAST_SHARE = 1e-7;

/**
 * Given up after so many seconds, above 0; what waits for ever is then known to have failed.
 *
 * @throws RangeError for another time.
 */
export function withTimeout(outcome: Outcome, seconds: number): Outcome {
  requirePositive("the timeout", seconds);
  const answered = outcome.answered && cutAt(outcome.answered, seconds);
  const failed = outcome.failed && cutAt(outcome.failed, seconds);
  const late = (answered?.beyondShare ?? 0) * answeredShare(outcome);
  const lateFailure = (failed?.beyondShare ?? 0) * outcome.failedShare;
  if (late + lateFailure + outcome.stuckShare === 0) return outcome;
  return collect(
    [
      { share: late + lateFailure + outcome.stuckShare, time: constantTime(seconds) },
      { share: outcome.failedShare - lateFailure, time: failed?.within },
    ],
    [{ share: 1, time: answered?.within }],
    0,
  );
}

/** A call with all its attempts. */
export interface Attempts {
  readonly outcome: Outcome;
  /** Attempts made per call, on average, 1 or more: by how much the load of what is called grows. */
  readonly mean: number;
}

/**
 * Tried again after pauses, of which there are as many as retries: 0 to 100. `retriedShare` (0 to 1, default 1) of what fails is tried
 * again, as a budget of retries allows.
 *
 * @throws RangeError for numbers outside their ranges.
 */
export function withRetries(attempt: Outcome, pauses: readonly ResponseTime[], retriedShare = 1): Attempts {
  requireWhole("the number of retries", pauses.length, 0, 100);
  requireShare("the share that is tried again", retriedShare);
  if (attempt.failed === undefined || pauses.length === 0) return { outcome: attempt, mean: 1 };
  const answers: { share: number; time: ResponseTime | undefined }[] = [];
  const failures: { share: number; time: ResponseTime | undefined }[] = [];
  let stuckShare = 0;
  let before: Outcome = AT_ONCE;
  let reached = 1;
  let mean = 0;
  for (let n = 0; n <= pauses.length; n++) {
    const here = then(before, attempt);
    mean += reached;
    answers.push({ share: reached * answeredShare(attempt), time: here.answered });
    stuckShare += reached * attempt.stuckShare;
    const failedHere = reached * attempt.failedShare;
    const again = n < pauses.length && failedHere > LEAST_SHARE ? retriedShare : 0;
    failures.push({ share: failedHere * (1 - again), time: here.failed });
    reached = failedHere * again;
    const pause = pauses[n];
    if (reached === 0 || pause === undefined || here.failed === undefined) break;
    before = { ...AT_ONCE, answered: inSequence(here.failed, pause) };
  }
  return { outcome: collect(failures, answers, stuckShare), mean };
}

/**
 * The share of failures that may be tried again, so that retries per call stay within `retriesPerCall`: all of them where
 * `retries` attempts more, of which each fails with `failedShare`, are fewer.
 */
export function budgetedShare(failedShare: number, retries: number, retriesPerCall: number): number {
  if (geometric(failedShare, retries) <= retriesPerCall) return 1;
  let low = 0;
  let high = 1;
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (geometric(failedShare * middle, retries) <= retriesPerCall) low = middle;
    else high = middle;
  }
  return low;
}

/** x + x² + … + x^n */
function geometric(x: number, n: number): number {
  let sum = 0;
  for (let power = 1; power <= n; power++) sum += x ** power;
  return sum;
}

/**
 * A second, equal call is made when the first has no answer after `afterSeconds` (0 or more); the first answer counts (Dean &
 * Barroso, "The Tail at Scale", CACM 56, 2013). `extraShare` is the share of calls doubled.
 *
 * @throws RangeError for another time.
 */
export function hedged(
  time: ResponseTime,
  afterSeconds: number,
): { readonly time: ResponseTime; readonly extraShare: number } {
  requireNotNegative("the time before the second call", afterSeconds);
  const second = inSequence(constantTime(afterSeconds), time);
  return { time: quickestOf(time, second), extraShare: shareAbove(time, afterSeconds) };
}

/** The law of those that end within a time; undefined where none does. */
interface CutTime {
  readonly within: ResponseTime | undefined;
  readonly beyondShare: number;
}

function cutAt(time: ResponseTime, seconds: number): CutTime {
  const beyondShare = shareAbove(time, seconds);
  if (beyondShare < LEAST_SHARE) return { within: time, beyondShare: 0 };
  const draft = newDraft();
  let within = 0;
  for (let n = 0; n < time.shares.length; n++) {
    const bin = time.first + n;
    const share = time.shares[n] as number;
    const below = share === 0 ? 0 : share * shareInBin(time, n, seconds);
    if (below === 0) continue;
    within += below;
    if (below === share) setBin(draft, bin, time.means[n] as number, time.variances[n] as number, share);
    else {
      // The cut passes through the bin: what is before it lies evenly there.
      const { from } = densityOf(time, n);
      const low = seconds - from;
      setBin(draft, bin, from + low / 2, (low * low) / 12, below);
    }
  }
  if (within < LEAST_SHARE) return { within: undefined, beyondShare: 1 };
  return {
    within: finishDraft(draft, time.leastSeconds, Math.min(seconds, time.mostSeconds)),
    beyondShare,
  };
}
