import { type Clock, systemClock } from "../../time/index.ts";
import { FlowError } from "../errors.ts";
import { algorithmOf } from "../rate-limit/local-limiter.ts";
import type { Accuracy, RateLimiter, Reservation, Reserves } from "../rate-limit/rate-limiter.ts";
import type { ReservableRule, Rule } from "../rate-limit/rule.ts";
import { ANSWER_LENGTH, type Answer, answerFrom, lostDecision, type SharedDecision } from "./answer.ts";
import { type LeaseOptions, Leases } from "./leases.ts";
import type { RespStore } from "./resp-store.ts";
import { StoreKeys } from "./store-keys.ts";
import { StoreLine, type StoreWatcher } from "./store-line.ts";
import { StoredRule, type Verb } from "./stored-rule.ts";

/** How a shared limiter is made. */
export interface SharedRateLimiterOptions {
  readonly store: RespStore;
  /** Begins the names of all keys in the store. No braces. Default `limit:`. */
  readonly prefix?: string;
  /**
   * What decides while the store does not answer: `open` admits everything, `closed` nothing, and a local limiter stands in.
   * One that stands in counts for this process alone, and begins with quiet keys.
   */
  readonly whenLost: "open" | "closed" | RateLimiter<true>;
  /** The longest that an answer takes, in milliseconds, above 0 and below 2^31. Default 50. */
  readonly timeoutMs?: number;
  /** Takes units in batches: fewer round trips, less exact. Default: every take asks the store. Not for leaky queues. */
  readonly lease?: LeaseOptions;
  /** Told when the store is lost (3 failures in a row), with the last cause, and when it is back. */
  readonly onChange?: StoreWatcher;
  /** Default `systemClock`. For timeouts and leases; limits are kept by the store's clock. */
  readonly clock?: Clock;
}

/**
 * A limit that many processes share. `accuracy` holds as long as the store answers and keeps its data. `forget` rejects with
 * FlowError `STORE_LOST` when the store is lost; all else is then answered by the rule for that, marked `degraded`.
 */
export interface SharedRateLimiter extends RateLimiter<false>, AsyncDisposable {
  take(key: string, cost?: number): Promise<SharedDecision>;
  peek(key: string, cost?: number): Promise<SharedDecision>;
  penalize(key: string, units: number): Promise<SharedDecision>;
  reward(key: string, units: number): Promise<SharedDecision>;
  /** Gives unused leases back. The store's client is not closed. Idempotent; takes go on to work, without leases. */
  close(): Promise<void>;
}

/**
 * Keeps a rule in a store that speaks RESP and runs Lua (Redis from 5 on, Valkey): one script, one round trip and the store's
 * clock per decision. `RangeError` for an option out of its range.
 */
export function sharedRateLimiter(
  rule: ReservableRule,
  options: SharedRateLimiterOptions,
): SharedRateLimiter & Reserves<false>;
export function sharedRateLimiter(rule: Rule, options: SharedRateLimiterOptions): SharedRateLimiter;
export function sharedRateLimiter(rule: Rule, options: SharedRateLimiterOptions): SharedRateLimiter {
  return new StoreRateLimiter(rule, options);
}

/** Keys that are given back at once on closing. */
const GIVEN_BACK_AT_ONCE = 64;

class StoreRateLimiter implements SharedRateLimiter, Reserves<false> {
  readonly accuracy: Accuracy;
  readonly #rule: StoredRule;
  readonly #keys: StoreKeys;
  readonly #line: StoreLine;
  readonly #clock: Clock;
  readonly #whenLost: "open" | "closed" | RateLimiter<true>;
  #leases: Leases | undefined;
  #closing: Promise<void> | undefined;
  /** Keys whose next batch is under way: who comes meanwhile takes for himself, or several batches would be in hand at once. */
  readonly #leasing = new Map<string, Promise<SharedDecision>>();

