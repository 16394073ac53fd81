// Rate limits as data: how much, in how long.

export {
  type BurstRate,
  type BurstRateOptions,
  type FixedWindowRule,
  fixedWindow,
  type GcraRule,
  gcra,
  type LeakyMeterRule,
  type LeakyQueueRule,
  leakyMeter,
  leakyQueue,
  perDay,
  perHour,
  perMinute,
  perSecond,
  type Rate,
  type ReservableRule,
  type Rule,
  type SingleRule,
  type SlidingCounterRule,
  type SlidingLogRule,
  slidingCounter,
  slidingLog,
  type TieredRule,
  type TokenBucketRule,
  tiers,
  tokenBucket,
} from "./rule.ts";

// What every limiter is and answers.

export type {
  Accuracy,
  Answered,
  Decision,
  RateLimiter,
  Reservation,
  Reserves,
} from "./rate-limiter.ts";

// Limits in this process, and what goes with them.

export {
  type ConcurrencyLimiter,
  type ConcurrencyLimiterOptions,
  concurrencyLimiter,
  type Held,
} from "./concurrency-limiter.ts";
export { rateLimitHeaders } from "./headers.ts";
export { type RateLimiterOptions, rateLimiter } from "./local-limiter.ts";
export { type WaitOptions, waitFor } from "./wait-for.ts";
