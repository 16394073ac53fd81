import { AttributeBag } from "../attribute-bag.ts";
import type { DecodeBounds } from "../bounds.ts";
import { IdReader } from "../ids.ts";
import type {
  Exemplar,
  ExponentialBuckets,
  ExponentialHistogramPoint,
  HistogramPoint,
  NumberPoint,
} from "../model.ts";
import { readAttribute } from "./attributes.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";

/*
 * opentelemetry/proto/metrics/v1/metrics.proto:
 *
 *     NumberDataPoint    { fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; oneof: double 4, sfixed64 6;
 *                          repeated Exemplar exemplars = 5; repeated KeyValue attributes = 7; uint32 flags = 8 }
 *     HistogramDataPoint { start 2; time 3; fixed64 count = 4; double sum = 5; repeated fixed64 bucket_counts = 6;
 *                          repeated double explicit_bounds = 7; exemplars 8; attributes 9; uint32 flags = 10; (min 11; max 12) }
 *     ExponentialHistogramDataPoint { attributes 1; start 2; time 3; fixed64 count = 4; double sum = 5; sint32 scale = 6;
 *                          fixed64 zero_count = 7; Buckets positive = 8; Buckets negative = 9; uint32 flags = 10; exemplars 11 }
 *     Buckets            { sint32 offset = 1; repeated uint64 bucket_counts = 2 }
 *     Exemplar           { fixed64 time_unix_nano = 2; oneof: double 3, sfixed64 6; bytes span_id = 4; bytes trace_id = 5 }
 */

/** The bit of `flags` that says that there is no value: what was measured has gone. */
const NO_RECORDED_VALUE = 1;
const NO_EXEMPLARS: readonly Exemplar[] = Object.freeze([]);
const NO_BUCKETS: ExponentialBuckets = Object.freeze({ offset: 0, counts: Object.freeze([]) });

/** What a point reader gives: the point, nothing when it says that it has no value, or what is wrong with it, in words. */
export type PointReading<Point> = Point | undefined | string;

/** Reads the points of one request's metrics. Each method reads the message that ends at `reader.end`. */
export class PointReader {
  readonly #ids = new IdReader();
  readonly #bounds: DecodeBounds;

  constructor(bounds: DecodeBounds) {
    this.#bounds = bounds;
  }

