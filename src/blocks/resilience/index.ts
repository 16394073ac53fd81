// Layers composed into a policy, and what goes into a call and comes out of it.

export type { CallContext, CallOptions, Work } from "./call/call.ts";
export type { AnyLayer } from "./composition.ts";
export { type Policy, policy, type Settled } from "./policy.ts";

// What policies refuse with, tell and count.

export { type Named, PolicyError, RESILIENCE_ERRORS, type ResilienceErrorCode } from "./errors.ts";
export type { Counters, Observer, PolicyEvent } from "./observer.ts";

// Limits to time, which go along with all that a call does.

export { currentDeadline, Deadline, withDeadline } from "./deadline/deadline.ts";
export { deadlineFromHeaders, deadlineHeaders, type HeadersLike } from "./deadline/deadline-headers.ts";
export { type DeadlineLayer, type DeadlineOptions, deadline } from "./deadline/deadline-layer.ts";
export { type TimeoutLayer, type TimeoutOptions, timeout } from "./timeout.ts";

// Trying again, one after the other and side by side.

export { type HedgeLayer, type HedgeOptions, hedge } from "./hedge/hedge.ts";
export type { HedgePercentile } from "./hedge/hedge-rules.ts";
export type { BackOff, BackOffOptions, Jitter } from "./retry/back-off.ts";
export { type RetryLayer, type RetryOptions, retry } from "./retry/retry.ts";
export { type RetryBudget, type RetryBudgetOptions, retryBudget } from "./retry/retry-budget.ts";
export { isRetryable } from "./retry/retryable.ts";

// Leaving alone what is ill, alone or together with other processes.

export {
  type CircuitBreaker,
  type CircuitBreakerOptions,
  circuitBreaker,
} from "./circuit-breaker/circuit-breaker.ts";
export { type CircuitStore, type CommandSender, respCircuitStore } from "./circuit-breaker/circuit-store.ts";
export { consecutiveFailures } from "./circuit-breaker/consecutive-failures.ts";
export { type CountWindowOptions, countWindow } from "./circuit-breaker/count-window.ts";
export type { SharedOptions } from "./circuit-breaker/shared-circuit.ts";
export { type TimeWindowOptions, timeWindow } from "./circuit-breaker/time-window.ts";
export type { TripRecord, TripRule } from "./circuit-breaker/trip-rule.ts";

// Limits to how much is under way.

export { type Bulkhead, type BulkheadOptions, bulkhead } from "./bulkhead/bulkhead.ts";
export type { Gate, GateOutcome, Priority } from "./gate.ts";
export { type LoadShedLayer, type LoadShedOptions, loadShed } from "./load-shed.ts";
export {
  type RateLimitedLayer,
  type RateLimitedOptions,
  rateLimited,
  type Taken,
  type Takes,
} from "./rate-limited.ts";
export type { IsFailure } from "./verdict.ts";

// Answers in place of work that failed, and work that many wait for.

export {
  type Failure,
  type FallbackLayer,
  type FallbackOptions,
  type FallbackStep,
  fallback,
} from "./fallback/fallback.ts";
export { type LastGood, type LastGoodOptions, lastGood } from "./fallback/last-good.ts";
export { type SingleFlight, singleFlight } from "./single-flight.ts";

// The platform's `fetch` under a policy.

export { FetchFailure } from "./fetch/fetch-failure.ts";
export { type ResilientFetchOptions, resilientFetch } from "./fetch/resilient-fetch.ts";

// The decisions alone, for proxies and simulations: pure, with times as arguments.

export { Circuit, type CircuitOptions, type CircuitPosition, type Pass } from "./circuit-breaker/circuit.ts";
export { HedgeRules, type HedgeRulesOptions } from "./hedge/hedge-rules.ts";
export { LatencyPercentile } from "./hedge/latency-percentile.ts";
export { backOff } from "./retry/back-off.ts";
export {
  type FailedAttempt,
  type RetryDecision,
  RetryRules,
  type RetryRulesOptions,
} from "./retry/retry-rules.ts";

// For layers of one's own.

export type { Abortable, AbortListener } from "./call/abort-source.ts";
export { Call, type TimeLeft } from "./call/call.ts";
export type { Handler, Layer, LayerRole } from "./layer.ts";
export type { World } from "./world.ts";
