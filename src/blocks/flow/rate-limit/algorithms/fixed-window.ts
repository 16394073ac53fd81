import type { Accuracy, Decision } from "../rate-limiter.ts";
import type { FixedWindowRule } from "../rule.ts";
import { DEBT_MAX, decided, type Place, type ReservingAlgorithm, withSlack } from "./algorithm.ts";
import { WindowEdges } from "./window-edges.ts";

/** Where in a key's numbers stands what. */
const USED = 1;
const INDEX = 2;

/**
 * Units used since the window began. More than the limit of them are a debt, or places held ahead: they fill the windows that
 * follow, the limit in each, and each window that ends works off as many.
 */
export class FixedWindow implements ReservingAlgorithm {
  readonly numbersPerKey = 3;
  readonly accuracy: Accuracy;
  readonly #limit: number;
  readonly #edges: WindowEdges;

  /** `epochMs`: wall time less monotonic time. */
  constructor(rule: FixedWindowRule, epochMs: number) {
    this.#limit = rule.limit;
    this.#edges = new WindowEdges(rule.windowMs, epochMs);
    this.accuracy = {
      kind: "approximate",
      windowMs: rule.windowMs,
      admittedPerWindowMax: 2 * rule.limit,
      because: "a window that straddles an edge can see the limit before it and the limit after it",
    };
  }

  take(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    const used = this.#roll(numbers, at, nowMs);
    if (used + cost > withSlack(this.#limit)) return this.#refused(numbers, at, nowMs, cost, 0);
    this.#use(numbers, at, used + cost);
    return this.#allowed(numbers, at, nowMs, 0);
  }

  peek(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    const used = this.#roll(numbers, at, nowMs);
    const decision = this.take(numbers, at, nowMs, cost);
    this.#use(numbers, at, used);
    return decision;
  }

  standing(numbers: Float64Array, at: number, nowMs: number): Decision {
    const used = this.#roll(numbers, at, nowMs);
    return used + 1 > withSlack(this.#limit)
      ? this.#refused(numbers, at, nowMs, 1, 0)
      : this.#allowed(numbers, at, nowMs, 0);
  }

  penalize(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    this.#use(numbers, at, Math.min(this.#roll(numbers, at, nowMs) + units, DEBT_MAX));
  }

  reward(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    this.#use(numbers, at, Math.max(0, this.#roll(numbers, at, nowMs) - units));
  }

  reserve(numbers: Float64Array, at: number, nowMs: number, cost: number, waitMsMax: number): Decision {
    const used = this.#roll(numbers, at, nowMs);
    if (cost > withSlack(this.#limit)) return this.#refused(numbers, at, nowMs, cost, 0);
    const ahead = this.#windowsUntil(used, cost);
    const delayMs = ahead === 0 ? 0 : this.#startMs(numbers, at, ahead) - nowMs;
    if (delayMs > waitMsMax) return this.#refused(numbers, at, nowMs, cost, waitMsMax);
    this.#use(numbers, at, Math.max(used, ahead * this.#limit) + cost);
    return this.#allowed(numbers, at, nowMs, delayMs);
  }

  /**
   * Only a place in the last window in which any are held can be given back: earlier ones are closed, and what a place that
   * did not fit had left over in them stays unused.
   */
  cancel(numbers: Float64Array, at: number, nowMs: number, place: Place): void {
    const used = this.#roll(numbers, at, nowMs);
    const ahead = this.#edges.indexAt(place.dueMs) - (numbers[at + INDEX] as number);
    const isLast = used > ahead * this.#limit && used <= withSlack((ahead + 1) * this.#limit);
    if (ahead >= 0 && isLast) this.#use(numbers, at, Math.max(0, used - place.cost));
  }

  /** How many windows on there is room for `cost`. */
  #windowsUntil(used: number, cost: number): number {
    return Math.max(0, Math.ceil((used + cost) / this.#limit - 1 - 1e-9));
  }

  #startMs(numbers: Float64Array, at: number, ahead: number): number {
    return this.#edges.startMs((numbers[at + INDEX] as number) + ahead);
  }

  #roll(numbers: Float64Array, at: number, nowMs: number): number {
    const index = this.#edges.indexAt(nowMs);
    const used = numbers[at + USED] as number;
    const passed = index - (numbers[at + INDEX] as number);
    if (passed === 0 || used === 0) {
      numbers[at + INDEX] = index;
      return used;
    }
    const left = Math.max(0, used - passed * this.#limit);
    numbers[at + INDEX] = index;
    this.#use(numbers, at, left);
    return left;
  }

  #use(numbers: Float64Array, at: number, used: number): void {
    numbers[at + USED] = used;
    numbers[at] = this.#startMs(numbers, at, Math.ceil(used / this.#limit - 1e-9));
  }

  #allowed(numbers: Float64Array, at: number, nowMs: number, delayMs: number): Decision {
    return decided(
      true,
      this.#limit,
      this.#remaining(numbers, at),
      this.#resetMs(numbers, at, nowMs),
      0,
      delayMs,
    );
  }

  #refused(numbers: Float64Array, at: number, nowMs: number, cost: number, waitMsMax: number): Decision {
    const ahead = this.#windowsUntil(numbers[at + USED] as number, cost);
    const retryMs =
      cost > withSlack(this.#limit)
        ? Number.POSITIVE_INFINITY
        : this.#startMs(numbers, at, ahead) - nowMs - waitMsMax;
    return decided(
      false,
      this.#limit,
      this.#remaining(numbers, at),
      this.#resetMs(numbers, at, nowMs),
      retryMs,
      0,
    );
  }

  #remaining(numbers: Float64Array, at: number): number {
    return Math.max(0, Math.floor(withSlack(this.#limit) - (numbers[at + USED] as number)));
  }

  #resetMs(numbers: Float64Array, at: number, nowMs: number): number {
    return Math.max(0, (numbers[at] as number) - nowMs);
  }
}