  number(reader: ProtobufReader): PointReading<NumberPoint> {
    const attributes = new AttributeBag();
    let held = 0;
    let startUs = 0;
    let timeUs = 0;
    let value: number | undefined;
    let flags = 0;
    let exemplars: Exemplar[] | undefined;
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === 17) startUs = reader.timeUs();
      else if (tag === 25) timeUs = reader.timeUs();
      else if (tag === 33) value = reader.double();
      else if (tag === 49) value = reader.signedFixed64();
      else if (tag === 42) exemplars = this.#exemplar(reader, exemplars);
      else if (tag === 58) held = readAttribute(reader, attributes, held, this.#bounds);
      else if (tag === 64) flags = reader.varint();
      else reader.skip(tag);
    }
    if (isWithoutValue(flags)) return undefined;
    if (value === undefined) return "a point has no value";
    return { attributes, startUs, timeUs, exemplars: exemplars ?? NO_EXEMPLARS, value };
  }

  histogram(reader: ProtobufReader): PointReading<HistogramPoint> {
    const attributes = new AttributeBag();
    let held = 0;
    let startUs = 0;
    let timeUs = 0;
    let count = 0;
    let sum = 0;
    let flags = 0;
    const counts: number[] = [];
    const bounds: number[] = [];
    let exemplars: Exemplar[] | undefined;
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === 17) startUs = reader.timeUs();
      else if (tag === 25) timeUs = reader.timeUs();
      else if (tag === 33) count = reader.fixed64();
      else if (tag === 41) sum = reader.double();
      else if (tag === 50 || tag === 49) this.#list(reader, tag === 50, counts, fixed64);
      else if (tag === 58 || tag === 57) this.#list(reader, tag === 58, bounds, double);
      else if (tag === 66) exemplars = this.#exemplar(reader, exemplars);
      else if (tag === 74) held = readAttribute(reader, attributes, held, this.#bounds);
      else if (tag === 80) flags = reader.varint();
      else reader.skip(tag);
    }
    if (isWithoutValue(flags)) return undefined;
    const problem = problemOfBuckets(bounds, counts, this.#bounds.bucketsMax);
    if (problem !== undefined) return problem;
    return { attributes, startUs, timeUs, exemplars: exemplars ?? NO_EXEMPLARS, count, sum, bounds, counts };
  }

  exponential(reader: ProtobufReader): PointReading<ExponentialHistogramPoint> {
    const attributes = new AttributeBag();
    let held = 0;
    let startUs = 0;
    let timeUs = 0;
    let count = 0;
    let sum = 0;
    let scale = 0;
    let zeroCount = 0;
    let flags = 0;
    let positive = NO_BUCKETS;
    let negative = NO_BUCKETS;
    let exemplars: Exemplar[] | undefined;
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === 10) held = readAttribute(reader, attributes, held, this.#bounds);
      else if (tag === 17) startUs = reader.timeUs();
      else if (tag === 25) timeUs = reader.timeUs();
      else if (tag === 33) count = reader.fixed64();
      else if (tag === 41) sum = reader.double();
      else if (tag === 48) scale = reader.zigzag();
      else if (tag === 57) zeroCount = reader.fixed64();
      else if (tag === 66) positive = this.#buckets(reader);
      else if (tag === 74) negative = this.#buckets(reader);
      else if (tag === 80) flags = reader.varint();
      else if (tag === 90) exemplars = this.#exemplar(reader, exemplars);
      else reader.skip(tag);
    }
    if (isWithoutValue(flags)) return undefined;
    const problem = problemOfExponential(scale, positive, negative, this.#bounds.bucketsMax);
    if (problem !== undefined) return problem;
    const base = { attributes, startUs, timeUs, exemplars: exemplars ?? NO_EXEMPLARS };
    return { ...base, count, sum, scale, zeroCount, positive, negative };
  }

  #buckets(reader: ProtobufReader): ExponentialBuckets {
    const outer = reader.enter();
    let offset = 0;
    const counts: number[] = [];
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === 8) offset = reader.zigzag();
      else if (tag === 18 || tag === 16) this.#list(reader, tag === 18, counts, varint);
      else reader.skip(tag);
    }
    reader.leave(outer);
    return { offset, counts };
  }

  /** A list of numbers, packed into one field or each in a field of its own. One too many is read, to be seen. */
  #list(
    reader: ProtobufReader,
    isPacked: boolean,
    into: number[],
    read: (reader: ProtobufReader) => number,
  ): void {
    const most = this.#bounds.bucketsMax + 1;
    if (!isPacked) {
      const value = read(reader);
      if (into.length < most) into.push(value);
      return;
    }
    const outer = reader.enter();
    while (reader.at < reader.end && into.length < most) into.push(read(reader));
    reader.leave(outer);
  }

  /** One that leads to no trace is left out. */
  #exemplar(reader: ProtobufReader, before: Exemplar[] | undefined): Exemplar[] | undefined {
    const outer = reader.enter();
    let timeUs = 0;
    let value = 0;
    let traceId = "";
    let spanId = "";
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (tag === 17) timeUs = reader.timeUs();
      else if (tag === 25) value = reader.double();
      else if (tag === 49) value = reader.signedFixed64();
      else if (tag === 34) {
        const inner = reader.enter();
        spanId = this.#ids.spanId(reader.bytes, reader.at, reader.end);
        reader.leave(inner);
      } else if (tag === 42) {
        const inner = reader.enter();
        traceId = this.#ids.traceId(reader.bytes, reader.at, reader.end);
        reader.leave(inner);
      } else reader.skip(tag);
    }
    reader.leave(outer);
    if (traceId === "" || spanId === "") return before;
    const exemplars = before ?? [];
    if (exemplars.length < this.#bounds.eventsMax) exemplars.push({ timeUs, value, traceId, spanId });
    return exemplars;
  }
}

const fixed64 = (reader: ProtobufReader) => reader.fixed64();
const double = (reader: ProtobufReader) => reader.double();
const varint = (reader: ProtobufReader) => reader.varint();

/** Whether a point's flags say that there is no value. */
export function isWithoutValue(flags: number): boolean {
  return flags % 2 === NO_RECORDED_VALUE;
}

/** What keeps a histogram's buckets from being read, in words. */
export function problemOfBuckets(
  bounds: readonly number[],
  counts: readonly number[],
  bucketsMax: number,
): string | undefined {
  if (counts.length > bucketsMax || bounds.length >= bucketsMax)
    return `a histogram has more than ${bucketsMax} buckets`;
  if (counts.length === 0 && bounds.length === 0) return undefined;
  if (counts.length !== bounds.length + 1) return "a histogram has not one bucket more than bounds";
  for (let at = 0; at < bounds.length; at++) {
    const bound = bounds[at] as number;
    if (Number.isNaN(bound) || (at > 0 && bound <= (bounds[at - 1] as number)))
      return "a histogram's bounds do not rise";
  }
  return undefined;
}

/** The scales that OpenTelemetry's own histograms can have. */
const SCALE_MIN = -10;
const SCALE_MAX = 20;
/** `sint32`, less the number of buckets that may follow. */
const OFFSET_MAX = 2_147_400_000;

/** What keeps an exponential histogram's buckets from being read, in words. */
export function problemOfExponential(
  scale: number,
  positive: ExponentialBuckets,
  negative: ExponentialBuckets,
  bucketsMax: number,
): string | undefined {
  if (!(scale >= SCALE_MIN && scale <= SCALE_MAX))
    return `an exponential histogram's scale is not from ${SCALE_MIN} to ${SCALE_MAX}`;
  for (const { offset, counts } of [positive, negative]) {
    if (counts.length > bucketsMax) return `a histogram has more than ${bucketsMax} buckets`;
    if (!(Math.abs(offset) <= OFFSET_MAX)) return "an exponential histogram's offset is out of range";
  }
  return undefined;
}
