/**
 * Rate limits as data: a rule says how much, not where it is kept. `rateLimiter(rule)` counts in this process,
 * `sharedRateLimiter(rule, { store })` in a store that many processes share; both keep to the same laws.
 */
export type Rule = SingleRule | TieredRule;

/** How many units in how long. */
export interface Rate {
  /** Units, a finite number above 0. */
  readonly limit: number;
  /** Milliseconds, a finite number above 0. */
  readonly windowMs: number;
}

/** Units that come back evenly, up to `burst` of them. */
export interface BurstRate extends Rate {
  /** Default: `limit`. */
  readonly burst: number;
}

/** Tokens drip in evenly; a take needs as many as it costs. Law: in any window of length w, at most burst + w · limit / windowMs. */
export interface TokenBucketRule extends BurstRate {
  readonly kind: "token-bucket";
}
/** The same law kept as one moment in time, the theoretical arrival time (ITU-T I.371): the cheapest to store. */
export interface GcraRule extends BurstRate {
  readonly kind: "gcra";
}
/** Water poured in leaks out evenly; what would overflow is refused (ITU-T I.371, the leaky bucket as a meter). */
export interface LeakyMeterRule extends BurstRate {
  readonly kind: "leaky-meter";
}
/** Takers leave one by one, evenly spaced; up to `queue` units may wait (the leaky bucket as a queue; nginx's `limit_req`). */
export interface LeakyQueueRule extends Rate {
  readonly kind: "leaky-queue";
  readonly queue: number;
}
/** Counts in windows that begin at multiples of their length since the Unix epoch. Cheap; twice the limit can pass around an edge. */
export interface FixedWindowRule extends Rate {
  readonly kind: "fixed-window";
}
/** Remembers each take for as long as the window is: exact, and as much memory per key as the limit. */
export interface SlidingLogRule extends Rate {
  readonly kind: "sliding-log";
}
/** Two fixed windows, the earlier one weighed by how much of it still overlaps: near exact for even traffic, two numbers per key. */
export interface SlidingCounterRule extends Rate {
  readonly kind: "sliding-counter";
}

export type SingleRule =
  | TokenBucketRule
  | GcraRule
  | LeakyMeterRule
  | LeakyQueueRule
  | FixedWindowRule
  | SlidingLogRule
  | SlidingCounterRule;

/** Several limits at once ("10 per second and 1,000 per day"): a take passes all of them or takes from none. */
export interface TieredRule {
  readonly kind: "tiers";
  readonly tiers: readonly SingleRule[];
}
