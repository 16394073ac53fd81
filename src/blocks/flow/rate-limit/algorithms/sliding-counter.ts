import type { Accuracy, Decision } from "../rate-limiter.ts";
import type { SlidingCounterRule } from "../rule.ts";
import { type Algorithm, DEBT_MAX, decided, withSlack } from "./algorithm.ts";
import { WindowEdges } from "./window-edges.ts";

/** Where in a key's numbers stands what. The first one is two windows after the current one's start, which is so known. */
const CURRENT = 1;
const PREVIOUS = 2;

/**
 * The units of this fixed window, and those of the one before weighed by how much of it the last `windowMs` still overlap.
 *
 * How wrong that can be: whoever takes the whole limit just before an edge is credited with having taken it evenly, so its
 * weight sinks while in truth all of it is recent. Over an edge at most p + (limit − p · (1 − elapsed share)) units are
 * admitted, p ≤ limit being the earlier window's; so any interval of length w ≤ windowMs sees at most limit · (1 + w /
 * windowMs): a token bucket's law with a burst of the limit. Unlike with fixed windows, never twice the limit in an instant.
 */
export class SlidingCounter implements Algorithm {
  readonly numbersPerKey = 3;
  readonly accuracy: Accuracy;
  readonly #limit: number;
  readonly #edges: WindowEdges;

  /** `epochMs`: wall time less monotonic time. */
  constructor(rule: SlidingCounterRule, epochMs: number) {
    this.#limit = rule.limit;
    this.#edges = new WindowEdges(rule.windowMs, epochMs);
    this.accuracy = {
      kind: "approximate",
      windowMs: rule.windowMs,
      admittedPerWindowMax: 2 * rule.limit,
      because: "it takes the window before to have been even; of a burst at its end, it counts too little",
    };
  }

  take(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    const used = this.#roll(numbers, at, nowMs);
    if (used + cost > withSlack(this.#limit)) return this.#refused(numbers, at, nowMs, cost, used);
    numbers[at + CURRENT] = (numbers[at + CURRENT] as number) + cost;
    return this.#allowed(numbers, at, nowMs, used + cost);
  }

  peek(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    this.#roll(numbers, at, nowMs);
    const current = numbers[at + CURRENT] as number;
    const decision = this.take(numbers, at, nowMs, cost);
    numbers[at + CURRENT] = current;
    return decision;
  }

  standing(numbers: Float64Array, at: number, nowMs: number): Decision {
    const used = this.#roll(numbers, at, nowMs);
    return used + 1 > withSlack(this.#limit)
      ? this.#refused(numbers, at, nowMs, 1, used)
      : this.#allowed(numbers, at, nowMs, used);
  }

  penalize(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    this.#roll(numbers, at, nowMs);
    numbers[at + CURRENT] = Math.min((numbers[at + CURRENT] as number) + units, DEBT_MAX);
  }

  reward(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    const used = this.#roll(numbers, at, nowMs);
    const current = numbers[at + CURRENT] as number;
    const previous = numbers[at + PREVIOUS] as number;
    numbers[at + CURRENT] = Math.max(0, current - units);
    if (units <= current || previous === 0) return;
    const weight = (used - current) / previous;
    numbers[at + PREVIOUS] = weight > 0 ? Math.max(0, previous - (units - current) / weight) : 0;
  }

  /** Brings the numbers up to the present; the units used. */
  #roll(numbers: Float64Array, at: number, nowMs: number): number {
    const { windowMs } = this.#edges;
    const index = this.#edges.indexAt(nowMs);
    const startMs = this.#edges.startMs(index);
    const passed = Math.round((startMs + 2 * windowMs - (numbers[at] as number)) / windowMs);
    if (passed !== 0) {
      numbers[at + PREVIOUS] = passed === 1 ? (numbers[at + CURRENT] as number) : 0;
      numbers[at + CURRENT] = 0;
      numbers[at] = startMs + 2 * windowMs;
    }
    const weight = Math.max(0, 1 - (nowMs - startMs) / windowMs);
    return (numbers[at + PREVIOUS] as number) * weight + (numbers[at + CURRENT] as number);
  }

  #allowed(numbers: Float64Array, at: number, nowMs: number, used: number): Decision {
    return decided(true, this.#limit, this.#remaining(used), this.#resetMs(numbers, at, nowMs), 0, 0);
  }

  #refused(numbers: Float64Array, at: number, nowMs: number, cost: number, used: number): Decision {
    const retryMs =
      cost > withSlack(this.#limit)
        ? Number.POSITIVE_INFINITY
        : Math.max(0, this.#freeAtMs(numbers, at, cost) - nowMs);
    return decided(false, this.#limit, this.#remaining(used), this.#resetMs(numbers, at, nowMs), retryMs, 0);
  }

  /** When what is used has sunk so far that `cost` fits, in this window or the next. */
  #freeAtMs(numbers: Float64Array, at: number, cost: number): number {
    const { windowMs } = this.#edges;
    const startMs = (numbers[at] as number) - 2 * windowMs;
    const current = numbers[at + CURRENT] as number;
    const room = this.#limit - cost;
    if (current <= room)
      return startMs + windowMs * (1 - (room - current) / (numbers[at + PREVIOUS] as number));
    return startMs + windowMs * (2 - room / current);
  }

  #remaining(used: number): number {
    return Math.max(0, Math.floor(withSlack(this.#limit) - used));
  }

  #resetMs(numbers: Float64Array, at: number, nowMs: number): number {
    if ((numbers[at + CURRENT] as number) > 0) return (numbers[at] as number) - nowMs;
    if ((numbers[at + PREVIOUS] as number) > 0)
      return Math.max(0, (numbers[at] as number) - this.#edges.windowMs - nowMs);
    return 0;
  }
}
