import { slowestOf } from "./join.ts";
import { constantTime, oneOf } from "./laws.ts";
import type { ResponseTime } from "./response-time.ts";
import { inSequence } from "./sequence.ts";

/**
 * How work ends that may fail: with an answer, without one, or never. Parts of a way are taken as independent of each other. A value. Pure.
 */
export interface Outcome {
  /** The time of those answered; undefined when none is. */
  readonly answered: ResponseTime | undefined;
  /** The time until it was known of those that failed; undefined when none did. */
  readonly failed: ResponseTime | undefined;
  /** 0 to 1. */
  readonly failedShare: number;
  /** The share that waits for ever, as before a part that is full: 0 to 1. What is left is answered. */
  readonly stuckShare: number;
}

/** Nothing to do. */
export const AT_ONCE: Outcome = answeredAfter(constantTime(0));

/** Waits for ever. */
export const NEVER: Outcome = { answered: undefined, failed: undefined, failedShare: 0, stuckShare: 1 };

/** Is always answered. */
export function answeredAfter(time: ResponseTime): Outcome {
  return { answered: time, failed: undefined, failedShare: 0, stuckShare: 0 };
}

/** Fails always, after that time. */
export function failedAfter(time: ResponseTime): Outcome {
  return { answered: undefined, failed: time, failedShare: 1, stuckShare: 0 };
}

/** The share that is answered, 0 to 1. */
export function answeredShare({ failedShare, stuckShare }: Outcome): number {
  return Math.max(0, 1 - failedShare - stuckShare);
}

/** One after the other; what fails ends it. */
export function then(first: Outcome, second: Outcome): Outcome {
  if (first === AT_ONCE || second === NEVER) return second === NEVER ? stuckAfter(first) : second;
  if (second === AT_ONCE || first.answered === undefined) return first;
  const reached = answeredShare(first);
  const before = first.answered;
  return collect(
    [
      { share: first.failedShare, time: first.failed },
      { share: reached * second.failedShare, time: second.failed && inSequence(before, second.failed) },
    ],
    [{ share: 1, time: second.answered && inSequence(before, second.answered) }],
    first.stuckShare + reached * second.stuckShare,
  );
}

/** One of several by chance; shares add up to 1. */
export function eitherOf(
  branches: readonly { readonly share: number; readonly outcome: Outcome }[],
): Outcome {
  const taken = branches.filter(({ share }) => share > 0);
  const [only] = taken;
  if (only !== undefined && taken.length === 1) return only.outcome;
  return collect(
    taken.map(({ share, outcome }) => ({ share: share * outcome.failedShare, time: outcome.failed })),
    taken.map(({ share, outcome }) => ({ share: share * answeredShare(outcome), time: outcome.answered })),
    taken.reduce((sum, { share, outcome }) => sum + share * outcome.stuckShare, 0),
  );
}

/** Done in that share of cases; in the others it takes no time. */
export function inShare(share: number, outcome: Outcome): Outcome {
  if (share >= 1) return outcome;
  return eitherOf([
    { share: 1 - share, outcome: AT_ONCE },
    { share, outcome },
  ]);
}

/** So many times, one after the other: 0 or more. A fraction is the chance of one more. */
export function repeated(outcome: Outcome, times: number): Outcome {
  const whole = Math.floor(times);
  let all: Outcome = times > whole ? inShare(times - whole, outcome) : AT_ONCE;
  let power = outcome;
  for (let left = whole; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) all = then(all, power);
    if (left > 1) power = then(power, power);
  }
  return all;
}

/** At the same time: all are awaited, and all have to be answered. */
export function together(outcomes: readonly Outcome[]): Outcome {
  const [first, ...others] = outcomes;
  if (first === undefined) return AT_ONCE;
  return others.reduce(bothOf, first);
}

function bothOf(a: Outcome, b: Outcome): Outcome {
  const answered = answeredShare(a) * answeredShare(b);
  const stuck = 1 - (1 - a.stuckShare) * (1 - b.stuckShare);
  // Which of the two failed first is not told apart: either is as likely as its share.
  const failed = 1 - answered - stuck;
  const either = a.failedShare + b.failedShare;
  const share = (one: Outcome) => (either > 0 ? (failed * one.failedShare) / either : 0);
  return collect(
    [
      { share: share(a), time: a.failed },
      { share: share(b), time: b.failed },
    ],
    [{ share: answered, time: a.answered && b.answered && slowestOf(a.answered, b.answered) }],
    stuck,
  );
}

/** What fails is as good as answered: the caller can do without. */
export function forgiven(outcome: Outcome): Outcome {
  if (outcome.failed === undefined) return outcome;
  return collect(
    [],
    [
      { share: answeredShare(outcome), time: outcome.answered },
      { share: outcome.failedShare, time: outcome.failed },
    ],
    outcome.stuckShare,
  );
}

function stuckAfter(first: Outcome): Outcome {
  return { ...first, answered: undefined, stuckShare: 1 - first.failedShare };
}

interface Branch {
  readonly share: number;
  readonly time: ResponseTime | undefined;
}

/** Below this a share of failures is not worth a law: it is that of rounding, or of what was gathered at the end of a law. */
const LEAST_SHARE = 1e-9;

/** Puts an outcome together from what fails, by shares of all, and what is answered, by shares of any sum. */
export function collect(failed: readonly Branch[], answered: readonly Branch[], stuckShare: number): Outcome {
  const failedShare = failed.reduce((sum, { share }) => sum + share, 0);
  const isWhole = failedShare < LEAST_SHARE;
  return {
    answered: mixture(answered),
    failed: isWhole ? undefined : mixture(failed),
    failedShare: isWhole ? 0 : Math.min(1, failedShare),
    stuckShare: stuckShare < LEAST_SHARE ? 0 : Math.min(1, stuckShare),
  };
}

function mixture(branches: readonly Branch[]): ResponseTime | undefined {
  const taken: { share: number; time: ResponseTime }[] = [];
  let sum = 0;
  for (const { share, time } of branches) {
    if (time === undefined || !(share > 0)) continue;
    taken.push({ share, time });
    sum += share;
  }
  const [only] = taken;
  if (only === undefined) return undefined;
  if (taken.length === 1) return only.time;
  return oneOf(taken.map(({ share, time }) => ({ share: share / sum, time })));
}
