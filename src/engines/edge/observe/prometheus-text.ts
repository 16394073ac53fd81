/**
 * Metrics as text: Prometheus' format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0.0
 * (https://prometheus.io/docs/specs/om/open_metrics_spec/). The same snapshot gives the same text. Pure.
 */

import { BOUNDS_MS } from "./histogram.ts";
import { familyOf, METRIC_NAMES, type MetricFamily, type MetricName } from "./metric-families.ts";
import type { MetricsSnapshot, Sample } from "./metrics-snapshot.ts";

export type MetricsFormat = "text" | "openmetrics";

/** The `Content-Type` of each format. */
export const METRICS_CONTENT_TYPES: Readonly<Record<MetricsFormat, string>> = Object.freeze({
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
});

/**
 * The format that an `Accept` field asks for: OpenMetrics where it is named, in version 1.0.0 or in any, with at least the weight of
 * plain text; else plain text, which every scraper reads.
 */
export function metricsFormatFor(accept: string | undefined): MetricsFormat {
  let openMetrics = 0;
  let text = 0;
  for (const range of (accept ?? "").slice(0, 1_024).toLowerCase().split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    let weight = 1;
    let version: string | undefined;
    for (const parameter of parameters) {
      if (parameter.startsWith("q=")) weight = Number(parameter.slice(2)) || 0;
      if (parameter.startsWith("version=")) version = parameter.slice(8).replaceAll('"', "");
    }
    if (type === "application/openmetrics-text") {
      if (version === undefined || version === "1.0.0") openMetrics = Math.max(openMetrics, weight);
    } else if (type === "text/plain") text = Math.max(text, weight);
  }
  return openMetrics > 0 && openMetrics >= text ? "openmetrics" : "text";
}

/** Writes a snapshot. Metrics without a sample are left out. */
export function renderMetrics(snapshot: MetricsSnapshot, format: MetricsFormat = "text"): string {
  const lines: string[] = [];
  for (const name of METRIC_NAMES) {
    const samples = snapshot[name];
    if (samples && samples.length > 0 && !familyOf(name).isDetail) renderFamily(lines, name, samples, format);
  }
  if (format === "openmetrics") lines.push("# EOF");
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

function renderFamily(
  lines: string[],
  name: MetricName,
  samples: readonly Sample[],
  format: MetricsFormat,
): void {
  const family = familyOf(name);
  const sampleName = family.type === "counter" ? `${name}_total` : name;
  const titled = format === "openmetrics" ? name : sampleName;
  lines.push(`# HELP ${titled} ${family.help}`, `# TYPE ${titled} ${family.type}`);
  if (format === "openmetrics" && family.unit) lines.push(`# UNIT ${titled} ${family.unit}`);
  const divisor = family.divisor ?? 1;
  for (const { labels, values } of samples) {
    const pairs = labelPairs(family, labels);
    if (family.type === "histogram") renderHistogram(lines, name, pairs, values, divisor, format);
    else lines.push(`${sampleName}${braced(pairs)} ${(values[0] ?? 0) / divisor}`);
  }
}

function renderHistogram(
  lines: string[],
  name: string,
  pairs: string,
  values: readonly number[],
  divisor: number,
  format: MetricsFormat,
): void {
  const before = pairs === "" ? "" : `${pairs},`;
  let count = 0;
  for (let bucket = 0; bucket <= BOUNDS_MS.length; bucket++) {
    count += values[bucket] ?? 0;
    lines.push(`${name}_bucket{${before}le="${boundText(bucket, format)}"} ${count}`);
  }
  lines.push(`${name}_sum${braced(pairs)} ${(values[BOUNDS_MS.length + 1] ?? 0) / divisor}`);
  lines.push(`${name}_count${braced(pairs)} ${count}`);
}

/** OpenMetrics wants a bound to look like no whole number. */
function boundText(bucket: number, format: MetricsFormat): string {
  const ms = BOUNDS_MS[bucket];
  if (ms === undefined) return "+Inf";
  const seconds = String(ms / 1_000);
  return format === "openmetrics" && !seconds.includes(".") ? `${seconds}.0` : seconds;
}

function labelPairs({ labels: names }: MetricFamily, values: readonly string[]): string {
  return names.map((name, at) => `${name}="${escaped(values[at] ?? "")}"`).join(",");
}

function braced(pairs: string): string {
  return pairs === "" ? "" : `{${pairs}}`;
}

/** A label's value as both formats have it; half of a surrogate pair, which UTF-8 cannot say, is replaced. */
function escaped(value: string): string {
  if (/^[ !#-[\]-~]*$/.test(value)) return value;
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
