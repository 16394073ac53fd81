// Everything that a program tells of itself, and where it goes.

export { type Environment, type EnvironmentOptions, telemetryFromEnvironment } from "./environment.ts";
export type { ExportCounters, SignalEndpoint } from "./export/exporter.ts";
export { type MemoryTelemetry, memoryTelemetry } from "./memory-telemetry.ts";
export { createTelemetry, noTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry.ts";

// Traces: what took how long within what.

export { alwaysOff, alwaysOn, parentBased, type Sampler, shareSampler } from "./trace/sampler.ts";
export type { Span, SpanKindName } from "./trace/span.ts";
export type { TailOptions } from "./trace/tail-rule.ts";
export {
  FLAG_RANDOM,
  FLAG_SAMPLED,
  isSampledContext,
  readTraceContext,
  type TraceContext,
  traceParentOf,
} from "./trace/trace-context.ts";
export { type TraceHeadersLike, traceFromHeaders, traceHeaders } from "./trace/trace-headers.ts";
export type { SpanOptions, Tracer } from "./trace/tracer.ts";

// Metrics: how often, how much, and how values spread.

export { DB_DURATION_BOUNDS_S, HTTP_DURATION_BOUNDS_S } from "./metric/histogram.ts";
export type {
  BoundCounter,
  BoundGauge,
  BoundHistogram,
  BoundUpDownCounter,
  Counter,
  Gauge,
  Histogram,
  InstrumentOptions,
  Observation,
  UpDownCounter,
} from "./metric/instrument.ts";
export type { HistogramOptions, Meter } from "./metric/meter.ts";
export type { ObservedKind } from "./metric/observed.ts";

// Logs: what happened, in words.

export {
  createLogger,
  type LogFields,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from "./log/logger.ts";

// Requests and calls, by OpenTelemetry's conventions.

export type { ClientCall } from "./instrument/client-calls.ts";
export { type DatabaseCalls, type DatabaseTarget, databaseCalls } from "./instrument/database-calls.ts";
export { type HttpCall, type HttpCalls, httpCalls } from "./instrument/http-client.ts";
export { type RequestHandler, type TracedServerOptions, tracedServer } from "./instrument/http-server.ts";

// What all of it is made of.

export type { AnyValue, Attributes, Scope, Signal, SpanKind } from "./otlp/model.ts";
