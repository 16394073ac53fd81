import type { Clock } from "../time/clock.ts";
import type { Random } from "../time/random.ts";
import { createExporter, type ExportCounters, type SignalEndpoint } from "./export/exporter.ts";
import { createLogger, type Logger, type LogLevel, noLogger } from "./log/logger.ts";
import { createMeter, type Meter, noMeter } from "./metric/meter.ts";
import type { Attributes, Scope, Signal } from "./otlp/model.ts";
import { followedByRuntime } from "./trace/active-span.ts";
import type { Sampler } from "./trace/sampler.ts";
import { sampledContextOf } from "./trace/span.ts";
import type { TailOptions } from "./trace/tail-rule.ts";
import { createTracer, noTracer, type Tracer } from "./trace/tracer.ts";

/**
 * What a program tells of itself, to be handed to whatever tells. There is none behind its back: two of them in one process know
 * nothing of each other.
 */
export interface Telemetry extends AsyncDisposable {
  /** False when nobody listens; then all of it costs nothing worth measuring. */
  readonly isOn: boolean;
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly logger: Logger;
  /** What was sent, lost and turned away. */
  readonly counters: Readonly<Record<Signal, ExportCounters>>;
  /** What of the settings could not be followed, in words. */
  readonly problems: readonly string[];
  /** Sends what there is, for at most `timeoutMs` (default 3,000), and nothing afterwards. Idempotent, never rejects. */
  close(options?: { readonly timeoutMs?: number }): Promise<void>;
}

export interface TelemetryOptions {
  readonly clock: Clock;
  /** Seeds ids, and spreads what is tried again. */
  readonly random: Random;
  /** Who tells: `service.name`, `service.instance.id` and the like. */
  readonly resource: Attributes;
  /** Which library tells. Default `trestle`. */
  readonly scope?: Scope;
  /** Where each signal goes; one without is not told. */
  readonly endpoints: Readonly<Partial<Record<Signal, SignalEndpoint>>>;
  /** Default: what the caller decided, and every trace that begins here. */
  readonly sampler?: Sampler;
  /** Spans told although their trace is not sampled: those that failed or were slow. Default none. */
  readonly tail?: TailOptions;
  /** How long spans wait for others, in milliseconds. Default 1,000. */
  readonly spanIntervalMs?: number;
  /** Default 1,000. */
  readonly logIntervalMs?: number;
  /** Default 10,000. */
  readonly metricIntervalMs?: number;
  /** Whether histograms find their bounds themselves, whatever is advised for them. Default false. */
  readonly exponentialHistograms?: boolean;
  /** Takes the logger's lines. Without it they go to the endpoint for logs, if there is one. */
  readonly write?: (line: string) => void;
  /** Default `info`. */
  readonly logLevel?: LogLevel;
  /** What of the settings could not be followed. */
  readonly problems?: readonly string[];
}

/** Telemetry to a collector, by OTLP over HTTP. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { clock, random, resource, endpoints, write, sampler, tail, problems = [] } = options;
  const activeSpan = followedByRuntime();
  const active = () => activeSpan.current();
  const meter = endpoints.metrics
    ? createMeter({
        clock,
        sampledContext: () => sampledContextOf(active()),
        exponential: options.exponentialHistograms ?? false,
      })
    : undefined;
  const exporter = createExporter({
    clock,
    random,
    resource: { attributes: resource },
    scope: options.scope ?? { name: "trestle", version: "" },
    endpoints,
    collect: () => meter?.collect() ?? [],
    spanIntervalMs: options.spanIntervalMs ?? 1_000,
    logIntervalMs: options.logIntervalMs ?? 1_000,
    metricIntervalMs: options.metricIntervalMs ?? 10_000,
  });
  const tracer = endpoints.traces
    ? createTracer({
        clock,
        random,
        activeSpan,
        ended: (span) => exporter.span(span),
        ...(sampler && { sampler }),
        ...(tail && { tail }),
      })
    : noTracer;
  const destination = write
    ? { write }
    : endpoints.logs && { tell: (record: Parameters<typeof exporter.log>[0]) => exporter.log(record) };
  const logger = destination
    ? createLogger({
        clock,
        level: options.logLevel ?? "info",
        context: () => active()?.context,
        ...destination,
      })
    : noLogger;
  const close: Telemetry["close"] = (how) => exporter.close(how);
  return {
    isOn: true,
    tracer,
    meter: meter ?? noMeter,
    logger,
    get counters() {
      return exporter.counters;
    },
    problems,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

const NOTHING_SENT: ExportCounters = Object.freeze({ sent: 0, lost: 0, trouble: "", turnedAway: 0 });

/** Telemetry that nobody wants. A logger that has somewhere to write goes on writing there. */
export function noTelemetry(logger: Logger = noLogger, problems: readonly string[] = []): Telemetry {
  return {
    isOn: false,
    tracer: noTracer,
    meter: noMeter,
    logger,
    counters: { traces: NOTHING_SENT, metrics: NOTHING_SENT, logs: NOTHING_SENT },
    problems,
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
