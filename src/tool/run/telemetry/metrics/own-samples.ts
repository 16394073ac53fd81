import type { MetricInfo } from "../../../control-api/metrics.ts";
import type { OwnSample } from "../metric-reader.ts";
import { Baselines } from "./baseline.ts";
import { type BucketLayout, EXPONENTIAL_LAYOUT } from "./bucket-layout.ts";
import { Tally } from "./distribution.ts";
import { keyStartOf, layoutKey } from "./intake.ts";
import type { ReportTimes } from "./report-times.ts";
import type { Series } from "./series.ts";
import { attributeList, KEY_SEPARATOR } from "./series-key.ts";
import type { SeriesTable } from "./series-table.ts";
import type { Entry } from "./strip.ts";
import { quietEntry } from "./track.ts";

/** Observed values are put into their series so often. */
const FLUSH_EVERY_MS = 1_000;
/** Values are observed as spans come, in bundles: what came at once may have happened since so long. */
const BUNDLE_MS = 5_000;
/** A series in which nothing was observed for so long is no longer known to be quiet. */
const QUIET_MS_MAX = 10 * 60_000;

interface Pending {
  readonly tally: Tally;
  sum: number;
}

/** Samples that the supervisor itself measures. Pure: the time is passed in. */
export class OwnSamples {
  readonly #table: SeriesTable;
  readonly #times: ReportTimes;
  readonly #pending = new Map<Series, Pending>();
  readonly #entry: Entry = { value: 0, used: 0, ids: [], counts: [] };
  #flushedMs = 0;

  constructor(table: SeriesTable, times: ReportTimes) {
    this.#table = table;
    this.#times = times;
  }

  gauge(sample: OwnSample, nowMs: number): void {
    if (!Number.isFinite(sample.value)) return;
    const series = this.#seriesOf(sample, "gauge", undefined, nowMs);
    series?.setValue(this.#times.timeMs(sample.timeMs * 1000, nowMs), sample.value);
  }

  /** A counter of which nobody says when it began: its first total is what it is measured by. */
  counter(sample: OwnSample, nowMs: number): void {
    const { value } = sample;
    if (!Number.isFinite(value) || value < 0) return;
    const series = this.#seriesOf(sample, "counter", undefined, nowMs);
    if (!series) return;
    const timeMs = this.#times.timeMs(sample.timeMs * 1000, nowMs);
    const entry = this.#entry;
    entry.used = 0;
    entry.value = value;
    series.numberBaselines ??= new Baselines((total) => total);
    const rise = series.numberBaselines.note(0, sample.timeMs * 1000, value, (before, now) => now < before);
    if (rise.is === "old") return;
    series.numberBaselines.settle(value);
    if (rise.is === "first") {
      series.addFirst(timeMs, entry);
      return;
    }
    if (rise.is === "since") entry.value = value - rise.total;
    series.addAmount(series.track.toMs ?? timeMs - 1_000, timeMs, entry);
  }

  observe(sample: OwnSample & { readonly weight?: number; readonly traceId?: string }, nowMs: number): void {
    const { value, weight = 1 } = sample;
    if (!Number.isFinite(value) || !(weight > 0 && Number.isFinite(weight))) return;
    const series = this.#seriesOf(sample, "histogram", EXPONENTIAL_LAYOUT, nowMs);
    if (!series) return;
    let pending = this.#pending.get(series);
    if (!pending) {
      pending = { tally: new Tally(EXPONENTIAL_LAYOUT), sum: 0 };
      this.#pending.set(series, pending);
    }
    pending.tally.add(EXPONENTIAL_LAYOUT.idOf(value), weight);
    pending.sum += value * weight;
    if (sample.traceId) {
      series.addExemplar(this.#times.timeMs(sample.timeMs * 1000, nowMs), value, sample.traceId);
    }
    this.flush(nowMs);
  }

  /** Puts into the series what was observed, unless that was done within the last second. */
  flush(nowMs: number): void {
    if (this.#pending.size === 0 || Math.abs(nowMs - this.#flushedMs) < FLUSH_EVERY_MS) return;
    this.#flushedMs = nowMs;
    const toMs = Math.floor(nowMs);
    for (const [series, pending] of this.#pending) {
      if (series.isForgotten) {
        this.#pending.delete(series);
        continue;
      }
      const sinceMs = series.track.toMs ?? toMs - FLUSH_EVERY_MS;
      if (pending.tally.total > 0) {
        const fromMs = Math.max(sinceMs, toMs - BUNDLE_MS);
        if (fromMs > sinceMs) series.track.add(sinceMs, fromMs, quietEntry());
        this.#fill(pending);
        series.addAmount(fromMs, toMs, this.#entry);
        pending.tally.clear();
        pending.sum = 0;
      } else if (nowMs - series.lastMs > QUIET_MS_MAX) this.#pending.delete(series);
      else if (toMs - BUNDLE_MS > sinceMs) series.track.add(sinceMs, toMs - BUNDLE_MS, quietEntry());
    }
  }

  #fill({ tally, sum }: Pending): void {
    const entry = this.#entry;
    entry.used = 0;
    entry.value = sum;
    for (let id = tally.low; id < tally.high; id++) {
      const count = tally.get(id);
      if (count === 0) continue;
      entry.ids[entry.used] = id;
      entry.counts[entry.used] = count;
      entry.used++;
    }
  }

  #seriesOf(
    sample: OwnSample,
    kind: MetricInfo["kind"],
    layout: BucketLayout | undefined,
    nowMs: number,
  ): Series | undefined {
    const { name, part, replica, unit, description = "" } = sample;
    const attributes = attributeList(sample.attributes ?? {});
    let key = `${keyStartOf(name, part, replica, kind)}${attributes.join(KEY_SEPARATOR)}`;
    if (layout) key += `${KEY_SEPARATOR}${layoutKey(layout)}`;
    return (
      this.#table.find(key) ??
      this.#table.create(key, { name, part, kind, unit, description, replica, attributes, layout }, nowMs)
    );
  }
}
