import type { Attributes, MetricData } from "../otlp/model.ts";
import type { TraceContext } from "../trace/trace-context.ts";

/** What every instrument is made with. */
export interface InstrumentOptions {
  /** UCUM: `s`, `By`, `{request}`. Default empty. */
  readonly unit?: string;
  readonly description?: string;
  /**
   * Sets of attributes that are counted apart, at most; those that come later are counted together under
   * `otel.metric.overflow`. 2 or more. Default 200: a metric that needs more is a log.
   */
  readonly attributeSetsMax?: number;
}

/** A sum that only rises: requests, bytes sent. */
export interface Counter {
  /** `value`: 0 or more, default 1; anything else is passed over. */
  add(value?: number, attributes?: Attributes): void;
  /** The counter of one set of attributes, found once: to add to it is to add to a field. */
  with(attributes: Attributes): BoundCounter;
  /** Lets go of a set of attributes that nobody will count again. */
  forget(attributes: Attributes): void;
}

export interface BoundCounter {
  /** `value`: 0 or more, default 1. */
  add(value?: number): void;
}

/** A sum that rises and falls: requests under way, entries. */
export interface UpDownCounter {
  add(value: number, attributes?: Attributes): void;
  with(attributes: Attributes): BoundUpDownCounter;
  forget(attributes: Attributes): void;
}

export interface BoundUpDownCounter {
  add(value: number): void;
}

/** What is so just now, and cannot be summed up: a temperature, a share. */
export interface Gauge {
  record(value: number, attributes?: Attributes): void;
  with(attributes: Attributes): BoundGauge;
  forget(attributes: Attributes): void;
}

export interface BoundGauge {
  record(value: number): void;
}

/** How values spread: durations in seconds, sizes in bytes. */
export interface Histogram {
  /**
   * `value`: finite, 0 or more; anything else is passed over. `context`: the span that it was measured in, to be kept as an
   * example when that is sampled; default the active span's.
   */
  record(value: number, attributes?: Attributes, context?: TraceContext): void;
  with(attributes: Attributes): BoundHistogram;
  forget(attributes: Attributes): void;
}

export interface BoundHistogram {
  record(value: number, context?: TraceContext): void;
}

/** Says values at collection: `report` may be called for any number of sets of attributes. */
export type Observation = (report: (value: number, attributes?: Attributes) => void) => void;

/** Something with points to be collected. */
export interface Collected {
  /**
   * What it counted so far; undefined while it has no point. `newSinceUs` is the last collection: what is collected for the first time
   * counts since then, not since the program began (the data model's "start time" of a new stream:
   * https://opentelemetry.io/docs/specs/otel/metrics/data-model/#resets-and-gaps). What was counted elsewhere counts since `startUs`.
   */
  collect(startUs: number, timeUs: number, newSinceUs: number): MetricData | undefined;
}

/** 200: far more routes and statuses than people look at, far less than clients, codes or keys. */
export const ATTRIBUTE_SETS_MAX = 200;
