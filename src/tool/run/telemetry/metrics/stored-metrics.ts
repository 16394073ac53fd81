import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { HeatmapAnswer, MetricAnswer, MetricInfo, MetricQuery } from "../../../control-api/metrics.ts";
import type { MetricReader } from "../metric-reader.ts";
import { type BucketLayout, EXPONENTIAL_LAYOUT, LayoutTable } from "./bucket-layout.ts";
import { heatmapOf } from "./heatmap.ts";
import { keyStartOf, layoutKey } from "./intake.ts";
import { listMetrics } from "./metric-list.ts";
import { queryTable } from "./query.ts";
import { eachLine, METRICS_FOLDER, runFiles } from "./run-files.ts";
import { parseRunLine, type RunLine, type StoredSample } from "./run-line.ts";
import type { Series } from "./series.ts";
import { KEY_SEPARATOR } from "./series-key.ts";
import { SeriesTable, type TableLimits } from "./series-table.ts";
import type { Entry } from "./strip.ts";
import { TableReader } from "./table-reader.ts";

/** The metrics of a stored run, asked as those of the present one are. */
export interface StoredMetrics {
  /** The first and the last moment of which something is known; both 0 when nothing is. Unix milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly reader: MetricReader;
  list(part?: string): MetricInfo[];
  /** Throws `BAD_REQUEST` when the metric cannot be read so. */
  query(query: MetricQuery): MetricAnswer;
  /** Throws `BAD_REQUEST` when the metric is no histogram. */
  heatmap(query: MetricQuery): HeatmapAnswer;
}

/** Whole runs: everything reaches back for good, and what does not fit is kept by the minute, then the quarter of an hour. */
const STORED_LIMITS: TableLimits = {
  seriesMax: 20_000,
  seriesPerPartMax: 20_000,
  bytesMax: 48 * 1024 * 1024,
  tiers: [
    { stepMs: 10_000, reachMs: 400 * 86_400_000 },
    { stepMs: 60_000, reachMs: 400 * 86_400_000 },
    { stepMs: 900_000, reachMs: 400 * 86_400_000 },
  ],
  forgetAfterMs: Number.POSITIVE_INFINITY,
};
const SWEEP_EVERY_LINES = 100;

/** Reads the metrics of the run in a folder. A run without any has none; lines that are cut off or damaged are passed over. */
export async function readStoredMetrics(runFolder: string): Promise<StoredMetrics> {
  const load = new RunLoad();
  for (const file of await runFiles(join(runFolder, METRICS_FOLDER))) {
    load.beginFile();
    await eachLine(file.path, (line) => load.line(line));
  }
  const { table, toMs } = load;
  return {
    fromMs: table.fromMs ?? 0,
    toMs,
    reader: new TableReader(table, () => toMs),
    list: (part) => listMetrics(table, part),
    query: (query) => queryTable(table, query, toMs),
    heatmap: (query) => heatmapOf(table, query, toMs),
  };
}

const RUNS_HELD = 2;

/** Stored runs by folder; the two that were asked for last stay in memory, until they change. */
export class StoredRuns {
  readonly #held = new Map<string, { state: string; metrics: Promise<StoredMetrics> }>();

  async read(runFolder: string): Promise<StoredMetrics> {
    const state = await stateOf(runFolder);
    const known = this.#held.get(runFolder);
    this.#held.delete(runFolder);
    const held = known?.state === state ? known : { state, metrics: readStoredMetrics(runFolder) };
    this.#held.set(runFolder, held);
    for (const folder of this.#held.keys()) {
      if (this.#held.size <= RUNS_HELD) break;
      this.#held.delete(folder);
    }
    return held.metrics;
  }
}

async function stateOf(runFolder: string): Promise<string> {
  const files = await runFiles(join(runFolder, METRICS_FOLDER));
  const newest = files.at(-1);
  const time = newest ? (await stat(newest.path).catch(() => undefined))?.mtimeMs : 0;
  return `${files.map(({ first, last, bytes }) => `${first}-${last}:${bytes}`).join(" ")} ${time}`;
}

/** Lines of a run, oldest first, into a table. */
class RunLoad {
  readonly table = new SeriesTable(STORED_LIMITS);
  toMs = 0;
  readonly #bounds = new LayoutTable();
  #layouts = new Map<number, BucketLayout>();
  #series = new Map<number, Series>();
  readonly #entry: Entry = { value: 0, used: 0, ids: [], counts: [] };
  #linesSinceSweep = 0;

  beginFile(): void {
    this.#layouts = new Map();
    this.#series = new Map();
  }

  line(text: string): void {
    const line = parseRunLine(text);
    switch (line?.is) {
      case "layout": {
        const layout = line.bounds ? this.#bounds.explicit(line.bounds) : EXPONENTIAL_LAYOUT;
        if (layout) this.#layouts.set(line.id, layout);
        return;
      }
      case "series":
        this.#define(line);
        return;
      case "samples":
        for (const sample of line.samples) this.#sample(sample);
        break;
      case "exemplars":
        for (const { series, timeMs, value, traceId } of line.exemplars) {
          this.#series.get(series)?.addExemplar(timeMs, value, traceId);
        }
    }
    if (++this.#linesSinceSweep < SWEEP_EVERY_LINES) return;
    this.#linesSinceSweep = 0;
    this.table.sweep(this.toMs);
  }

  #define({ id, series }: RunLine & { is: "series" }): void {
    const layout = series.layout === undefined ? undefined : this.#layouts.get(series.layout);
    if ((series.kind === "histogram") !== (layout !== undefined)) return;
    const { name, part, replica, kind, attributes } = series;
    let key = `${keyStartOf(name, part, replica, kind)}${attributes.join(KEY_SEPARATOR)}`;
    if (layout) key += `${KEY_SEPARATOR}${layoutKey(layout)}`;
    const found = this.table.find(key) ?? this.table.create(key, { ...series, layout }, this.toMs);
    if (found) this.#series.set(id, found);
  }

  #sample({ series: id, fromMs, toMs, value, buckets }: StoredSample): void {
    const series = this.#series.get(id);
    if (!series || series.isForgotten) return;
    const entry = this.#entry;
    const size = series.layout?.size ?? 0;
    entry.value = value;
    entry.used = 0;
    let before = -1;
    for (let index = 0; index < buckets.length; index += 2) {
      const bucket = buckets[index] ?? 0;
      const count = buckets[index + 1] ?? 0;
      if (!Number.isInteger(bucket) || bucket <= before || bucket >= size || !(count > 0)) return;
      before = bucket;
      entry.ids[entry.used] = bucket;
      entry.counts[entry.used] = count;
      entry.used++;
    }
    series.restore(fromMs, toMs, entry);
    this.toMs = Math.max(this.toMs, toMs);
  }
}
