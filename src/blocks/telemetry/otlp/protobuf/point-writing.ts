import type {
  Exemplar,
  ExponentialBuckets,
  ExponentialHistogramPoint,
  HistogramPoint,
  MetricData,
  NumberPoint,
} from "../model.ts";
import { writeAttributes } from "./attributes.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";

/** `AggregationTemporality` by its number in the protocol. */
export const TEMPORALITY = { delta: 1, cumulative: 2 } as const;

/** The fields of `Metric` by what they hold; `point` is field 1 of each. */
export const METRIC_FIELD = {
  gauge: 5,
  sum: 7,
  histogram: 9,
  "exponential-histogram": 10,
  summary: 11,
} as const;

/** Writes a metric's fields, from the last to the first. The grammar stands in `metric-message.ts` and `points.ts`. */
export function writeMetric(writer: ProtobufWriter, metric: MetricData): void {
  const mark = writer.mark();
  if (metric.kind === "sum" && metric.monotonic) writer.bool(3, true);
  if (metric.kind !== "gauge") writer.unsigned(2, TEMPORALITY[metric.temporality]);
  switch (metric.kind) {
    case "gauge":
    case "sum":
      writePoints(writer, metric.points, writeNumber);
      break;
    case "histogram":
      writePoints(writer, metric.points, writeHistogram);
      break;
    case "exponential-histogram":
      writePoints(writer, metric.points, writeExponential);
  }
  writer.message(METRIC_FIELD[metric.kind], mark);
  if (metric.unit !== "") writer.string(3, metric.unit);
  if (metric.description !== "") writer.string(2, metric.description);
  writer.string(1, metric.name);
}

function writePoints<Point>(
  writer: ProtobufWriter,
  points: readonly Point[],
  write: (writer: ProtobufWriter, point: Point) => void,
): void {
  for (let index = points.length - 1; index >= 0; index--) {
    const mark = writer.mark();
    write(writer, points[index] as Point);
    writer.message(1, mark);
  }
}

function writeNumber(writer: ProtobufWriter, point: NumberPoint): void {
  writeAttributes(writer, 7, point.attributes);
  writeExemplars(writer, 5, point.exemplars);
  writer.double(4, point.value);
  writeTimes(writer, point);
}

function writeHistogram(writer: ProtobufWriter, point: HistogramPoint): void {
  writeAttributes(writer, 9, point.attributes);
  writeExemplars(writer, 8, point.exemplars);
  if (point.bounds.length > 0) {
    const mark = writer.mark();
    for (let at = point.bounds.length - 1; at >= 0; at--) writer.doubleElement(point.bounds[at] as number);
    writer.message(7, mark);
  }
  if (point.counts.length > 0) {
    const mark = writer.mark();
    for (let at = point.counts.length - 1; at >= 0; at--) writer.fixed64Element(point.counts[at] as number);
    writer.message(6, mark);
  }
  writer.double(5, point.sum);
  writer.fixed64(4, point.count);
  writeTimes(writer, point);
}

function writeExponential(writer: ProtobufWriter, point: ExponentialHistogramPoint): void {
  writeExemplars(writer, 11, point.exemplars);
  writeBuckets(writer, 9, point.negative);
  writeBuckets(writer, 8, point.positive);
  writer.fixed64(7, point.zeroCount);
  writer.zigzag(6, point.scale);
  writer.double(5, point.sum);
  writer.fixed64(4, point.count);
  writeTimes(writer, point);
  writeAttributes(writer, 1, point.attributes);
}

function writeBuckets(writer: ProtobufWriter, field: number, buckets: ExponentialBuckets): void {
  if (buckets.counts.length === 0 && buckets.offset === 0) return;
  const mark = writer.mark();
  const counts = writer.mark();
  for (let at = buckets.counts.length - 1; at >= 0; at--) writer.varintElement(buckets.counts[at] as number);
  if (buckets.counts.length > 0) writer.message(2, counts);
  writer.zigzag(1, buckets.offset);
  writer.message(field, mark);
}

function writeTimes(writer: ProtobufWriter, point: { startUs: number; timeUs: number }): void {
  writer.timeUs(3, point.timeUs);
  if (point.startUs !== 0) writer.timeUs(2, point.startUs);
}

function writeExemplars(writer: ProtobufWriter, field: number, exemplars: readonly Exemplar[]): void {
  for (let index = exemplars.length - 1; index >= 0; index--) {
    const exemplar = exemplars[index] as Exemplar;
    const mark = writer.mark();
    writer.hex(5, exemplar.traceId);
    writer.hex(4, exemplar.spanId);
    writer.double(3, exemplar.value);
    writer.timeUs(2, exemplar.timeUs);
    writer.message(field, mark);
  }
}
