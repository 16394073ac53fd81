import type { Accuracy, Decision } from "../rate-limiter.ts";
import type { SlidingLogRule } from "../rule.ts";
import { DEBT_MAX, decided, type Place, type ReservingAlgorithm, SLACK_MS, withSlack } from "./algorithm.ts";
import { TakeLog } from "./take-log.ts";

/** Where in a key's numbers stands which log is its own, counted from 1; 0 is none yet. */
const LOG = 1;

/**
 * Every take of the last `windowMs`, places held ahead included: exact, whatever the window. Costs a log of 16 bytes per take
 * and some 250 bytes per key; a decision takes constant time on average, a refusal as many steps as takes have to leave first.
 *
 * Places are held in order of asking: while one is held ahead, a take is refused. Up to two limits of takes are remembered, so
 * at least a limit of them can be held ahead.
 */
export class SlidingLog implements ReservingAlgorithm {
  readonly numbersPerKey = 2;
  readonly accuracy: Accuracy;
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #entriesMax: number;
  readonly #logs: (TakeLog | undefined)[] = [undefined];
  readonly #free: number[] = [];

  constructor(rule: SlidingLogRule) {
    this.#limit = rule.limit;
    this.#windowMs = rule.windowMs;
    this.#entriesMax = 2 * Math.ceil(rule.limit);
    this.accuracy = {
      kind: "exact",
      windowMs: rule.windowMs,
      admittedPerWindowMax: rule.limit,
      because: "it remembers the moment of every take",
    };
  }

