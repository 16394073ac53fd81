import { type Clock, systemClock } from "../../time/index.ts";
import type { ConcurrencyLimiter } from "../rate-limit/concurrency-limiter.ts";
import { lostDecision, type SharedDecision } from "./answer.ts";
import { CONCURRENCY_SCRIPT } from "./lua/concurrency.ts";
import type { RespStore } from "./resp-store.ts";
import { StoreKeys } from "./store-keys.ts";
import { StoreLine, type StoreWatcher } from "./store-line.ts";

/** How many may be under way at once, over all processes. */
export interface SharedConcurrencyRule {
  /** A whole number above 0. The store takes a step for each place, so costs are to be small. */
  readonly limit: number;
  /** Milliseconds, above 0, after which a hold ends by itself unless it is renewed: a crashed holder keeps its place so long. */
  readonly leaseMs: number;
}

/** How a shared concurrency limiter is made. As for `sharedRateLimiter`, but for leases. */
export interface SharedConcurrencyOptions {
  readonly store: RespStore;
  /** Begins the names of all keys in the store. No braces. Default `limit:`. */
  readonly prefix?: string;
  /** What decides while the store does not answer. */
  readonly whenLost: "open" | "closed" | ConcurrencyLimiter;
  /** The longest that an answer takes, in milliseconds, above 0 and below 2^31. Default 50. */
  readonly timeoutMs?: number;
  /** Told when the store is lost (3 failures in a row), with the last cause, and when it is back. */
  readonly onChange?: StoreWatcher;
  /** Default `systemClock`. */
  readonly clock?: Clock;
}

/** Places that a taker holds, or the refusal to hand them out. */
export interface SharedHold extends SharedDecision {
  /** Gives the places back. Twice, or after a refusal, does nothing. Never rejects: a lost store lets the lease end. */
  release(): Promise<void>;
  /**
   * Begins the lease anew. False when it had ended, was released or was refused: the places may be others' by now. True also
   * without an answer of the store, which cannot be known to have given them away.
   */
  renew(): Promise<boolean>;
}

/**
 * A limit on how many are under way at once, per key, over all processes. Exact as long as nobody outlives his lease. Decisions
 * as of the local one: `retryAfterMs` of a refusal is 0, since a holder may release at any moment (`Infinity` when the cost is
 * above the limit), and `resetAfterMs` is the longest that the leases still take. A cost is a whole number above 0 (default
 * 1), anything else a `RangeError`.
 */
export interface SharedConcurrencyLimiter {
  /** Takes `cost` places if they are free; otherwise takes nothing. */
  take(key: string, cost?: number): Promise<SharedHold>;
  /** What `take` would say, without taking. */
  peek(key: string, cost?: number): Promise<SharedDecision>;
}

/** Numbers that the script answers with. */
const ANSWER_LENGTH = 3;

/** Keeps holds in a store that speaks RESP and runs Lua, as leases by its clock. `RangeError` for an option out of its range. */
export function sharedConcurrencyLimiter(
  rule: SharedConcurrencyRule,
  options: SharedConcurrencyOptions,
): SharedConcurrencyLimiter {
  return new StoreConcurrencyLimiter(rule, options);
}

class StoreConcurrencyLimiter implements SharedConcurrencyLimiter {
  readonly #rule: SharedConcurrencyRule;
  readonly #keys: StoreKeys;
  readonly #line: StoreLine;
  readonly #whenLost: "open" | "closed" | ConcurrencyLimiter;
  /** No two processes name their holds alike. */
  readonly #name = crypto.randomUUID();
  #holds = 0;

  constructor(rule: SharedConcurrencyRule, options: SharedConcurrencyOptions) {
    const { store, prefix = "limit:", whenLost, timeoutMs = 50, onChange, clock = systemClock } = options;
    if (!(Number.isSafeInteger(rule.limit) && rule.limit > 0))
      throw new RangeError(`limit has to be a whole number above 0, not ${rule.limit}`);
    if (!(Number.isFinite(rule.leaseMs) && rule.leaseMs > 0))
      throw new RangeError(`leaseMs has to be a finite number above 0, not ${rule.leaseMs}`);
    this.#rule = rule;
    this.#keys = new StoreKeys(prefix, ["n"]);
    this.#line = new StoreLine(store, clock, timeoutMs, onChange);
    this.#whenLost = whenLost;
  }

  async take(key: string, cost = 1): Promise<SharedHold> {
    const hold = `${this.#name}:${this.#holds++}`;
    const decision = await this.#decided("take", key, hold, cost);
    if (!decision) return this.#withoutStore(key, cost);
    return decision.allowed ? this.#held(decision, key, hold, cost) : { ...decision, ...NOTHING_HELD };
  }

  async peek(key: string, cost = 1): Promise<SharedDecision> {
    const decision = await this.#decided("peek", key, "", cost);
    if (decision) return decision;
    const rule = this.#whenLost;
    if (typeof rule === "object") return { ...rule.peek(key, cost), degraded: true };
    return lostDecision(rule === "open", this.#rule.limit, cost, this.#line.restMs());
  }

  async #decided(verb: "take" | "peek", key: string, hold: string, cost: number) {
    if (!(Number.isSafeInteger(cost) && cost > 0))
      throw new RangeError(`cost has to be a whole number above 0, not ${cost}`);
    const { limit } = this.#rule;
    // More than all places are never free, and need not be counted out on the server.
    const numbers = await this.#ask(verb, key, hold, Math.min(cost, limit + 1));
    if (!numbers) return undefined;
    const [done = 0, remaining = 0, emptyUs = 0] = numbers;
    const retryAfterMs = cost > limit ? Number.POSITIVE_INFINITY : 0;
    return { allowed: done === 1, limit, remaining, resetAfterMs: emptyUs / 1_000, retryAfterMs, delayMs: 0 };
  }

  #held(decision: SharedDecision, key: string, hold: string, cost: number): SharedHold {
    let isOver = false;
    return {
      ...decision,
      release: async () => {
        if (isOver) return;
        isOver = true;
        await this.#ask("release", key, hold, cost);
      },
      renew: async () => {
        if (isOver) return false;
        const numbers = await this.#ask("renew", key, hold, cost);
        if (numbers?.[0] === 0) isOver = true;
        return !isOver;
      },
    };
  }

  #withoutStore(key: string, cost: number): SharedHold {
    const rule = this.#whenLost;
    if (typeof rule === "object") {
      const hold = rule.take(key, cost);
      let isOver = !hold.allowed;
      const release = async () => {
        isOver = true;
        hold.release();
      };
      return { ...hold, degraded: true, release, renew: async () => !isOver };
    }
    const decision = lostDecision(rule === "open", this.#rule.limit, cost, this.#line.restMs());
    if (!decision.allowed) return { ...decision, ...NOTHING_HELD };
    let isOver = false;
    const release = async () => {
      isOver = true;
    };
    return { ...decision, release, renew: async () => !isOver };
  }

  #ask(verb: "take" | "peek" | "renew" | "release", key: string, hold: string, units: number) {
    const { limit, leaseMs } = this.#rule;
    const words = [verb, hold, String(units), String(limit), String(Math.ceil(leaseMs * 1_000))];
    return this.#line.run(CONCURRENCY_SCRIPT, this.#keys.of(key), words, ANSWER_LENGTH);
  }
}

const NOTHING_HELD = { release: async () => {}, renew: async () => false };
