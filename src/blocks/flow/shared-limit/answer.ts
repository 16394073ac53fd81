import type { Decision } from "../rate-limit/rate-limiter.ts";

/** A decision that many processes share. */
export interface SharedDecision extends Decision {
  /** There when the store was not asked or did not answer: the rule for its loss decided. */
  readonly degraded?: true;
}

/** How many numbers the script answers with. */
export const ANSWER_LENGTH = 9;

/** What the script of a rule answers. Times in microseconds. */
export interface Answer {
  readonly decision: SharedDecision;
  /** Units that were taken; 0 when refused. */
  readonly granted: number;
  /** The server's moment for which a place was reserved, and how long after it the key would have been as good as new. */
  readonly dueUs: number;
  readonly placeUs: number;
}

/** Reads the script's numbers, of which there are `ANSWER_LENGTH`. `capacities`: what is each tier's limit. */
export function answerFrom(numbers: readonly number[], capacities: readonly number[]): Answer {
  const [allowed = 0, granted = 0, tier = 1, remaining = 0, resetUs = 0, retryUs = 0] = numbers;
  const [delayUs = 0, dueUs = 0, placeUs = 0] = numbers.slice(6);
  return {
    decision: {
      allowed: allowed === 1,
      limit: capacities[tier - 1] ?? 0,
      remaining,
      resetAfterMs: resetUs / 1_000,
      retryAfterMs: retryUs < 0 ? Number.POSITIVE_INFINITY : retryUs / 1_000,
      delayMs: delayUs / 1_000,
    },
    granted,
    dueUs,
    placeUs,
  };
}

/** What a limiter answers without its store when nobody stands in for it. `restMs`: until the store is asked again. */
export function lostDecision(open: boolean, capacity: number, cost: number, restMs: number): SharedDecision {
  const isPossible = cost <= capacity;
  const allowed = open && isPossible;
  return {
    allowed,
    limit: capacity,
    remaining: allowed ? Math.floor(capacity - cost) : 0,
    resetAfterMs: restMs,
    retryAfterMs: allowed ? 0 : isPossible ? restMs : Number.POSITIVE_INFINITY,
    delayMs: 0,
    degraded: true,
  };
}
