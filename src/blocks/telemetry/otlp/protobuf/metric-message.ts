import type { DecodeBounds, Tally } from "../bounds.ts";
import { OtlpError } from "../errors.ts";
import type { MetricData, Temporality } from "../model.ts";
import { METRIC_FIELD, TEMPORALITY } from "./point-writing.ts";
import { PointReader, type PointReading } from "./points.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";

/*
 * opentelemetry/proto/metrics/v1/metrics.proto:
 *
 *     Metric    { string name = 1; string description = 2; string unit = 3; oneof data: Gauge 5; Sum 7; Histogram 9;
 *                 ExponentialHistogram 10; Summary 11 }
 *     Gauge     { repeated NumberDataPoint data_points = 1 }
 *     Sum       { repeated NumberDataPoint data_points = 1; AggregationTemporality aggregation_temporality = 2; bool is_monotonic = 3 }
 *     Histogram { repeated HistogramDataPoint data_points = 1; AggregationTemporality aggregation_temporality = 2 }
 *     ExponentialHistogram, Summary: likewise
 */

/** A metric with the points that were read of it since it was given away last. */
interface OpenMetric {
  /** Undefined of points that nobody wants. */
  readonly start: ((points: never[]) => MetricData) | undefined;
  readonly read: (reader: ProtobufReader) => PointReading<object>;
  /** Why none of its points can be taken, in words. */
  readonly problem: string;
}

/** Reads metrics of one request, a few points at a time. */
export class MetricMessageReader {
  readonly #bounds: DecodeBounds;
  readonly #tally: Tally;
  readonly #points: PointReader;

  constructor(bounds: DecodeBounds, tally: Tally) {
    this.#bounds = bounds;
    this.#tally = tally;
    this.#points = new PointReader(bounds);
  }

  /**
   * Reads the metric that ends at `reader.end`, and puts it into `items`; a long one in several pieces, each with some of its points.
   * Yields after each piece whenever `isDue` says so; `items` may then be taken away.
   */
  *read(reader: ProtobufReader, items: () => MetricData[], isDue: () => boolean): Generator<void, void> {
    const head = headOf(reader);
    const metricEnd = reader.end;
    while (reader.at < metricEnd) {
      reader.end = metricEnd;
      const tag = reader.tag();
      if (!isData(tag)) {
        reader.skip(tag);
        continue;
      }
      reader.enter();
      const dataEnd = reader.end;
      const metric = this.#open(tag >> 3, head, reader);
      let points: object[] = [];
      while (reader.at < dataEnd) {
        const field = reader.tag();
        if (field === 10) this.#point(reader, metric, points);
        else reader.skip(field);
        if (!isDue()) continue;
        if (points.length > 0) items().push(finished(metric, points));
        points = [];
        yield;
      }
      if (points.length > 0) items().push(finished(metric, points));
    }
    reader.end = metricEnd;
  }

  #open(field: number, head: Head, reader: ProtobufReader): OpenMetric {
    const points = this.#points;
    const { temporality, monotonic } = aggregationOf(reader);
    const known = temporality ?? "cumulative";
    const problem = temporality === undefined ? `${head.name} has no aggregation temporality` : "";
    switch (field) {
      case METRIC_FIELD.gauge:
        return {
          start: (taken) => ({ ...head, kind: "gauge", points: taken }),
          read: (from) => points.number(from),
          problem: "",
        };
      case METRIC_FIELD.sum:
        return {
          start: (taken) => ({ ...head, kind: "sum", temporality: known, monotonic, points: taken }),
          read: (from) => points.number(from),
          problem,
        };
      case METRIC_FIELD.histogram:
        return {
          start: (taken) => ({ ...head, kind: "histogram", temporality: known, points: taken }),
          read: (from) => points.histogram(from),
          problem,
        };
      case METRIC_FIELD["exponential-histogram"]:
        return {
          start: (taken) => ({ ...head, kind: "exponential-histogram", temporality: known, points: taken }),
          read: (from) => points.exponential(from),
          problem,
        };
      default:
        return { start: undefined, read: () => undefined, problem: "" };
    }
  }

  #point(reader: ProtobufReader, metric: OpenMetric, points: object[]): void {
    const tally = this.#tally;
    const outer = reader.enter();
    const { end } = reader;
    const start = reader.at;
    if (metric.start === undefined) tally.refuse("unsupported", "summaries are not read");
    else if (metric.problem !== "") tally.refuse("malformed", metric.problem);
    else if (end - start > this.#bounds.itemBytesMax)
      tally.refuse("too-large", `a point is larger than ${this.#bounds.itemBytesMax} bytes`);
    else {
      try {
        const point = metric.read(reader);
        if (typeof point === "string") tally.refuse("malformed", point);
        else {
          tally.taken++;
          if (point) points.push(point);
        }
      } catch (thrown) {
        if (!(thrown instanceof OtlpError)) throw thrown;
        tally.refuse("malformed", thrown.message);
      }
    }
    reader.at = end;
    reader.end = outer;
  }
}

/** The points were read by the reader that belongs to the metric's kind. */
function finished(metric: OpenMetric, points: object[]): MetricData {
  if (metric.start === undefined) throw new TypeError("a metric without a kind has no points");
  return metric.start(points as never[]);
}

interface Head {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
}

/** The fields beside the data, wherever they stand. Leaves the reader where it was. */
function headOf(reader: ProtobufReader): Head {
  const start = reader.at;
  let name = "";
  let description = "";
  let unit = "";
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 10) name = reader.string();
    else if (tag === 18) description = reader.string();
    else if (tag === 26) unit = reader.string();
    else reader.skip(tag);
  }
  reader.at = start;
  return { name, description, unit };
}

/** The fields beside the points, wherever they stand. Leaves the reader where it was. */
function aggregationOf(reader: ProtobufReader): {
  temporality: Temporality | undefined;
  monotonic: boolean;
} {
  const start = reader.at;
  let temporality = 0;
  let monotonic = false;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 16) temporality = reader.varint();
    else if (tag === 24) monotonic = reader.varint() !== 0;
    else reader.skip(tag);
  }
  reader.at = start;
  return { temporality: temporalityOf(temporality), monotonic };
}

/** Undefined of one that is not said, or that the protocol does not have. */
export function temporalityOf(number: number): Temporality | undefined {
  if (number === TEMPORALITY.delta) return "delta";
  return number === TEMPORALITY.cumulative ? "cumulative" : undefined;
}

/** Whether a field of `Metric` holds points. */
export function isData(tag: number): boolean {
  return tag === 42 || tag === 58 || tag === 74 || tag === 82 || tag === 90;
}
