/** What has been counted, as plain data that passes between processes and adds up over them. Pure. */

import type { Exemplar } from "../../../blocks/telemetry/otlp/model.ts";
import { latestExemplars } from "./duration-cell.ts";
import { familyOf, METRIC_NAMES, type MetricName } from "./metric-families.ts";

/** The numbers behind one set of labels. */
export interface Sample {
  /** Values of the metric's labels, in its order. */
  readonly labels: readonly string[];
  /**
   * One number; or of a histogram the count of each bucket (not of those below it too), and the sum at the end. Whole numbers, so
   * that they add up to the same in any order; times are in microseconds.
   */
  readonly values: readonly number[];
  /** Of a histogram: a few of the latest values that were measured in a trace that is told. Absent when there are none. */
  readonly exemplars?: readonly Exemplar[];
}

/** Samples by metric, in the order of their labels; no two of a metric have the same. */
export type MetricsSnapshot = { readonly [Name in MetricName]?: readonly Sample[] };

/** Whatever has numbers to tell when it is asked. */
export interface MetricSource {
  collect(into: SampleCollector): void;
}

/** Collects samples; those with the same labels add up. */
export class SampleCollector {
  readonly #families = new Map<MetricName, Map<string, Sample>>();

  add(
    name: MetricName,
    labels: readonly string[],
    values: readonly number[],
    exemplars: readonly Exemplar[] = [],
  ): void {
    let samples = this.#families.get(name);
    if (!samples) {
      samples = new Map();
      this.#families.set(name, samples);
    }
    const key = labels.length === 1 ? (labels[0] ?? "") : JSON.stringify(labels);
    const before = samples.get(key);
    const examples = latestExemplars([...(before?.exemplars ?? []), ...exemplars]);
    samples.set(key, {
      labels,
      values: before ? together(name, before.values, values) : values,
      ...(examples.length > 0 ? { exemplars: examples } : {}),
    });
  }

  snapshot(): MetricsSnapshot {
    const snapshot: { [Name in MetricName]?: readonly Sample[] } = {};
    for (const name of METRIC_NAMES) {
      const samples = this.#families.get(name);
      if (samples) snapshot[name] = [...samples.values()].sort(byLabels);
    }
    return snapshot;
  }
}

/** The snapshots of several processes as one. The order and the grouping make no difference. */
export function mergeSnapshots(snapshots: readonly MetricsSnapshot[]): MetricsSnapshot {
  const collector = new SampleCollector();
  for (const snapshot of snapshots) {
    for (const name of METRIC_NAMES) {
      for (const { labels, values, exemplars } of snapshot[name] ?? []) {
        collector.add(name, labels, values, exemplars);
      }
    }
  }
  return collector.snapshot();
}

/** What a configuration names: metrics are kept of nothing else. */
export interface MeteredNames {
  /** Of routes, on whatever listener. */
  readonly routes: Iterable<string>;
  /** Ids of endpoints by upstream. */
  readonly upstreams: Iterable<readonly [name: string, endpoints: Iterable<string>]>;
  /** As `host:port`, with the port in use. */
  readonly listeners: Iterable<string>;
}

/**
 * What a process that ends leaves behind: its counters and histograms, so that totals over the processes do not go backwards, and
 * only for what is still configured. Call it again with what was left before whenever the configuration changes.
 */
export function legacyOf(snapshot: MetricsSnapshot, names: MeteredNames): MetricsSnapshot {
  const routes = new Set(names.routes).add("");
  const endpoints = new Map<string, ReadonlySet<string>>();
  for (const [upstream, ids] of names.upstreams) endpoints.set(upstream, new Set(ids));
  const listeners = new Set(names.listeners);
  const isNamed = (label: string, value: string, upstream: string): boolean => {
    switch (label) {
      case "route":
        return routes.has(value);
      case "upstream":
        return endpoints.has(value);
      case "endpoint":
        return endpoints.get(upstream)?.has(value) ?? false;
      case "listener":
        return listeners.has(value);
      default:
        return true;
    }
  };
  const collector = new SampleCollector();
  for (const name of METRIC_NAMES) {
    const { type, labels: names } = familyOf(name);
    if (type === "gauge") continue;
    for (const { labels, values } of snapshot[name] ?? []) {
      if (names.every((label, at) => isNamed(label, labels[at] ?? "", labels[0] ?? ""))) {
        collector.add(name, labels, values);
      }
    }
  }
  return collector.snapshot();
}

function together(name: MetricName, one: readonly number[], other: readonly number[]): number[] {
  const [longer, shorter] = one.length < other.length ? [other, one] : [one, other];
  if (familyOf(name).merge === "least")
    return longer.map((value, at) => Math.min(value, shorter[at] ?? value));
  return longer.map((value, at) => value + (shorter[at] ?? 0));
}

function byLabels({ labels: one }: Sample, { labels: other }: Sample): number {
  for (let at = 0; at < one.length; at++) {
    const left = one[at] ?? "";
    const right = other[at] ?? "";
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
