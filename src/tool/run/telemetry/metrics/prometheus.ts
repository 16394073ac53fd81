import type { MetricInfo } from "../../../control-api/metrics.ts";
import type { BucketLayout } from "./bucket-layout.ts";
import { EXPONENTIAL_SCALE } from "./bucket-layout.ts";
import { prometheusLabel, prometheusName } from "./prometheus-name.ts";
import type { Metric, Series } from "./series.ts";
import type { SeriesTable } from "./series-table.ts";

/** What is silent for so long is left out, as Prometheus itself would forget it. */
const STALE_MS = 5 * 60_000;
/** Exponential histograms are told in buckets of two to the doubling: a reader's choice is between few lines and fine ones. */
const EXPONENTIAL_STRIDE = 2 ** EXPONENTIAL_SCALE / 2;

interface Family {
  readonly kind: MetricInfo["kind"];
  readonly description: string;
  readonly series: Series[];
}

/** Content-Type of the text. */
export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * Totals and last values in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4).
 * `job` is the part and `instance` the replica. A family whose name two metrics of different kinds would have goes to the first. Pure.
 */
export function prometheusText(table: SeriesTable, nowMs: number): string {
  const families = familiesOf(table.metrics(), nowMs);
  const lines: string[] = [];
  for (const name of [...families.keys()].sort()) {
    const family = families.get(name);
    if (!family || family.series.length === 0) continue;
    if (family.description !== "") lines.push(`# HELP ${name} ${escaped(family.description)}`);
    lines.push(`# TYPE ${name} ${family.kind}`);
    const written = new Set<string>();
    for (const series of family.series) {
      const labels = labelsOf(series);
      // Two sets of attributes may become one set of labels; a sample must not stand twice.
      if (written.has(labels)) continue;
      written.add(labels);
      if (series.tally && series.layout) pushHistogram(lines, name, labels, series, series.layout);
      else
        lines.push(
          `${name}{${labels}} ${numberText(family.kind === "gauge" ? series.lastValue : series.total)}`,
        );
    }
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function familiesOf(metrics: Iterable<Metric>, nowMs: number): Map<string, Family> {
  const families = new Map<string, Family>();
  const taken = new Map<string, string>();
  for (const metric of metrics) {
    const name = prometheusName(metric.name, metric.unit, metric.kind);
    const names = metric.kind === "histogram" ? HISTOGRAM_ENDINGS.map((ending) => name + ending) : [name];
    if (names.some((each) => (taken.get(each) ?? name) !== name)) continue;
    let family = families.get(name);
    if (!family) {
      family = { kind: metric.kind, description: metric.description, series: [] };
      families.set(name, family);
      for (const each of names) taken.set(each, name);
    }
    if (family.kind !== metric.kind) continue;
    for (const series of metric.series) if (nowMs - series.lastMs <= STALE_MS) family.series.push(series);
  }
  // Of histograms that differ in their bounds alone, the one reported last counts.
  for (const { series } of families.values()) series.sort((one, other) => other.lastMs - one.lastMs);
  return families;
}

const HISTOGRAM_ENDINGS = ["", "_bucket", "_sum", "_count"];

function pushHistogram(
  lines: string[],
  name: string,
  labels: string,
  { tally, total, sum }: Series,
  layout: BucketLayout,
): void {
  if (!tally) return;
  let below = 0;
  if (layout.bounds) {
    layout.bounds.forEach((bound, id) => {
      below += tally.get(id);
      lines.push(`${name}_bucket{${labels},le="${numberText(bound)}"} ${numberText(below)}`);
    });
  } else {
    for (let id = tally.low; id < tally.high; id++) {
      below += tally.get(id);
      // Bounds that are multiples of the stride, counted from 1 = 2^0, are the same in every text.
      const isBound = id % EXPONENTIAL_STRIDE === 0 || id === tally.high - 1;
      if (isBound && below > 0) {
        const bound = layout.upper(Math.ceil(id / EXPONENTIAL_STRIDE) * EXPONENTIAL_STRIDE);
        lines.push(`${name}_bucket{${labels},le="${numberText(bound)}"} ${numberText(below)}`);
      }
    }
  }
  lines.push(`${name}_bucket{${labels},le="+Inf"} ${numberText(total)}`);
  lines.push(`${name}_sum{${labels}} ${numberText(sum)}`);
  lines.push(`${name}_count{${labels}} ${numberText(total)}`);
}

function labelsOf({ metric, replica, attributes }: Series): string {
  const values = new Map<string, string>();
  for (let index = 0; index < attributes.length; index += 2) {
    const label = prometheusLabel(attributes[index] ?? "");
    const value = attributes[index + 1] ?? "";
    const other = values.get(label);
    values.set(label, other === undefined ? value : `${other};${value}`);
  }
  let text = `job="${escapedValue(metric.part)}",instance="${escapedValue(replica)}"`;
  for (const [label, value] of values) text += `,${label}="${escapedValue(value)}"`;
  return text;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", " ");
}

function escapedValue(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
