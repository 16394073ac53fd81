import { ExportQueue } from "../../src/blocks/telemetry/export/export-queue.ts";
import { spanSizeBytes } from "../../src/blocks/telemetry/export/item-size.ts";
import { HTTP_DURATION_BOUNDS_S } from "../../src/blocks/telemetry/metric/histogram.ts";
import { createMeter } from "../../src/blocks/telemetry/metric/meter.ts";
import type { SpanData } from "../../src/blocks/telemetry/otlp/model.ts";
import { followedByRuntime } from "../../src/blocks/telemetry/trace/active-span.ts";
import { alwaysOff, alwaysOn, type Sampler } from "../../src/blocks/telemetry/trace/sampler.ts";
import { createTracer, noTracer, type Tracer } from "../../src/blocks/telemetry/trace/tracer.ts";
import { systemClock, systemRandom } from "../../src/blocks/time/index.ts";
import type { Contender, Contenders } from "../cost/contender.ts";

// Peers are imported where they are measured, so that each process knows one library alone.

/** What is measured takes nanoseconds, and awaiting a call tens of them: so a call does it a hundred times. */
export const TIMES = 100;
const CALLS = 2_000;

const ATTRIBUTES = [200, 302, 404].map((status) => ({
  "http.request.method": "GET",
  "http.route": "/:code",
  "http.response.status_code": status,
}));

const repeated = (once: (index: number) => void): Contender => ({
  kind: "awaited",
  calls: CALLS,
  call: () => {
    for (let index = 0; index < TIMES; index++) once(index);
  },
});

/** A request's attributes, made anew for each, as a handler would. */
const attributesOf = (index: number) => ({ ...(ATTRIBUTES[index % ATTRIBUTES.length] ?? {}) });

/** Where spans go on their way to an exporter: a queue of which batches are taken. */
function intoQueue(): (span: SpanData) => void {
  const limits = { itemsMax: 2_048, sizeBytesMax: 4_194_304 };
  const queue = new ExportQueue<SpanData>(limits);
  return (span) => {
    queue.offer(span, spanSizeBytes(span));
    if (queue.length === 512) queue.take(limits);
  };
}

function ourTracer(sampler: Sampler): Tracer {
  const activeSpan = followedByRuntime();
  return createTracer({
    clock: systemClock,
    random: systemRandom,
    activeSpan,
    sampler,
    ended: intoQueue(),
  });
}

const ourSpans = (tracer: Tracer) =>
  repeated((index) => {
    tracer.startSpan("GET /:code", { kind: "server", attributes: attributesOf(index) }).end();
  });

async function theirTracer(sampled: boolean) {
  const { AlwaysOffSampler, AlwaysOnSampler, TracerProvider } = await import("@opentelemetry/sdk-trace");
  const waiting: unknown[] = [];
  const intoArray = {
    onStart() {},
    onEnd(span: unknown) {
      waiting.push(span);
      if (waiting.length === 512) waiting.splice(0);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  const sampler = sampled ? new AlwaysOnSampler() : new AlwaysOffSampler();
  return new TracerProvider({ sampler, spanProcessors: [intoArray] }).getTracer("bench");
}

const theirSpans = (tracer: import("@opentelemetry/api").Tracer) =>
  repeated((index) => tracer.startSpan("GET /:code", { kind: 1, attributes: attributesOf(index) }).end());

async function theirMeter() {
  const { MeterProvider, MetricReader } = await import("@opentelemetry/sdk-metrics");
  class Reader extends MetricReader {
    protected override onForceFlush() {
      return Promise.resolve();
    }
    protected override onShutdown() {
      return Promise.resolve();
    }
  }
  return new MeterProvider({ readers: [new Reader()] }).getMeter("bench");
}

const ourMeter = () => createMeter({ clock: systemClock });

export const contenders = {
  bare: () => repeated(() => {}),

  "ours: counter": () => {
    const counter = ourMeter().counter("requests");
    return repeated((index) => counter.add(1, attributesOf(index)));
  },
  "ours: bound counter": () => {
    const counter = ourMeter().counter("requests");
    const bound = ATTRIBUTES.map((attributes) => counter.with(attributes));
    return repeated((index) => bound[index % bound.length]?.add(1));
  },
  "@opentelemetry/sdk-metrics: counter": async () => {
    const counter = (await theirMeter()).createCounter("requests");
    return repeated((index) => counter.add(1, attributesOf(index)));
  },

  "ours: histogram": () => {
    const histogram = ourMeter().histogram("durations");
    return repeated((index) => histogram.record(index / TIMES, attributesOf(index)));
  },
  "ours: bound histogram": () => {
    const histogram = ourMeter().histogram("durations");
    const bound = ATTRIBUTES.map((attributes) => histogram.with(attributes));
    return repeated((index) => bound[index % bound.length]?.record(index / TIMES));
  },
  "ours: exponential histogram": () => {
    const histogram = ourMeter().histogram("durations", { exponential: true });
    return repeated((index) => histogram.record(index / TIMES, attributesOf(index)));
  },
  "@opentelemetry/sdk-metrics: histogram": async () => {
    const advice = { explicitBucketBoundaries: [...HTTP_DURATION_BOUNDS_S] };
    const histogram = (await theirMeter()).createHistogram("durations", { advice });
    return repeated((index) => histogram.record(index / TIMES, attributesOf(index)));
  },

  "ours: sampled span": () => ourSpans(ourTracer(alwaysOn)),
  "@opentelemetry/sdk-trace: sampled span": async () => theirSpans(await theirTracer(true)),

  "ours: unsampled span": () => ourSpans(ourTracer(alwaysOff)),
  "@opentelemetry/sdk-trace: unsampled span": async () => theirSpans(await theirTracer(false)),

  "ours: span that nobody wants": () => ourSpans(noTracer),
  "@opentelemetry/api: span that nobody wants": async () => {
    const { trace } = await import("@opentelemetry/api");
    return theirSpans(trace.getTracer("bench"));
  },
} as const satisfies Contenders;
