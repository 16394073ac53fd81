/** A histogram of durations with a few of the traces that they were measured in. Pure. */

import type { Exemplar } from "../../../blocks/telemetry/otlp/model.ts";
import type { TraceFacts } from "./exchange-record.ts";
import { HISTOGRAM_LENGTH, observe } from "./histogram.ts";

/** Measured values of one cell that can be followed to their traces. */
export const EXEMPLARS_MAX = 4;

/** One histogram, as `histogram.ts` keeps it, and the latest of its exemplars, in no order. */
export interface DurationCell {
  readonly numbers: Float64Array;
  readonly exemplars: Exemplar[];
}

/** An empty one. */
export function durationCell(): DurationCell {
  return { numbers: new Float64Array(HISTOGRAM_LENGTH), exemplars: [] };
}

/** Counts a duration; `trace`, where it is told, is kept as an example of it. */
export function observeDuration(cell: DurationCell, durationMs: number, trace: TraceFacts | undefined): void {
  observe(cell.numbers, 0, durationMs);
  if (trace?.isSampled) keepExample(cell.exemplars, durationMs, trace);
}

/** The latest exemplars of several lists: the same whatever their order and grouping. */
export function latestExemplars(exemplars: readonly Exemplar[]): Exemplar[] {
  return [...exemplars].sort(byTime).slice(0, EXEMPLARS_MAX);
}

function keepExample(
  exemplars: Exemplar[],
  durationMs: number,
  { traceId, spanId, endUs }: TraceFacts,
): void {
  const exemplar = { timeUs: endUs, value: durationMs / 1_000, traceId, spanId };
  if (exemplars.length < EXEMPLARS_MAX) {
    exemplars.push(exemplar);
    return;
  }
  let oldest = 0;
  for (let at = 1; at < exemplars.length; at++)
    if ((exemplars[at]?.timeUs ?? 0) < (exemplars[oldest]?.timeUs ?? 0)) oldest = at;
  exemplars[oldest] = exemplar;
}

function byTime(one: Exemplar, other: Exemplar): number {
  if (one.timeUs !== other.timeUs) return other.timeUs - one.timeUs;
  return one.spanId < other.spanId ? -1 : one.spanId > other.spanId ? 1 : 0;
}
