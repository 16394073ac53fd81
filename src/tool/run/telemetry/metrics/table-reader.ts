import type { GaugeReader, HistogramReading, MetricReader, Selection } from "../metric-reader.ts";
import { Distribution } from "./distribution.ts";
import { eachSeries } from "./selection.ts";
import type { Series } from "./series.ts";
import type { SeriesTable } from "./series-table.ts";
import { TrackCursor } from "./track-cursor.ts";

const LAST_AGE_MS = 30_000;

/** Sums over stretches of time, for figures and requirements. Pure. */
export class TableReader implements MetricReader, GaugeReader {
  readonly #table: SeriesTable;
  readonly #nowMs: () => number;
  readonly #cursor = new TrackCursor();

  /** `nowMs` is what ages of last values are told by. */
  constructor(table: SeriesTable, nowMs: () => number) {
    this.#table = table;
    this.#nowMs = nowMs;
  }

  increase(of: Selection, fromMs: number, toMs: number): number {
    let sum = 0;
    eachSeries(this.#table, of.name, of, (series) => {
      sum += this.#increaseOf(series, fromMs, toMs);
    });
    return sum;
  }

  increaseBy(of: Selection, attribute: string, fromMs: number, toMs: number): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    eachSeries(this.#table, of.name, of, (series) => {
      const label = series.label(attribute);
      if (label === undefined) return;
      const increase = this.#increaseOf(series, fromMs, toMs);
      sums.set(label, (sums.get(label) ?? 0) + increase);
    });
    return sums;
  }

  histogram(of: Selection, fromMs: number, toMs: number): HistogramReading | undefined {
    const sum = new Distribution();
    eachSeries(this.#table, of.name, of, (series) => this.#addHistogram(series, fromMs, toMs, sum));
    return sum.count > 0 ? sum : undefined;
  }

  histogramBy(
    of: Selection,
    attribute: string,
    fromMs: number,
    toMs: number,
  ): ReadonlyMap<string, HistogramReading> {
    const sums = new Map<string, Distribution>();
    eachSeries(this.#table, of.name, of, (series) => {
      const label = series.label(attribute);
      if (label === undefined) return;
      const sum = sums.get(label) ?? new Distribution();
      this.#addHistogram(series, fromMs, toMs, sum);
      if (sum.count > 0) sums.set(label, sum);
    });
    return sums;
  }

  last(of: Selection, maxAgeMs = LAST_AGE_MS): number | undefined {
    const sinceMs = this.#nowMs() - maxAgeMs;
    let sum: number | undefined;
    eachSeries(this.#table, of.name, of, (series) => {
      if (isReading(series, sinceMs)) sum = (sum ?? 0) + series.lastValue;
    });
    return sum;
  }

  lastBy(of: Selection, attribute: string, maxAgeMs = LAST_AGE_MS): ReadonlyMap<string, number> {
    const sinceMs = this.#nowMs() - maxAgeMs;
    const sums = new Map<string, number>();
    eachSeries(this.#table, of.name, of, (series) => {
      const label = series.label(attribute);
      if (label === undefined || !isReading(series, sinceMs)) return;
      sums.set(label, (sums.get(label) ?? 0) + series.lastValue);
    });
    return sums;
  }

  meanBy(of: Selection, attribute: string, fromMs: number, toMs: number): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    eachSeries(this.#table, of.name, of, (series) => {
      const label = series.label(attribute);
      const mean = label === undefined ? undefined : this.#meanOf(series, fromMs, toMs);
      if (label !== undefined && mean !== undefined) sums.set(label, (sums.get(label) ?? 0) + mean);
    });
    return sums;
  }

  /**
   * Until when reports tell of a selection: the latest of its series; undefined when there are none. Who reports every ten seconds is
   * known up to ten seconds ago: a rate is best read of a stretch that ends here.
   */
  reportedUntilMs(of: Selection): number | undefined {
    let untilMs: number | undefined;
    eachSeries(this.#table, of.name, of, ({ lastMs }) => {
      if (lastMs > 0) untilMs = Math.max(untilMs ?? lastMs, lastMs);
    });
    return untilMs;
  }

  #increaseOf(series: Series, fromMs: number, toMs: number): number {
    if (series.metric.kind === "gauge" || !((series.track.toMs ?? fromMs) > fromMs)) return 0;
    const cursor = this.#cursor;
    cursor.open(series.track, this.#tierFor(toMs - fromMs), toMs);
    let sum = 0;
    while (cursor.previous() && cursor.toMs > fromMs) {
      const { entry } = cursor;
      if (Number.isNaN(entry.value)) continue;
      const share = cursor.shareIn(fromMs, toMs);
      if (share === 0) continue;
      if (!series.layout) sum += share * entry.value;
      else for (let index = 0; index < entry.used; index++) sum += share * (entry.counts[index] ?? 0);
    }
    return sum;
  }

  /** Of a gauge, which stays what a report says until the next one, and for a while after the last. */
  #meanOf(series: Series, fromMs: number, toMs: number): number | undefined {
    if (series.metric.kind !== "gauge" || series.lastMs === 0) return undefined;
    let knownMs = Math.max(0, Math.min(toMs, series.heldUntilMs()) - Math.max(fromMs, series.lastMs));
    let sum = knownMs * series.lastValue;
    const cursor = this.#cursor;
    cursor.open(series.track, this.#tierFor(toMs - fromMs), toMs);
    while (cursor.previous() && cursor.toMs > fromMs) {
      if (Number.isNaN(cursor.entry.value)) continue;
      const partMs = Math.min(toMs, cursor.toMs) - Math.max(fromMs, cursor.fromMs);
      if (partMs <= 0) continue;
      sum += partMs * cursor.entry.value;
      knownMs += partMs;
    }
    return knownMs > 0 ? sum / knownMs : undefined;
  }

  #addHistogram(series: Series, fromMs: number, toMs: number, sum: Distribution): void {
    const { layout } = series;
    if (!layout || !((series.track.toMs ?? fromMs) > fromMs)) return;
    const cursor = this.#cursor;
    cursor.open(series.track, this.#tierFor(toMs - fromMs), toMs);
    while (cursor.previous() && cursor.toMs > fromMs) {
      const { entry } = cursor;
      if (Number.isNaN(entry.value)) continue;
      const share = cursor.shareIn(fromMs, toMs);
      if (share > 0) sum.addEntry(layout, entry, share);
    }
  }

  /** The coarsest tier that still cuts the stretch into many: its ends are as exact as one of its steps. */
  #tierFor(rangeMs: number): number {
    return coarsestTier(this.#table, rangeMs / 30);
  }
}

/** The coarsest tier whose steps are no longer than `stepMs`; the finest when none is. */
export function coarsestTier(table: SeriesTable, stepMs: number): number {
  const { tiers } = table.limits;
  let tier = 0;
  while (tier + 1 < tiers.length && (tiers[tier + 1]?.stepMs ?? 0) <= stepMs) tier++;
  return tier;
}

function isReading({ metric, lastMs }: Series, sinceMs: number): boolean {
  return metric.kind === "gauge" && lastMs > 0 && lastMs >= sinceMs;
}
