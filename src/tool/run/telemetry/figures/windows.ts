/**
 * Of how much time the figures of the map are, and where it ends: a report is about the time before it, so that of a program that reports
 * every minute nothing is known of the last seconds. Pure.
 */

import type { MetricReader, Selection } from "../metric-reader.ts";

/** Long enough to be steady, short enough to be of now. */
export const WINDOW_MS = 10_000;
/** Of what is polled every 5 s, and tells whole transactions at a time. */
export const POLLED_WINDOW_MS = 30_000;
/** Of ratios, which would jump with few requests. */
export const MINUTE_MS = 60_000;

/** How late edges, caches and polls report; what is later than that has stopped. */
export const ENGINE_LAG_MAX_MS = 20_000;
/** How late programs report: OpenTelemetry's SDKs do it once a minute unless they are told otherwise. */
export const PROGRAM_LAG_MAX_MS = 75_000;

/** A stretch of time: `fromMs` is excluded. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch that ends now. */
export function lately(nowMs: number, lengthMs: number): Stretch {
  return { fromMs: nowMs - lengthMs, toMs: nowMs };
}

/** A stretch that ends where the last report does, or now, where there was none in `lagMaxMs`. */
export function reported(
  reader: MetricReader,
  of: Selection,
  nowMs: number,
  lengthMs: number,
  lagMaxMs = ENGINE_LAG_MAX_MS,
): Stretch {
  return lately(endOf(reader, of, nowMs, lagMaxMs), lengthMs);
}

/** A stretch that ends where the last reports of all do: those of replicas come at different times. */
export function reportedByAll(
  reader: MetricReader,
  selections: Iterable<Selection>,
  nowMs: number,
  lengthMs: number,
  lagMaxMs = ENGINE_LAG_MAX_MS,
): Stretch {
  let toMs = nowMs;
  for (const of of selections) toMs = Math.min(toMs, endOf(reader, of, nowMs, lagMaxMs));
  return lately(toMs, lengthMs);
}

function endOf(reader: MetricReader, of: Selection, nowMs: number, lagMaxMs: number): number {
  const untilMs = reader.reportedUntilMs(of);
  return untilMs !== undefined && untilMs < nowMs && nowMs - untilMs <= lagMaxMs ? untilMs : nowMs;
}
