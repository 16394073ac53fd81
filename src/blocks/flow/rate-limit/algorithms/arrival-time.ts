import type { Accuracy, Decision } from "../rate-limiter.ts";
import type { GcraRule, LeakyMeterRule, LeakyQueueRule, TokenBucketRule } from "../rule.ts";
import { DEBT_MAX, decided, type Place, type ReservingAlgorithm, SLACK_MS } from "./algorithm.ts";

/**
 * Token bucket, GCRA and leaky bucket, kept as one number per key: the theoretical arrival time (ITU-T I.371, annex A), at
 * which the bucket is full of tokens, or empty of water. They are three accounts of one law, and decide alike; a property
 * test compares this with the two buckets written out.
 *
 * The leaky queue is the same again, with room for `queue` units and the one that is leaving; its takers are let go when the
 * water before them has leaked out.
 */
export class ArrivalTime implements ReservingAlgorithm {
  readonly numbersPerKey = 1;
  readonly accuracy: Accuracy;
  readonly #limit: number;
  readonly #perUnitMs: number;
  /** How far the arrival time may run ahead of the present. */
  readonly #spanMs: number;
  readonly #queues: boolean;
  /** As `SLACK_MS`; longer for spans of months and years, sums with which are rounded by more. */
  readonly #slackMs: number;

  constructor(rule: TokenBucketRule | GcraRule | LeakyMeterRule | LeakyQueueRule) {
    this.#queues = rule.kind === "leaky-queue";
    this.#limit = rule.kind === "leaky-queue" ? rule.queue + 1 : rule.burst;
    this.#perUnitMs = rule.windowMs / rule.limit;
    this.#spanMs = this.#limit * this.#perUnitMs;
    this.#slackMs = Math.max(SLACK_MS, this.#spanMs * 2 ** -50);
    this.accuracy = {
      kind: "exact",
      windowMs: rule.windowMs,
      admittedPerWindowMax: this.#limit + rule.limit,
      because:
        rule.kind === "leaky-queue"
          ? "one costly taker may leave at a window's end; takers of cost 1 leave evenly, at most the limit in any window"
          : "a quiet key has saved up its burst, and a window's units come in while it is spent",
    };
  }

  take(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    const fromMs = this.#from(numbers, at, nowMs);
    const untilMs = fromMs + cost * this.#perUnitMs;
    const earlyMs = untilMs - this.#spanMs - nowMs;
    if (earlyMs > this.#slackMs) return this.#refused(nowMs, fromMs, cost, earlyMs);
    numbers[at] = untilMs;
    return this.#allowed(nowMs, untilMs, this.#queues ? fromMs - nowMs : 0);
  }

  peek(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    const heldMs = numbers[at] as number;
    const decision = this.take(numbers, at, nowMs, cost);
    numbers[at] = heldMs;
    return decision;
  }

  standing(numbers: Float64Array, at: number, nowMs: number): Decision {
    const fromMs = this.#from(numbers, at, nowMs);
    const earlyMs = fromMs + this.#perUnitMs - this.#spanMs - nowMs;
    return earlyMs > this.#slackMs
      ? this.#refused(nowMs, fromMs, 1, earlyMs)
      : this.#allowed(nowMs, fromMs, 0);
  }

  penalize(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    numbers[at] = Math.min(this.#from(numbers, at, nowMs) + units * this.#perUnitMs, DEBT_MAX);
  }

  reward(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    numbers[at] = Math.max(this.#from(numbers, at, nowMs) - units * this.#perUnitMs, nowMs);
  }

  reserve(numbers: Float64Array, at: number, nowMs: number, cost: number, waitMsMax: number): Decision {
    const fromMs = this.#from(numbers, at, nowMs);
    const untilMs = fromMs + cost * this.#perUnitMs;
    const earlyMs = untilMs - this.#spanMs - nowMs;
    const delayMs = this.#queues ? fromMs - nowMs : Math.max(0, earlyMs);
    // A queue has no room for it, or nobody could ever take so much at once.
    if (this.#queues ? earlyMs > this.#slackMs : cost * this.#perUnitMs - this.#spanMs > this.#slackMs)
      return this.#refused(nowMs, fromMs, cost, Math.max(earlyMs, delayMs - waitMsMax));
    if (delayMs > waitMsMax + this.#slackMs) return this.#refused(nowMs, fromMs, cost, delayMs - waitMsMax);
    numbers[at] = untilMs;
    return this.#allowed(nowMs, untilMs, delayMs <= this.#slackMs ? 0 : delayMs);
  }

  /**
   * What was taken since stays taken, at the moments that were promised. Of n units taken since, a bucket can take back all but
   * what would leave those n without cover; a queue, whose places are moments, takes back its last place only.
   */
  cancel(numbers: Float64Array, at: number, nowMs: number, place: Place): void {
    const sinceMs = (numbers[at] as number) - place.idleAtMs;
    if (sinceMs < -this.#slackMs) return;
    const takenMs = place.cost * this.#perUnitMs;
    const backMs = this.#queues
      ? sinceMs > this.#slackMs
        ? 0
        : takenMs
      : Math.max(0, Math.min(takenMs, this.#spanMs - sinceMs));
    numbers[at] = Math.max((numbers[at] as number) - backMs, nowMs);
  }

  #from(numbers: Float64Array, at: number, nowMs: number): number {
    const heldMs = numbers[at] as number;
    return Math.max(heldMs, nowMs);
  }

  #allowed(nowMs: number, untilMs: number, delayMs: number): Decision {
    return decided(true, this.#limit, this.#remaining(nowMs, untilMs), untilMs - nowMs, 0, delayMs);
  }

  #refused(nowMs: number, fromMs: number, cost: number, retryAfterMs: number): Decision {
    const never = cost * this.#perUnitMs - this.#spanMs > this.#slackMs;
    const retryMs = never ? Number.POSITIVE_INFINITY : retryAfterMs;
    return decided(false, this.#limit, this.#remaining(nowMs, fromMs), fromMs - nowMs, retryMs, 0);
  }

  #remaining(nowMs: number, fromMs: number): number {
    const leftMs = nowMs + this.#spanMs + this.#slackMs - fromMs;
    return leftMs <= 0 ? 0 : Math.min(Math.floor(leftMs / this.#perUnitMs), Math.floor(this.#limit));
  }
}