  take(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    const log = this.#current(numbers, at, nowMs);
    if (!this.#fits(log, nowMs, cost)) return this.#refused(log, nowMs, cost);
    this.#push(numbers, at, log, nowMs, cost);
    return this.#allowed(numbers, at, nowMs, 0, log.sum);
  }

  peek(numbers: Float64Array, at: number, nowMs: number, cost: number): Decision {
    const log = this.#current(numbers, at, nowMs);
    if (!this.#fits(log, nowMs, cost)) return this.#refused(log, nowMs, cost);
    const remaining = this.#remaining(log.sum + cost);
    // Rounded as a take's would be.
    return decided(true, this.#limit, remaining, nowMs + this.#windowMs - nowMs, 0, 0);
  }

  standing(numbers: Float64Array, at: number, nowMs: number): Decision {
    const log = this.#current(numbers, at, nowMs);
    if (!this.#fits(log, nowMs, 1)) return this.#refused(log, nowMs, 1);
    return this.#allowed(numbers, at, nowMs, 0, log.sum);
  }

  penalize(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    const log = this.#current(numbers, at, nowMs);
    this.#push(numbers, at, log, Math.max(nowMs, log.lastMs), Math.min(units, DEBT_MAX));
  }

  /**
   * The oldest takes are undone first. Which one turned out to cost nothing is not known, and a newer one may be undone only for
   * as long as an older one would have counted: otherwise both would have made room, one after the other.
   */
  reward(numbers: Float64Array, at: number, nowMs: number, units: number): void {
    const log = this.#current(numbers, at, nowMs);
    let left = units;
    while (log.count > 0 && log.cost(0) <= left) {
      left -= log.cost(0);
      log.shift();
    }
    if (log.count > 0) log.reduce(0, left);
    this.#trim(numbers, at, log, nowMs);
  }

  reserve(numbers: Float64Array, at: number, nowMs: number, cost: number, waitMsMax: number): Decision {
    const log = this.#current(numbers, at, nowMs);
    if (cost > withSlack(this.#limit)) return this.#refused(log, nowMs, cost);
    const dueMs = this.#freeAtMs(log, nowMs, cost);
    const delayMs = dueMs - nowMs;
    const hasRoom = log.count < this.#entriesMax || dueMs <= Math.max(nowMs, log.lastMs);
    const roomMs = hasRoom ? 0 : log.timeMs(0) + this.#windowMs - nowMs;
    const retryMs = Math.max(delayMs - waitMsMax, roomMs);
    if (retryMs > SLACK_MS) return this.#refusedFor(log, nowMs, retryMs);
    this.#push(numbers, at, log, dueMs, cost);
    return this.#allowed(numbers, at, nowMs, delayMs, log.sum);
  }

  /** Nothing is taken out of entries of other moments: they are others', or a place has joined one, which counts on. */
  cancel(numbers: Float64Array, at: number, nowMs: number, place: Place): void {
    const log = this.#current(numbers, at, nowMs);
    let left = place.cost;
    for (let position = 0; position < log.count && left > 0; position++) {
      const awayMs = log.timeMs(position) - place.dueMs;
      if (awayMs > SLACK_MS) break;
      if (awayMs >= -SLACK_MS) left -= log.reduce(position, left);
    }
    this.#trim(numbers, at, log, nowMs);
  }

  release(numbers: Float64Array, at: number): void {
    const id = numbers[at + LOG] as number;
    if (id === 0) return;
    this.#logs[id] = undefined;
    this.#free.push(id);
    numbers[at + LOG] = 0;
  }

  /** The key's log, without what has left the window. */
  #current(numbers: Float64Array, at: number, nowMs: number): TakeLog {
    const id = numbers[at + LOG] as number;
    const log = this.#logs[id];
    if (!log) return new TakeLog();
    while (log.count > 0 && log.timeMs(0) + this.#windowMs <= nowMs + SLACK_MS) log.shift();
    return log;
  }

  #push(numbers: Float64Array, at: number, log: TakeLog, timeMs: number, cost: number): void {
    log.push(timeMs, cost, this.#entriesMax);
    numbers[at] = timeMs + this.#windowMs;
    if ((numbers[at + LOG] as number) > 0) return;
    const id = this.#free.pop() ?? this.#logs.length;
    this.#logs[id] = log;
    numbers[at + LOG] = id;
  }

  #trim(numbers: Float64Array, at: number, log: TakeLog, nowMs: number): void {
    log.trim();
    numbers[at] = log.count === 0 ? nowMs : log.lastMs + this.#windowMs;
  }

  #fits(log: TakeLog, nowMs: number, cost: number): boolean {
    return log.lastMs <= nowMs && log.sum + cost <= withSlack(this.#limit);
  }

  /** The first moment, not before the last one held, at which `cost` fits into the window that ends there. */
  #freeAtMs(log: TakeLog, nowMs: number, cost: number): number {
    const fromMs = Math.max(nowMs, log.lastMs);
    let sum = log.sum;
    let freeMs = fromMs;
    for (let position = 0; position < log.count; position++) {
      const leavesMs = log.timeMs(position) + this.#windowMs;
      if (leavesMs > fromMs + SLACK_MS) {
        if (sum + cost <= withSlack(this.#limit)) break;
        freeMs = leavesMs;
      }
      sum -= log.cost(position);
    }
    return freeMs;
  }

  #allowed(numbers: Float64Array, at: number, nowMs: number, delayMs: number, used: number): Decision {
    const isHeldAhead = delayMs > 0;
    const remaining = isHeldAhead ? 0 : this.#remaining(used);
    return decided(true, this.#limit, remaining, Math.max(0, (numbers[at] as number) - nowMs), 0, delayMs);
  }

  #refused(log: TakeLog, nowMs: number, cost: number): Decision {
    const retryMs =
      cost > withSlack(this.#limit) ? Number.POSITIVE_INFINITY : this.#freeAtMs(log, nowMs, cost) - nowMs;
    return this.#refusedFor(log, nowMs, retryMs);
  }

  #refusedFor(log: TakeLog, nowMs: number, retryMs: number): Decision {
    const remaining = log.lastMs > nowMs ? 0 : this.#remaining(log.sum);
    const resetMs = log.count === 0 ? 0 : log.lastMs + this.#windowMs - nowMs;
    return decided(false, this.#limit, remaining, resetMs, retryMs, 0);
  }

  #remaining(used: number): number {
    return Math.max(0, Math.floor(withSlack(this.#limit) - used));
  }
}
