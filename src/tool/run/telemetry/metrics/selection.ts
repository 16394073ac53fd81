import type { Metric, Series } from "./series.ts";
import type { SeriesTable } from "./series-table.ts";

/** Which series are meant. A value in `where` may end in `*`. */
export interface SeriesFilter {
  readonly part?: string | undefined;
  readonly replica?: string | undefined;
  readonly where?: Readonly<Record<string, string>> | undefined;
}

interface Condition {
  readonly attribute: string;
  readonly value: string;
  /** The value ends in `*`: it is what the attribute begins with. */
  readonly isStart: boolean;
}

/** Calls back for each series of these names that the filter lets through. */
export function eachSeries(
  table: SeriesTable,
  names: string | readonly string[],
  filter: SeriesFilter,
  visit: (series: Series) => void,
): void {
  const conditions = conditionsOf(filter.where);
  if (typeof names === "string") visitName(table.metricsOf(names), filter, conditions, visit);
  else for (const name of names) visitName(table.metricsOf(name), filter, conditions, visit);
}

function visitName(
  metrics: readonly Metric[],
  { part, replica }: SeriesFilter,
  conditions: readonly Condition[],
  visit: (series: Series) => void,
): void {
  for (const metric of metrics) {
    if (part !== undefined && metric.part !== part) continue;
    for (const series of metric.series) {
      if (replica !== undefined && series.replica !== replica) continue;
      if (conditions.length === 0 || fits(series, conditions)) visit(series);
    }
  }
}

const NO_CONDITIONS: readonly Condition[] = [];

function conditionsOf(where: Readonly<Record<string, string>> | undefined): readonly Condition[] {
  if (!where) return NO_CONDITIONS;
  return Object.entries(where).map(([attribute, value]) => {
    const isStart = value.endsWith("*");
    return { attribute, value: isStart ? value.slice(0, -1) : value, isStart };
  });
}

function fits(series: Series, conditions: readonly Condition[]): boolean {
  for (const { attribute, value, isStart } of conditions) {
    const label = series.label(attribute);
    if (label === undefined) return false;
    if (isStart ? !label.startsWith(value) : label !== value) return false;
  }
  return true;
}
