import { requireNotNegative, requirePositive, requireShare, requireWhole } from "../numerics/ranges.ts";
import { finishDraft, newDraft, setBin } from "./draft.ts";
import { quickestOf } from "./join.ts";
import { constantTime, oneOf } from "./laws.ts";
import { densityOf, type ResponseTime, shareAbove, shareInBin } from "./response-time.ts";
import { inSequence } from "./sequence.ts";

/**
 * Calls that may fail, are given up after a while, tried again, or doubled. Attempts are taken as independent of each other: a
 * part that is down for all of them, or slow because of them, is for availability and for a simulation. Pure.
 */

/** How a call ends. */
export interface CallOutcome {
  /** The share of calls that end without an answer, 0 to 1. */
  readonly failedShare: number;
  /** The time of those answered; undefined when none is. */
  readonly answered: ResponseTime | undefined;
  /** The time of those that failed; undefined when none does. */
  readonly failed: ResponseTime | undefined;
  /** Attempts made per call, on average, 1 or more: by how much the load of what is called grows. */
  readonly attemptsMean: number;
}

/** One attempt, and the rules for more of them. */
export interface CallRules {
  /** How long an attempt takes that nobody gives up. */
  readonly time: ResponseTime;
  /** The share of attempts that fail, as late as others answer: 0 to 1, default 0. */
  readonly failureShare?: number;
  /** After how long an attempt is given up: above 0, default never. */
  readonly timeoutSeconds?: number;
  /** The pause before each attempt after the first: as many as there are retries, 0 to 20, default none. */
  readonly pauses?: readonly ResponseTime[];
}

/**
 * A call with a timeout for each attempt and retries after pauses.
 *
 * @throws RangeError for numbers outside their ranges.
 */
export function callOutcome(rules: CallRules): CallOutcome {
  const pauses = rules.pauses ?? [];
  requireWhole("the number of retries", pauses.length, 0, 20);
  const attempt = oneAttempt(rules);
  const answers: { share: number; time: ResponseTime }[] = [];
  /** Of those that come to the attempt, the time spent before it. */
  const before: ResponseTime[] = [];
  let reached = 1;
  let attemptsMean = 0;
  for (let n = 0; n <= pauses.length && reached > 0; n++) {
    const pause = pauses[n - 1];
    if (pause !== undefined) before.push(pause);
    before.splice(0, before.length, ...(before.length > 1 ? [inSequence(...before)] : before));
    attemptsMean += reached;
    if (attempt.answered !== undefined) {
      answers.push({
        share: reached * (1 - attempt.failedShare),
        time: inSequence(...before, attempt.answered),
      });
    }
    if (attempt.failed !== undefined) before.push(attempt.failed);
    reached *= attempt.failedShare;
  }
  const answeredShare = answers.reduce((sum, one) => sum + one.share, 0);
  return {
    failedShare: reached,
    answered:
      answeredShare > 0
        ? oneOf(answers.map((one) => ({ share: one.share / answeredShare, time: one.time })))
        : undefined,
    failed: reached > 0 ? inSequence(...before) : undefined,
    attemptsMean,
  };
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

/** The law of those that end within a time, and of those that do not; undefined where there are none. */
export interface CutTime {
  readonly within: ResponseTime | undefined;
  readonly beyond: ResponseTime | undefined;
  readonly beyondShare: number;
}

/**
 * Parts a law at a time above 0 s.
 *
 * @throws RangeError for another time.
 */
export function cutAt(time: ResponseTime, seconds: number): CutTime {
  requirePositive("the time", seconds);
  const beyondShare = shareAbove(time, seconds);
  if (beyondShare <= 0) return { within: time, beyond: undefined, beyondShare: 0 };
  if (beyondShare >= 1) return { within: undefined, beyond: time, beyondShare: 1 };
  const within = newDraft();
  const beyond = newDraft();
  for (let n = 0; n < time.shares.length; n++) {
    const bin = time.first + n;
    const share = time.shares[n] as number;
    if (share === 0) continue;
    const mean = time.means[n] as number;
    const below = share * shareInBin(time, n, seconds);
    const variance = time.variances[n] as number;
    if (below === share) setBin(within, bin, mean, variance, share);
    else if (below === 0) setBin(beyond, bin, mean, variance, share);
    else {
      // The cut passes through the bin: either part lies evenly on its side.
      const { from, width } = densityOf(time, n);
      const low = seconds - from;
      const high = width - low;
      setBin(within, bin, from + low / 2, (low * low) / 12, below);
      setBin(beyond, bin, seconds + high / 2, (high * high) / 12, share - below);
    }
  }
  return {
    within: finishDraft(within, time.leastSeconds, Math.min(seconds, time.mostSeconds)),
    beyond: finishDraft(beyond, Math.max(seconds, time.leastSeconds), time.mostSeconds),
    beyondShare,
  };
}

function oneAttempt(rules: CallRules): Omit<CallOutcome, "attemptsMean"> {
  const failureShare = rules.failureShare ?? 0;
  requireShare("the share of failures", failureShare);
  const { time, timeoutSeconds } = rules;
  const cut: CutTime =
    timeoutSeconds === undefined
      ? { within: time, beyond: undefined, beyondShare: 0 }
      : cutAt(time, timeoutSeconds);
  const refused = (1 - cut.beyondShare) * failureShare;
  const failedShare = refused + cut.beyondShare;
  const failures: { share: number; time: ResponseTime }[] = [];
  if (refused > 0 && cut.within !== undefined) {
    failures.push({ share: refused / failedShare, time: cut.within });
  }
  if (cut.beyondShare > 0 && timeoutSeconds !== undefined) {
    failures.push({ share: cut.beyondShare / failedShare, time: constantTime(timeoutSeconds) });
  }
  return {
    failedShare,
    answered: failedShare < 1 ? cut.within : undefined,
    failed: failures.length > 0 ? oneOf(failures) : undefined,
  };
}
