import type { Accuracy, Decision } from "../rate-limiter.ts";

/**
 * How a rule is kept: decisions over a few numbers per key, at `numbers[at]` and after. Pure: time comes in, the answer goes
 * out.
 *
 * The first number of a key is always the moment when it is as good as new, in monotonic milliseconds: from then on it may be
 * forgotten. A key that is not known yet has the present there, and zeros behind it.
 */
export interface Algorithm {
  readonly accuracy: Accuracy;
  /** How many numbers a key has. */
  readonly numbersPerKey: number;
  take(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision;
  /** What `take` would answer. */
  peek(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision;
  /** How the key stands, for whoever has just changed it: allowed when a unit could be taken, `remaining` before taking it. */
  standing(numbers: Float64Array, at: number, nowMs: number): Decision;
  penalize(numbers: Float64Array, at: number, nowMs: number, units: number): void;
  reward(numbers: Float64Array, at: number, nowMs: number, units: number): void;
  /** Lets go of what the key holds besides its numbers. */
  release?(numbers: Float64Array, at: number): void;
}

/** An algorithm under which places in the future can be held. */
export interface ReservingAlgorithm extends Algorithm {
  reserve(numbers: Float64Array, at: number, nowMs: number, cost: number, waitMsMax: number): Decision;
  /** Gives back a place whose moment has not passed. */
  cancel(numbers: Float64Array, at: number, nowMs: number, place: Place): void;
}

/** A place that was reserved. */
export interface Place {
  readonly cost: number;
  /** The moment it is for, in monotonic milliseconds. */
  readonly dueMs: number;
  /** The key's first number as the reservation left it. */
  readonly idleAtMs: number;
}

/**
 * Moments closer than this are one: 10 ns. It takes up the rounding of monotonic times up to a year, so that waiting for exactly
 * `retryAfterMs` is enough. It does not add up: each decision is made from unrounded state.
 */
export const SLACK_MS = 1e-5;

/**
 * A limit, widened by a billionth for the rounding of sums of fractions, and by less than a unit: what is counted in whole units
 * is counted exactly.
 */
export function withSlack(limit: number): number {
  return limit + Math.min(limit * 1e-9, 0.5);
}

/** Debts end here, so that sums stay finite: 30,000 years. */
export const DEBT_MAX = 1e15;

/** A decision, made in one place so that all have one shape. */
export function decided(
  allowed: boolean,
  limit: number,
  remaining: number,
  resetAfterMs: number,
  retryAfterMs: number,
  delayMs: number,
): Decision {
  return { allowed, limit, remaining, resetAfterMs, retryAfterMs, delayMs };
}
