/**
 * Telemetry as OpenTelemetry's protocol carries it (OTLP 1.x: opentelemetry/proto/{trace,metrics,logs}/v1), in the shape in which
 * programs here hold it: times are whole microseconds since the Unix epoch, which a double holds exactly; ids are lower-case
 * hexadecimal. Pure.
 */

/** A value of an attribute, or a log's body. Bytes come as `Uint8Array`; whole numbers beyond 2^53 lose their last digits. */
export type AnyValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly AnyValue[]
  | { readonly [key: string]: AnyValue };

/** Attributes by name. A name that came twice has its first value. */
export type Attributes = Readonly<Record<string, AnyValue>>;

/** Who sent it: `service.name`, `service.instance.id`, `process.pid` and the like. */
export interface Resource {
  readonly attributes: Attributes;
}

/** Which library made it. */
export interface Scope {
  readonly name: string;
  readonly version: string;
}

/** What one resource and scope said together. */
export interface Batch<Item> {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly items: readonly Item[];
}

/** `SpanKind` of the protocol, by number: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
export type SpanKind = 0 | 1 | 2 | 3 | 4 | 5;

/** `StatusCode` of the protocol: 0 unset, 1 ok, 2 error. */
export type SpanStatus = 0 | 1 | 2;

export interface SpanEvent {
  readonly timeUs: number;
  readonly name: string;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** One step of a trace. */
export interface SpanData {
  /** 32 hexadecimal digits, not all 0. */
  readonly traceId: string;
  /** 16 hexadecimal digits, not all 0. */
  readonly spanId: string;
  /** Undefined of a root. */
  readonly parentSpanId: string | undefined;
  /** W3C `tracestate`; empty when there is none. */
  readonly traceState: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startUs: number;
  readonly endUs: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly status: SpanStatus;
  readonly statusMessage: string;
}

/** A measured value that can be followed to its trace. */
export interface Exemplar {
  readonly timeUs: number;
  readonly value: number;
  readonly traceId: string;
  readonly spanId: string;
}

/** `AggregationTemporality`: since the last report, or since the beginning. */
export type Temporality = "delta" | "cumulative";

interface PointBase {
  readonly attributes: Attributes;
  /** When counting began; 0 when unknown. */
  readonly startUs: number;
  readonly timeUs: number;
  readonly exemplars: readonly Exemplar[];
}

export interface NumberPoint extends PointBase {
  readonly value: number;
}

export interface HistogramPoint extends PointBase {
  readonly count: number;
  readonly sum: number;
  /** Upper bounds, rising; a value on a bound lies below it. */
  readonly bounds: readonly number[];
  /** One more than there are bounds. Empty of a histogram that has only count and sum. */
  readonly counts: readonly number[];
}

/** Buckets whose bounds are powers of `2^(2^-scale)`. */
export interface ExponentialHistogramPoint extends PointBase {
  readonly count: number;
  readonly sum: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly positive: ExponentialBuckets;
  readonly negative: ExponentialBuckets;
}

export interface ExponentialBuckets {
  /** Of the first of `counts`: bucket i holds values in (base^i, base^(i+1)]. */
  readonly offset: number;
  readonly counts: readonly number[];
}

interface MetricBase {
  readonly name: string;
  readonly description: string;
  /** UCUM, such as `s`, `By`, `{request}`. */
  readonly unit: string;
}

/** One metric and its points. Summaries, which only old libraries send, are not read. */
export type MetricData = MetricBase &
  (
    | {
        readonly kind: "sum";
        readonly temporality: Temporality;
        readonly monotonic: boolean;
        readonly points: readonly NumberPoint[];
      }
    | { readonly kind: "gauge"; readonly points: readonly NumberPoint[] }
    | {
        readonly kind: "histogram";
        readonly temporality: Temporality;
        readonly points: readonly HistogramPoint[];
      }
    | {
        readonly kind: "exponential-histogram";
        readonly temporality: Temporality;
        readonly points: readonly ExponentialHistogramPoint[];
      }
  );

/** `SeverityNumber` of the protocol, 1 to 24: 1 trace, 5 debug, 9 info, 13 warn, 17 error, 21 fatal; 0 when not given. */
export type SeverityNumber = number;

export interface LogData {
  readonly timeUs: number;
  readonly severity: SeverityNumber;
  readonly severityText: string;
  readonly body: AnyValue;
  readonly attributes: Attributes;
  /** Of the span in which it was written; undefined outside of any. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

/** Takes telemetry as it was decoded. Must not throw, and must not keep the arrays. */
export interface TelemetrySink {
  spans(batch: Batch<SpanData>): void;
  metrics(batch: Batch<MetricData>): void;
  logs(batch: Batch<LogData>): void;
}

/** The three things that OTLP carries. */
export type Signal = "traces" | "metrics" | "logs";
