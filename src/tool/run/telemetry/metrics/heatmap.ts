import type { HeatmapAnswer, MetricQuery } from "../../../control-api/metrics.ts";
import { RunError } from "../../errors.ts";
import { EXPONENTIAL_SCALE } from "./bucket-layout.ts";
import { distributionsOf } from "./chart-line.ts";
import type { Distribution, Tally } from "./distribution.ts";
import { exemplarsOf, seriesFor } from "./query.ts";
import type { SeriesTable } from "./series-table.ts";
import { stepsOf } from "./steps.ts";
import { coarsestTier } from "./table-reader.ts";

/** As many rows as a chart shows well, beside the one above the last bound. */
const ROWS_MAX = 40;
/** Rows of equal ratio: at most so many to the doubling, so that a narrow range is not cut finer than it was measured. */
const ROWS_PER_DOUBLING_MAX = 2 ** EXPONENTIAL_SCALE;

/**
 * Counts of a histogram over time and value. Rows cover what occurs: the bounds that were reported where all agree on them, else
 * bounds of equal ratio. Throws `BAD_REQUEST` for what is no histogram. Pure.
 */
export function heatmapOf(table: SeriesTable, query: MetricQuery, nowMs: number): HeatmapAnswer {
  const steps = stepsOf(query.fromMs, query.toMs, query.points);
  const series = seriesFor(table, query);
  const metric = series[0]?.metric;
  if (metric && metric.kind !== "histogram") {
    throw new RunError("BAD_REQUEST", `${query.name} is a ${metric.kind}: only histograms have a heat map`);
  }
  const tier = coarsestTier(table, steps.stepMs);
  const columns = distributionsOf(series, { steps, as: "rate", tier, nowMs });
  const bounds = rowBounds(columns);
  return {
    name: query.name,
    unit: metric?.unit ?? "",
    fromMs: steps.fromMs,
    stepMs: steps.stepMs,
    bounds,
    counts: columns.map((column) => rowsOf(column, bounds)),
    exemplars: exemplarsOf(series, steps),
  };
}

function rowsOf(column: Distribution | undefined, bounds: readonly number[]): number[] {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  if (!column) return counts;
  let below = 0;
  bounds.forEach((bound, row) => {
    const upTo = column.below(bound);
    counts[row] = rounded(upTo - below);
    below = upTo;
  });
  counts[bounds.length] = rounded(Math.max(0, column.count - below));
  return counts;
}

/** Entries that lie over two steps are shared out: what is left of a thousandth is noise of the division. */
function rounded(count: number): number {
  return Math.round(count * 1_000) / 1_000;
}

function rowBounds(columns: readonly (Distribution | undefined)[]): readonly number[] {
  const tallies: Tally[] = [];
  for (const column of columns) if (column) tallies.push(...column.tallies);
  const layout = tallies[0]?.layout;
  if (!layout) return [];
  if (layout.bounds && tallies.every((tally) => tally.layout === layout)) {
    return reportedBounds(layout.bounds, tallies);
  }
  return ratioBounds(tallies);
}

/** The reported bounds around what occurs; when there are too many, every second, third and so on of them. */
function reportedBounds(bounds: readonly number[], tallies: readonly Tally[]): readonly number[] {
  let low = bounds.length;
  let high = 0;
  for (const tally of tallies) {
    for (let id = tally.low; id < tally.high; id++) {
      if (tally.get(id) === 0) continue;
      low = Math.min(low, id);
      high = Math.max(high, id);
    }
  }
  // The bound below the lowest row is one too, so that the row can be drawn with its own height.
  const chosen = bounds.slice(Math.max(0, low - 1), high + 1);
  const every = Math.ceil(chosen.length / ROWS_MAX);
  return every <= 1 ? chosen : chosen.filter((_, index) => (chosen.length - 1 - index) % every === 0);
}

/** Bounds `2^(i/n)` around what occurs, with the largest n whose rows are few enough. */
function ratioBounds(tallies: readonly Tally[]): readonly number[] {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const tally of tallies) {
    for (let id = tally.low; id < tally.high; id++) {
      if (tally.get(id) === 0) continue;
      const upper = tally.layout.upper(id);
      if (upper <= 0) continue;
      low = Math.min(low, tally.layout.lower(id) > 0 ? tally.layout.lower(id) : upper / 2);
      high = Math.max(high, upper);
    }
  }
  if (high === 0) return [0];
  for (let perDoubling = ROWS_PER_DOUBLING_MAX; ; perDoubling /= 2) {
    const first = Math.floor(Math.log2(low) * perDoubling + 1e-9);
    const last = Math.ceil(Math.log2(high) * perDoubling - 1e-9);
    const count = last - first + 1;
    if (count > ROWS_MAX && perDoubling > 1 / 8) continue;
    return Array.from({ length: count }, (_, index) => 2 ** ((first + index) / perDoubling));
  }
}
