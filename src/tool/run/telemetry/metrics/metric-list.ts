import type { MetricInfo } from "../../../control-api/metrics.ts";
import type { Metric } from "./series.ts";
import type { SeriesTable } from "./series-table.ts";

const VALUES_MAX = 50;

/** Which metrics there are, by name and part. Pure. */
export function listMetrics(table: SeriesTable, part?: string): MetricInfo[] {
  const list: MetricInfo[] = [];
  for (const metric of table.metrics()) {
    if (part === undefined || metric.part === part) list.push(infoOf(metric));
  }
  return list.sort((one, other) => compare(one.name, other.name) || compare(one.part, other.part));
}

function infoOf({ name, part, kind, unit, description, series }: Metric): MetricInfo {
  const values = new Map<string, Set<string>>();
  for (const { attributes } of series) {
    for (let index = 0; index < attributes.length; index += 2) {
      const attribute = attributes[index] ?? "";
      let seen = values.get(attribute);
      if (!seen) {
        seen = new Set();
        values.set(attribute, seen);
      }
      if (seen.size < VALUES_MAX) seen.add(attributes[index + 1] ?? "");
    }
  }
  const attributes = Object.fromEntries(
    [...values].sort(([one], [other]) => compare(one, other)).map(([key, seen]) => [key, [...seen].sort()]),
  );
  return { name, part, kind, unit, description, attributes, series: series.size };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
