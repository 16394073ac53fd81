import type { BucketLayout } from "./bucket-layout.ts";
import { type RunLine, runLineText, type StoredExemplar, type StoredSample } from "./run-line.ts";
import type { Series } from "./series.ts";
import type { SeriesTable } from "./series-table.ts";
import { TrackCursor } from "./track-cursor.ts";

/** A stretch in which nothing changed is written down when it is over, or when it lasted for so long. */
const QUIET_MS_MAX = 5 * 60_000;
/** So many samples make a line, that a line which is cut off loses little and none is long to read. */
const SAMPLES_PER_LINE = 200;

interface Recorded {
  id: number;
  /** The file in which it was defined. */
  file: number;
  /** Until when it is written down. */
  toMs: number;
  lastValue: number;
  exemplarMs: number;
}

/** A stretch of one series, while it is put together. */
interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: number;
  readonly buckets: Map<number, number>;
}

/** Tells what came to a table since the last time, as lines of a run's file. Pure. */
export class RunRecorder {
  readonly #table: SeriesTable;
  readonly #cursor = new TrackCursor();
  /** By series that may be forgotten: whoever is, is forgotten here too. */
  #recorded = new WeakMap<Series, Recorded>();
  #layouts = new Map<BucketLayout, number>();
  #file = 0;
  #nextId = 0;

  constructor(table: SeriesTable) {
    this.#table = table;
  }

  /** Has what follows go to a new file, in which nothing is defined yet. */
  beginFile(): void {
    this.#file++;
    this.#layouts.clear();
  }

  /** The lines for what is not written down yet. `isLast` at the end of a run, when nothing is held back. */
  *lines(nowMs: number, isLast = false): IterableIterator<string> {
    let samples: StoredSample[] = [];
    const exemplars: StoredExemplar[] = [];
    for (const series of this.#table.all()) {
      const recorded = this.#recordedOf(series);
      const found = this.#samplesOf(series, recorded, nowMs, isLast);
      const point = newestExemplar(series, recorded.exemplarMs);
      if (found.length === 0 && !point) continue;
      yield* this.#define(series, recorded);
      samples.push(...found.map((stretch) => sampleOf(recorded.id, stretch)));
      if (samples.length >= SAMPLES_PER_LINE) {
        yield runLineText({ is: "samples", samples });
        samples = [];
      }
      if (!point) continue;
      recorded.exemplarMs = point.timeMs;
      exemplars.push({ series: recorded.id, ...point });
    }
    if (samples.length > 0) yield runLineText({ is: "samples", samples });
    if (exemplars.length > 0) yield runLineText({ is: "exemplars", exemplars });
  }

  #samplesOf(series: Series, recorded: Recorded, nowMs: number, isLast: boolean): Stretch[] {
    const { track, metric } = series;
    const isGauge = metric.kind === "gauge";
    const found: Stretch[] = [];
    if ((track.toMs ?? 0) > recorded.toMs) {
      const stretches = this.#stretchesOf(series, recorded.toMs);
      const quiet = stretches.at(-1);
      // What is quiet at the end may go on to be.
      if (quiet && !isLast && isQuiet(quiet, isGauge, stretches.at(-2)?.value ?? recorded.lastValue)) {
        if (quiet.toMs - quiet.fromMs < QUIET_MS_MAX) stretches.pop();
      }
      found.push(...stretches);
    }
    // The last value of a gauge holds until the next one, which does not come.
    if (isLast && isGauge && series.lastMs > 0) {
      const toMs = Math.floor(Math.min(nowMs, series.heldUntilMs()));
      const fromMs = Math.max(series.lastMs, found.at(-1)?.toMs ?? recorded.toMs);
      if (toMs > fromMs) found.push({ fromMs, toMs, value: series.lastValue, buckets: new Map() });
    }
    const last = found.at(-1);
    if (last) {
      recorded.toMs = last.toMs;
      recorded.lastValue = last.value;
    }
    return found;
  }

  /** What happened since a moment, oldest first: what follows without a gap is one stretch, except that quiet stands alone. */
  #stretchesOf(series: Series, sinceMs: number): Stretch[] {
    const isGauge = series.metric.kind === "gauge";
    const cursor = this.#cursor;
    const entries: Stretch[] = [];
    cursor.open(series.track, 0);
    while (cursor.previous() && cursor.toMs > sinceMs) {
      const { entry } = cursor;
      if (Number.isNaN(entry.value)) continue;
      const fromMs = Math.max(cursor.fromMs, sinceMs);
      const share = isGauge ? 1 : cursor.shareIn(fromMs, cursor.toMs);
      const buckets = new Map<number, number>();
      for (let index = 0; index < entry.used; index++) {
        buckets.set(entry.ids[index] ?? 0, share * (entry.counts[index] ?? 0));
      }
      entries.push({ fromMs, toMs: cursor.toMs, value: share * entry.value, buckets });
    }
    return joined(entries.reverse(), isGauge);
  }

  *#define(series: Series, recorded: Recorded): IterableIterator<string> {
    if (recorded.file === this.#file) return;
    recorded.file = this.#file;
    const { layout, metric, replica, attributes } = series;
    let layoutId: number | undefined;
    if (layout) {
      layoutId = this.#layouts.get(layout);
      if (layoutId === undefined) {
        layoutId = this.#layouts.size;
        this.#layouts.set(layout, layoutId);
        yield runLineText({ is: "layout", id: layoutId, bounds: layout.bounds });
      }
    }
    const { name, part, kind, unit, description } = metric;
    const stored = { name, part, replica, kind, unit, description, attributes, layout: layoutId };
    yield runLineText({ is: "series", id: recorded.id, series: stored } satisfies RunLine);
  }

  #recordedOf(series: Series): Recorded {
    let recorded = this.#recorded.get(series);
    if (!recorded) {
      recorded = { id: this.#nextId++, file: -1, toMs: 0, lastValue: Number.NaN, exemplarMs: 0 };
      this.#recorded.set(series, recorded);
    }
    return recorded;
  }
}

/** Joins what follows without a gap. Of gauges the last value counts. */
function joined(entries: readonly Stretch[], isGauge: boolean): Stretch[] {
  const stretches: Stretch[] = [];
  for (const entry of entries) {
    const last = stretches.at(-1);
    const isApart = !last || last.toMs !== entry.fromMs || isLong(last) || isLong(entry);
    if (isApart || (!isGauge && isQuiet(last, false, 0) !== isQuiet(entry, false, 0))) {
      stretches.push(entry);
      continue;
    }
    for (const [id, count] of entry.buckets) last.buckets.set(id, (last.buckets.get(id) ?? 0) + count);
    const value = isGauge ? entry.value : last.value + entry.value;
    stretches[stretches.length - 1] = { ...last, toMs: entry.toMs, value };
  }
  return stretches;
}

/** Longer than a line's time: what is joined with it would be spread over all of it. */
function isLong({ fromMs, toMs }: Stretch): boolean {
  return toMs - fromMs > 15_000;
}

function isQuiet({ value, buckets }: Stretch, isGauge: boolean, lastValue: number): boolean {
  return isGauge ? value === lastValue : value === 0 && buckets.size === 0;
}

function sampleOf(series: number, { fromMs, toMs, value, buckets }: Stretch): StoredSample {
  const sorted = [...buckets].sort(([one], [other]) => one - other);
  return { series, fromMs, toMs, value, buckets: sorted.flat() };
}

/** One exemplar for each time of writing is enough to find a trace by. */
function newestExemplar(series: Series, sinceMs: number) {
  const point = series.exemplars?.points.at(-1);
  return point && point.timeMs > sinceMs ? point : undefined;
}
