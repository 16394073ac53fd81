import { type Clock, turnClock } from "../../time/index.ts";
import { decided } from "./algorithms/algorithm.ts";
import type { Decision } from "./rate-limiter.ts";

/** How many may be at work at once. */
export interface ConcurrencyLimiterOptions {
  /** Places that a key may hold at once, a whole number above 0. */
  readonly limit: number;
  /** A holder that has not released after so many milliseconds loses its places. Default: it keeps them until it releases. */
  readonly leaseMs?: number;
  /** Keys that can hold something at once, default 1,000,000. Beyond, what a further key asks for is refused: none in use can go. */
  readonly keysMax?: number;
  /** Default: a `turnClock()` of its own. Asked only where there are leases. */
  readonly clock?: Clock;
}

/** Places held, or the refusal to hand them out. */
export interface Held extends Decision {
  /** Gives the places back. Twice, after the lease ended, or when it was not allowed, does nothing. */
  release(): void;
}

/**
 * A limit on how much of each key is in use at once. Decisions as of a rate limiter, except that nobody knows when a holder will
 * release: `retryAfterMs` of a refusal is 0, since it could succeed at any moment (`Infinity` when the cost is above the limit).
 * `resetAfterMs` is the longest that the leases can still take, and `Infinity` when there are none to end what is held. A cost is
 * a whole number above 0 (default 1), anything else a `RangeError`.
 */
export interface ConcurrencyLimiter {
  /** Takes `cost` places until they are released; otherwise takes nothing. */
  take(key: string, cost?: number): Held;
  /** What `take` would say, without taking. */
  peek(key: string, cost?: number): Decision;
}

/**
 * A limit on concurrency in this process, without timers: a lease that has ended is noticed by the next who asks.
 *
 * @throws RangeError when an option is out of its range.
 */
export function concurrencyLimiter(options: ConcurrencyLimiterOptions): ConcurrencyLimiter {
  return new LocalConcurrencyLimiter(options);
}

/** A key with something in use. */
interface Usage {
  used: number;
  /** When the last lease that was handed out ends. */
  untilMs: number;
}

class LocalConcurrencyLimiter implements ConcurrencyLimiter {
  readonly #limit: number;
  readonly #leaseMs: number;
  readonly #keysMax: number;
  readonly #clock: Clock;
  readonly #keys = new Map<string, Usage>();
  /** In the order in which they end, which is that of their beginnings: a set keeps it. */
  readonly #leases = new Set<Lease>();

  constructor(options: ConcurrencyLimiterOptions) {
    const { limit, leaseMs = Number.POSITIVE_INFINITY, keysMax = 1_000_000, clock = turnClock() } = options;
    if (!(Number.isSafeInteger(limit) && limit > 0)) throw wrong("limit", limit, "a whole number above 0");
    if (!(leaseMs > 0)) throw wrong("leaseMs", leaseMs, "a number of milliseconds above 0");
    if (!(Number.isInteger(keysMax) && keysMax >= 1))
      throw wrong("keysMax", keysMax, "a whole number above 0");
    this.#limit = limit;
    this.#leaseMs = leaseMs;
    this.#keysMax = keysMax;
    this.#clock = clock;
  }

  take(key: string, cost = 1): Held {
    const nowMs = this.#now();
    const decision = this.#decide(key, cost, nowMs);
    if (!decision.allowed) return { ...decision, release: nothing };
    const usage = this.#keys.get(key) ?? { used: 0, untilMs: 0 };
    usage.used += cost;
    usage.untilMs = nowMs + this.#leaseMs;
    this.#keys.set(key, usage);
    const lease: Lease = { key, cost, untilMs: usage.untilMs };
    this.#leases.add(lease);
    return { ...decision, release: () => this.#end(lease) };
  }

  peek(key: string, cost = 1): Decision {
    return this.#decide(key, cost, this.#now());
  }

  #decide(key: string, cost: number, nowMs: number): Decision {
    if (!(Number.isSafeInteger(cost) && cost > 0)) throw wrong("cost", cost, "a whole number above 0");
    const usage = this.#keys.get(key);
    const used = usage?.used ?? 0;
    const isFull = !usage && this.#keys.size >= this.#keysMax;
    const allowed = !isFull && used + cost <= this.#limit;
    const left = isFull ? 0 : this.#limit - used - (allowed ? cost : 0);
    const untilMs = allowed ? nowMs + this.#leaseMs : (usage?.untilMs ?? nowMs);
    const retryMs = cost > this.#limit ? Number.POSITIVE_INFINITY : 0;
    return decided(allowed, this.#limit, left, untilMs - nowMs, retryMs, 0);
  }

  /** The present, with the leases that have ended until then ended. */
  #now(): number {
    if (this.#leaseMs === Number.POSITIVE_INFINITY) return 0;
    const nowMs = this.#clock.monotonicMs();
    for (const lease of this.#leases) {
      if (lease.untilMs > nowMs) break;
      this.#end(lease);
    }
    return nowMs;
  }

  #end(lease: Lease): void {
    const usage = this.#keys.get(lease.key);
    if (!this.#leases.delete(lease) || !usage) return;
    usage.used -= lease.cost;
    if (usage.used === 0) this.#keys.delete(lease.key);
  }
}

interface Lease {
  readonly key: string;
  readonly cost: number;
  readonly untilMs: number;
}

function nothing(): void {}

function wrong(option: string, value: unknown, needs: string): RangeError {
  return new RangeError(`concurrencyLimiter: ${option} has to be ${needs}, not ${String(value)}`);
}
