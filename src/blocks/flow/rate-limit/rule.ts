/**
 * Rate limits as data: a rule says how much, not where it is kept. `rateLimiter(rule)` counts in this process,
 * `sharedRateLimiter(rule, { store })` in a store that many processes share; both keep to the same laws.
 */
export type Rule = SingleRule | TieredRule;

/** How many units in how long. */
export interface Rate {
  /** Units, from 1e-9 to 1e15. */
  readonly limit: number;
  /** Milliseconds, from 0.001 to 1e13 (three hundred years). */
  readonly windowMs: number;
}

/** Units that come back evenly, up to `burst` of them. */
export interface BurstRate extends Rate {
  /** Units, from 1e-9 to 1e15. Default: `limit`. */
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

/** One limit. */
export type SingleRule =
  | TokenBucketRule
  | GcraRule
  | LeakyMeterRule
  | LeakyQueueRule
  | FixedWindowRule
  | SlidingLogRule
  | SlidingCounterRule;

/** The rules under which a place in the future can be held. */
export type ReservableRule = Exclude<SingleRule, SlidingCounterRule>;

/** Several limits at once ("10 per second and 1,000 per day"): a take passes all of them or takes from none. */
export interface TieredRule {
  readonly kind: "tiers";
  readonly tiers: readonly SingleRule[];
}

/** What a burst rate is made of; `burst` defaults to `limit`. */
export interface BurstRateOptions extends Rate {
  readonly burst?: number;
}

/** The most units that a sliding log may admit per window: it remembers every take. */
export const SLIDING_LOG_LIMIT_MAX = 10_000;
/** Within these, times and sums are finite and keep enough digits; beyond them, a limit would silently be none. */
const UNITS_MIN = 1e-9;
const UNITS_MAX = 1e15;
const WINDOW_MS_MIN = 1e-3;
const WINDOW_MS_MAX = 1e13;
/** The most limits that one rule can hold. */
export const TIERS_MAX = 8;

/** A token bucket: quiet keys save up to `burst` (default `limit`). `RangeError` when an option is out of its range, as for all rules. */
export function tokenBucket(options: BurstRateOptions): TokenBucketRule {
  return Object.freeze({ kind: "token-bucket", ...burstRate("tokenBucket", options) });
}

/** The generic cell rate algorithm: decides as a token bucket does. */
export function gcra(options: BurstRateOptions): GcraRule {
  return Object.freeze({ kind: "gcra", ...burstRate("gcra", options) });
}

/** A leaky bucket that refuses what would overflow it: decides as a token bucket does. */
export function leakyMeter(options: BurstRateOptions): LeakyMeterRule {
  return Object.freeze({ kind: "leaky-meter", ...burstRate("leakyMeter", options) });
}

/** A leaky bucket that spreads takers evenly. Up to `queue` units may wait (0 to 1e15; default `limit`, which is a window's wait). */
export function leakyQueue(options: Rate & { readonly queue?: number }): LeakyQueueRule {
  const base = rate("leakyQueue", options);
  const { queue = base.limit } = options;
  requireWithin("leakyQueue", "queue", queue, 0, UNITS_MAX);
  return Object.freeze({ kind: "leaky-queue", ...base, queue });
}

/** A counter that starts anew at every multiple of `windowMs` since the Unix epoch. */
export function fixedWindow(options: Rate): FixedWindowRule {
  return Object.freeze({ kind: "fixed-window", ...rate("fixedWindow", options) });
}

/** Exact over every window, wherever it begins. `limit` is at most 10,000, since each key remembers that many takes. */
export function slidingLog(options: Rate): SlidingLogRule {
  const base = rate("slidingLog", options);
  requireWithin("slidingLog", "limit", base.limit, UNITS_MIN, SLIDING_LOG_LIMIT_MAX);
  return Object.freeze({ kind: "sliding-log", ...base });
}

/** A fixed window's counter, smoothed by a share of the window before. */
export function slidingCounter(options: Rate): SlidingCounterRule {
  return Object.freeze({ kind: "sliding-counter", ...rate("slidingCounter", options) });
}

/** All of up to 8 limits at once: `tiers(tokenBucket(perSecond(10)), fixedWindow(perDay(1_000)))`. */
export function tiers(...rules: readonly [SingleRule, ...SingleRule[]]): TieredRule {
  if (rules.length === 0 || rules.length > TIERS_MAX)
    throw new RangeError(`tiers: got ${rules.length} rules; needs 1 to ${TIERS_MAX}`);
  return Object.freeze({ kind: "tiers", tiers: Object.freeze([...rules]) });
}

/** `limit` per second, to be spread into a rule. */
export const perSecond = (limit: number): Rate => ({ limit, windowMs: 1_000 });
/** `limit` per minute. */
export const perMinute = (limit: number): Rate => ({ limit, windowMs: 60_000 });
/** `limit` per hour. */
export const perHour = (limit: number): Rate => ({ limit, windowMs: 3_600_000 });
/** `limit` per 24 hours. */
export const perDay = (limit: number): Rate => ({ limit, windowMs: 86_400_000 });

function burstRate(factory: string, options: BurstRateOptions): BurstRate {
  const base = rate(factory, options);
  const { burst = base.limit } = options;
  requireWithin(factory, "burst", burst, UNITS_MIN, UNITS_MAX);
  return { ...base, burst };
}

function rate(factory: string, { limit, windowMs }: Rate): Rate {
  requireWithin(factory, "limit", limit, UNITS_MIN, UNITS_MAX);
  requireWithin(factory, "windowMs", windowMs, WINDOW_MS_MIN, WINDOW_MS_MAX);
  return { limit, windowMs };
}

function requireWithin(factory: string, option: string, value: number, min: number, max: number): void {
  if (!(Number.isFinite(value) && value >= min && value <= max))
    throw new RangeError(
      `${factory}: ${option} has to be a number from ${min} to ${max}, not ${String(value)}`,
    );
}
