import type { Clock } from "../time/clock.ts";
import type { Random } from "../time/random.ts";
import type { ExportCounters } from "./export/exporter.ts";
import { createLogger, type LogLevel } from "./log/logger.ts";
import { createMeter } from "./metric/meter.ts";
import type { LogData, MetricData, SpanData } from "./otlp/model.ts";
import type { Telemetry } from "./telemetry.ts";
import { followedByRuntime } from "./trace/active-span.ts";
import type { Sampler } from "./trace/sampler.ts";
import { sampledContextOf } from "./trace/span.ts";
import type { TailOptions } from "./trace/tail-rule.ts";
import { createTracer } from "./trace/tracer.ts";

/** Telemetry that is kept where a test can look at it. Grows with what is told. */
export interface MemoryTelemetry extends Telemetry {
  /** Those that ended, in that order. */
  readonly spans: readonly SpanData[];
  readonly logs: readonly LogData[];
  /** What is measured so far. Examples are told once. */
  metrics(): readonly MetricData[];
}

/** Telemetry for tests of what tells: the same as with a collector, without one. */
export function memoryTelemetry(options: {
  readonly clock: Clock;
  readonly random: Random;
  readonly sampler?: Sampler;
  readonly tail?: TailOptions;
  readonly logLevel?: LogLevel;
}): MemoryTelemetry {
  const { clock, random, sampler, tail, logLevel = "trace" } = options;
  const spans: SpanData[] = [];
  const logs: LogData[] = [];
  const activeSpan = followedByRuntime();
  const meter = createMeter({ clock, sampledContext: () => sampledContextOf(activeSpan.current()) });
  const tracer = createTracer({
    clock,
    random,
    activeSpan,
    ended: (span) => spans.push(span),
    ...(sampler && { sampler }),
    ...(tail && { tail }),
  });
  const logger = createLogger({
    clock,
    level: logLevel,
    context: () => activeSpan.current()?.context,
    tell: (record) => logs.push(record),
  });
  const kept = (sent: number): ExportCounters => ({ sent, lost: 0, trouble: "", turnedAway: 0 });
  return {
    isOn: true,
    tracer,
    meter,
    logger,
    spans,
    logs,
    metrics: () => meter.collect(),
    get counters() {
      return { traces: kept(spans.length), metrics: kept(0), logs: kept(logs.length) };
    },
    problems: [],
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