  constructor(rule: Rule, options: SharedRateLimiterOptions) {
    const {
      store,
      prefix = "limit:",
      whenLost,
      timeoutMs = 50,
      lease,
      onChange,
      clock = systemClock,
    } = options;
    this.#rule = new StoredRule(rule);
    if (lease && this.#rule.tiers.some(({ kind }) => kind === "leaky-queue"))
      throw new RangeError("lease: places in a leaky queue are moments, which cannot be had in advance");
    this.accuracy = sharedAccuracy(algorithmOf(rule, clock).accuracy, lease);
    this.#keys = new StoreKeys(prefix, this.#rule.marks);
    this.#line = new StoreLine(store, clock, timeoutMs, onChange);
    this.#clock = clock;
    this.#whenLost = whenLost;
    this.#leases = lease && new Leases(lease);
  }

  async take(key: string, cost = 1): Promise<SharedDecision> {
    requireUnits("cost", cost);
    const leases = this.#leases;
    if (!leases) return this.#decided("take", key, cost);
    const inHand = leases.take(key, cost, this.#clock.monotonicMs(), true);
    if (inHand) return inHand;
    if (this.#leasing.has(key)) return this.#decided("take", key, cost);
    const leasing = this.#takeBatch(leases, key, cost);
    this.#leasing.set(key, leasing);
    return leasing;
  }

  async peek(key: string, cost = 1): Promise<SharedDecision> {
    requireUnits("cost", cost);
    const inHand = this.#leases?.take(key, cost, this.#clock.monotonicMs(), false);
    return inHand ?? this.#decided("peek", key, cost);
  }

  async penalize(key: string, units: number): Promise<SharedDecision> {
    requireUnits("units", units);
    // What is in hand would let go on whoever is to be stopped.
    this.#leases?.drop(key);
    return this.#decided("penalize", key, units);
  }

  async reward(key: string, units: number): Promise<SharedDecision> {
    requireUnits("units", units);
    this.#leases?.touched(key);
    return this.#decided("reward", key, units);
  }

  async forget(key: string): Promise<void> {
    this.#leases?.drop(key);
    if (typeof this.#whenLost === "object") this.#whenLost.forget(key);
    if (await this.#line.remove(this.#keys.of(key))) return;
    const name = JSON.stringify(key.slice(0, 100));
    throw new FlowError("STORE_LOST", { message: `the limit's store did not answer: ${name} is as it was` });
  }

  async reserve(key: string, cost = 1, options: { waitMsMax?: number } = {}): Promise<Reservation> {
    requireUnits("cost", cost);
    const { waitMsMax = Number.POSITIVE_INFINITY } = options;
    if (!(waitMsMax >= 0))
      throw new RangeError(`waitMsMax has to be milliseconds, 0 or more, not ${waitMsMax}`);
    // A number for Lua, which is not to depend on what it takes infinity for.
    const waitUsMax = Math.min(waitMsMax * 1_000, Number.MAX_SAFE_INTEGER);
    const answer = await this.#ask("reserve", key, cost, waitUsMax);
    if (!answer) return this.#reservedWithoutStore(key, cost, waitMsMax);
    const { decision, dueUs, placeUs } = answer;
    let isOver = !decision.allowed;
    const cancel = async () => {
      if (isOver) return;
      isOver = true;
      await this.#ask("cancel", key, cost, dueUs, placeUs);
    };
    return { ...decision, cancel };
  }

  close(): Promise<void> {
    this.#closing ??= this.#giveBack();
    return this.#closing;
  }

  async #giveBack(): Promise<void> {
    const held = this.#leases?.drain(this.#clock.monotonicMs()) ?? [];
    this.#leases = undefined;
    await Promise.all(this.#leasing.values());
    for (let at = 0; at < held.length && this.#line.isAsked; at += GIVEN_BACK_AT_ONCE) {
      const some = held.slice(at, at + GIVEN_BACK_AT_ONCE);
      await Promise.all(some.map(([key, units]) => this.#ask("reward", key, units)));
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #takeBatch(leases: Leases, key: string, cost: number): Promise<SharedDecision> {
    const answer = await this.#ask("take", key, cost, leases.units);
    this.#leasing.delete(key);
    if (!answer) return this.#withoutStore("take", key, cost);
    if (this.#leases) leases.keep(key, cost, answer.granted, answer.decision, this.#clock.monotonicMs());
    else if (answer.granted > cost)
      // Closed meanwhile.
      await this.#ask("reward", key, answer.granted - cost);
    return answer.decision;
  }

  async #decided(verb: "take" | "peek" | "penalize" | "reward", key: string, units: number) {
    const answer = await this.#ask(verb, key, units);
    return answer?.decision ?? this.#withoutStore(verb, key, units);
  }

  async #ask(verb: Verb, key: string, units: number, extra = 0, place = 0): Promise<Answer | undefined> {
    const { script, capacities } = this.#rule;
    const words = this.#rule.words(verb, units, extra, place);
    const numbers = await this.#line.run(script, this.#keys.of(key), words, ANSWER_LENGTH);
    return numbers && answerFrom(numbers, capacities);
  }

  #withoutStore(verb: "take" | "peek" | "penalize" | "reward", key: string, units: number): SharedDecision {
    const rule = this.#whenLost;
    if (typeof rule === "object") return { ...rule[verb](key, units), degraded: true };
    const cost = verb === "take" || verb === "peek" ? units : Math.min(1, this.#rule.capacity);
    return lostDecision(rule === "open", this.#rule.capacity, cost, this.#line.restMs());
  }

  #reservedWithoutStore(key: string, cost: number, waitMsMax: number): Reservation & SharedDecision {
    const rule = this.#whenLost;
    if (typeof rule === "object" && canReserve(rule))
      return { ...rule.reserve(key, cost, { waitMsMax }), degraded: true };
    return { ...this.#withoutStore("take", key, cost), cancel: () => {} };
  }
}

function canReserve(limiter: RateLimiter<true>): limiter is RateLimiter<true> & Reserves<true> {
  return "reserve" in limiter;
}

function requireUnits(name: string, units: number): void {
  if (!(Number.isFinite(units) && units > 0))
    throw new RangeError(`${name} has to be a finite number above 0, not ${units}`);
}

function sharedAccuracy(alone: Accuracy, lease: LeaseOptions | undefined): Accuracy {
  if (!lease) return alone;
  return {
    kind: "approximate",
    windowMs: alone.windowMs,
    admittedPerWindowMax: alone.admittedPerWindowMax + lease.processes * lease.units,
    because: "each process may use, or give back, a batch that it took before the window",
  };
}
