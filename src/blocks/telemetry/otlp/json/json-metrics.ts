/** Metrics of OTLP/JSON. The messages' fields are told in `protobuf/metric-message.ts` and `protobuf/points.ts`. Pure. */

import type { DecodeBounds, Tally } from "../bounds.ts";
import { idOfText } from "../ids.ts";
import type {
  Exemplar,
  ExponentialBuckets,
  ExponentialHistogramPoint,
  HistogramPoint,
  MetricData,
  NumberPoint,
} from "../model.ts";
import { temporalityOf } from "../protobuf/metric-message.ts";
import { isWithoutValue, problemOfBuckets, problemOfExponential } from "../protobuf/points.ts";
import {
  attributesOf,
  countOf,
  enumOf,
  isObject,
  type JsonObject,
  listOf,
  numberOf,
  numberOr0,
  objectOf,
  textOf,
  timeUsOf,
} from "./json-value.ts";

const TEMPORALITIES = ["UNSPECIFIED", "DELTA", "CUMULATIVE"];

/** The members of a metric that hold points. */
export const POINT_MEMBERS = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"] as const;

/** A metric's points, by the kinds that it has: one, as a rule. What cannot be taken is in the tally. */
export function metricsOfJson(json: JsonObject, bounds: DecodeBounds, tally: Tally): MetricData[] {
  const head = {
    name: textOf(json.name),
    description: textOf(json.description),
    unit: textOf(json.unit),
  };
  const metrics: MetricData[] = [];
  for (const member of POINT_MEMBERS) {
    const data = objectOf(json[member]);
    const points = listOf(data.dataPoints);
    if (points.length === 0) continue;
    if (member === "summary") {
      tally.refuse("unsupported", "summaries are not read", points.length);
      continue;
    }
    if (member === "gauge") {
      metrics.push({ ...head, kind: "gauge", points: taken(points, numberPoint, bounds, tally) });
      continue;
    }
    const temporality = temporalityOf(
      enumOf(data.aggregationTemporality, "AGGREGATION_TEMPORALITY_", TEMPORALITIES),
    );
    if (temporality === undefined) {
      tally.refuse("malformed", `${head.name} has no aggregation temporality`, points.length);
    } else if (member === "sum") {
      const monotonic = data.isMonotonic === true;
      const read = taken(points, numberPoint, bounds, tally);
      metrics.push({ ...head, kind: "sum", temporality, monotonic, points: read });
    } else if (member === "histogram") {
      const read = taken(points, histogramPoint, bounds, tally);
      metrics.push({ ...head, kind: "histogram", temporality, points: read });
    } else {
      const read = taken(points, exponentialPoint, bounds, tally);
      metrics.push({ ...head, kind: "exponential-histogram", temporality, points: read });
    }
  }
  return metrics.filter(({ points }) => points.length > 0);
}

function taken<Point extends object>(
  points: readonly unknown[],
  read: (json: JsonObject, bounds: DecodeBounds) => Point | string,
  bounds: DecodeBounds,
  tally: Tally,
): Point[] {
  const good: Point[] = [];
  for (const json of points) {
    if (!isObject(json)) {
      tally.refuse("malformed", "a point is no object");
      continue;
    }
    if (isWithoutValue(countOf(json.flags))) {
      tally.taken++;
      continue;
    }
    const point = read(json, bounds);
    if (typeof point === "string") tally.refuse("malformed", point);
    else {
      tally.taken++;
      good.push(point);
    }
  }
  return good;
}

function numberPoint(json: JsonObject, bounds: DecodeBounds): NumberPoint | string {
  const value = numberOf(json.asDouble) ?? numberOf(json.asInt);
  return value === undefined ? "a point has no value" : { ...baseOf(json, bounds), value };
}

function histogramPoint(json: JsonObject, bounds: DecodeBounds): HistogramPoint | string {
  const counts = listOf(json.bucketCounts).map(countOf);
  const limits = listOf(json.explicitBounds).map(numberOr0);
  const problem = problemOfBuckets(limits, counts, bounds.bucketsMax);
  if (problem !== undefined) return problem;
  const { count, sum } = json;
  return {
    ...baseOf(json, bounds),
    count: countOf(count),
    sum: numberOr0(sum),
    bounds: limits,
    counts,
  };
}

function exponentialPoint(json: JsonObject, bounds: DecodeBounds): ExponentialHistogramPoint | string {
  const scale = numberOr0(json.scale);
  const positive = bucketsOf(json.positive);
  const negative = bucketsOf(json.negative);
  const problem = problemOfExponential(scale, positive, negative, bounds.bucketsMax);
  if (problem !== undefined) return problem;
  return {
    ...baseOf(json, bounds),
    count: countOf(json.count),
    sum: numberOr0(json.sum),
    scale,
    zeroCount: countOf(json.zeroCount),
    positive,
    negative,
  };
}

function bucketsOf(value: unknown): ExponentialBuckets {
  const json = objectOf(value);
  return { offset: Math.trunc(numberOr0(json.offset)), counts: listOf(json.bucketCounts).map(countOf) };
}

function baseOf(json: JsonObject, bounds: DecodeBounds) {
  return {
    attributes: attributesOf(json.attributes, bounds),
    startUs: timeUsOf(json.startTimeUnixNano),
    timeUs: timeUsOf(json.timeUnixNano),
    exemplars: listOf(json.exemplars).slice(0, bounds.eventsMax).flatMap(exemplarOf),
  };
}

/** One that leads to no trace is left out. */
function exemplarOf(value: unknown): Exemplar[] {
  const json = objectOf(value);
  const traceId = idOfText(json.traceId, 32);
  const spanId = idOfText(json.spanId, 16);
  if (traceId === "" || spanId === "") return [];
  const number = numberOf(json.asDouble) ?? numberOr0(json.asInt);
  return [{ timeUs: timeUsOf(json.timeUnixNano), value: number, traceId, spanId }];
}
