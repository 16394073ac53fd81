import type {
  ExemplarPoint,
  Series as Line,
  MetricAnswer,
  MetricInfo,
  MetricQuery,
  Reading,
} from "../../../control-api/metrics.ts";
import { RunError } from "../../errors.ts";
import { lineOf } from "./chart-line.ts";
import { eachSeries } from "./selection.ts";
import type { Series } from "./series.ts";
import type { SeriesTable } from "./series-table.ts";
import { type Steps, stepsOf } from "./steps.ts";
import { coarsestTier } from "./table-reader.ts";

const LINES_MAX = 50;
const EXEMPLARS_MAX = 200;

/** Which readings each kind allows. */
const READINGS: Readonly<Record<MetricInfo["kind"], readonly Reading[]>> = {
  gauge: ["value"],
  counter: ["rate", "sum-rate", "value"],
  histogram: ["rate", "sum-rate", "value", "mean", "p50", "p90", "p95", "p99", "p999"],
};

/**
 * Answers a chart's question. A metric that nobody reported has no lines. Throws `BAD_REQUEST` when the kind of the metric does not
 * allow the reading. Pure.
 */
export function queryTable(table: SeriesTable, query: MetricQuery, nowMs: number): MetricAnswer {
  const steps = stepsOf(query.fromMs, query.toMs, query.points);
  const series = seriesFor(table, query);
  const metric = series[0]?.metric;
  const kind = metric?.kind ?? table.metricsOf(query.name)[0]?.kind ?? "gauge";
  if (metric && !READINGS[kind].includes(query.as)) {
    throw new RunError(
      "BAD_REQUEST",
      `${query.name} is a ${kind}, which is read as ${READINGS[kind].join(", ")}, not as ${query.as}`,
    );
  }
  const tier = coarsestTier(table, steps.stepMs);
  const lines: { line: Line; size: number }[] = [];
  for (const [label, members] of groupsOf(series, query.by)) {
    const values = lineOf(members, { steps, as: query.as, tier, nowMs });
    if (values.every((value) => value === null)) continue;
    const labels = query.by === undefined ? {} : Object.fromEntries([[query.by, label]]);
    lines.push({ line: { labels, values }, size: meanOf(values) });
  }
  lines.sort((one, other) => other.size - one.size);
  return {
    name: query.name,
    unit: metric?.unit ?? "",
    kind,
    fromMs: steps.fromMs,
    stepMs: steps.stepMs,
    steps: steps.count,
    series: lines.slice(0, LINES_MAX).map(({ line }) => line),
    leftOut: Math.max(0, lines.length - LINES_MAX),
    exemplars: exemplarsOf(series, steps),
  };
}

/** The series that a query means, all of one kind: that of the first part that reports it. */
export function seriesFor(table: SeriesTable, query: MetricQuery): Series[] {
  const all: Series[] = [];
  eachSeries(table, query.name, query, (series) => all.push(series));
  const kind = all[0]?.metric.kind;
  return all.filter(({ metric }) => metric.kind === kind);
}

/** Those in the range; when there are too many, those of the largest values. Oldest first. */
export function exemplarsOf(series: readonly Series[], steps: Steps): ExemplarPoint[] {
  const endMs = steps.fromMs + steps.count * steps.stepMs;
  const points: ExemplarPoint[] = [];
  for (const { exemplars } of series) {
    for (const point of exemplars?.points ?? []) {
      if (point.timeMs >= steps.fromMs && point.timeMs < endMs) points.push(point);
    }
  }
  points.sort((one, other) => other.value - one.value);
  return points.slice(0, EXEMPLARS_MAX).sort((one, other) => one.timeMs - other.timeMs);
}

function groupsOf(series: readonly Series[], by: string | undefined): Map<string, Series[]> {
  const groups = new Map<string, Series[]>();
  for (const each of series) {
    // One that has not got the attribute is a line of its own, with an empty label.
    const label = by === undefined ? "" : (each.label(by) ?? "");
    const group = groups.get(label);
    if (group) group.push(each);
    else groups.set(label, [each]);
  }
  return groups;
}

function meanOf(values: readonly (number | null)[]): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : 0;
}
