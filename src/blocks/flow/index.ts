// What can happen to those who wait, send or ask to be let in.

export { FLOW_ERRORS, FlowError, type FlowErrorCode } from "./errors.ts";

// Rate limits in this process. They are an entry of their own too, `trestle/flow/rate-limit`, for services that rest small.

export {
  type Accuracy,
  type Answered,
  type BurstRate,
  type BurstRateOptions,
  type ConcurrencyLimiter,
  type ConcurrencyLimiterOptions,
  concurrencyLimiter,
  type Decision,
  type FixedWindowRule,
  fixedWindow,
  type GcraRule,
  gcra,
  type Held,
  type LeakyMeterRule,
  type LeakyQueueRule,
  leakyMeter,
  leakyQueue,
  perDay,
  perHour,
  perMinute,
  perSecond,
  type Rate,
  type RateLimiter,
  type RateLimiterOptions,
  type ReservableRule,
  type Reservation,
  type Reserves,
  type Rule,
  rateLimiter,
  rateLimitHeaders,
  type SingleRule,
  type SlidingCounterRule,
  type SlidingLogRule,
  slidingCounter,
  slidingLog,
  type TieredRule,
  type TokenBucketRule,
  tiers,
  tokenBucket,
  type WaitOptions,
  waitFor,
} from "./rate-limit/index.ts";

// Limits that many processes share, in a store that speaks RESP.

export type { SharedDecision } from "./shared-limit/answer.ts";
export type { LeaseOptions } from "./shared-limit/leases.ts";
export {
  fromIoredis,
  fromNodeRedis,
  fromNodeRedisCluster,
  type IoredisClient,
  type NodeRedisClient,
  type NodeRedisCluster,
  type RespStore,
} from "./shared-limit/resp-store.ts";
export {
  type SharedConcurrencyLimiter,
  type SharedConcurrencyOptions,
  type SharedConcurrencyRule,
  type SharedHold,
  sharedConcurrencyLimiter,
} from "./shared-limit/shared-concurrency-limiter.ts";
export {
  type SharedRateLimiter,
  type SharedRateLimiterOptions,
  sharedRateLimiter,
} from "./shared-limit/shared-rate-limiter.ts";
export type { StoreWatcher } from "./shared-limit/store-line.ts";

// Back-pressure: bounded queues, batches at the consumer's pace. The queue that goes on on disk is an entry of its own,
// `trestle/flow/spill`, as it loads what reads and writes files.

export {
  type BatchOptions,
  type BlockingChannel,
  batches,
  type Channel,
  type Credits,
  channel,
  credits,
  type DroppingChannel,
  type Fate,
  type Fates,
  type Item,
  type RefusingChannel,
  type Source,
} from "./channel/index.ts";

// Concurrency limits that find what they guard can do.

export {
  type AdaptiveLimit,
  type AdaptiveLimitOptions,
  adaptiveLimit,
} from "./adaptive/adaptive-limit.ts";
export { type AimdOptions, aimd } from "./adaptive/aimd.ts";
export { type GradientOptions, gradient } from "./adaptive/gradient.ts";
export type { LimitControl, LimitLaw, LimitSample } from "./adaptive/limit-law.ts";
export { type VegasOptions, vegas } from "./adaptive/vegas.ts";

// Load shedding: by what a process feels, and by how long requests wait.

export {
  type Admission,
  type AdmissionQueue,
  type AdmissionQueueOptions,
  admissionQueue,
} from "./shedding/admission-queue.ts";
export { Codel, type CodelOptions, type CodelState } from "./shedding/codel.ts";
export { type CpuShareOptions, cpuShare } from "./shedding/cpu-share.ts";
export { eventLoopDelay } from "./shedding/event-loop-delay.ts";
export { type LoadShedder, type LoadShedderOptions, loadShedder } from "./shedding/load-shedder.ts";
export type { PressureReading, Thresholds, Tick } from "./shedding/pressure-reading.ts";
export { queueDelay } from "./shedding/queue-delay.ts";
