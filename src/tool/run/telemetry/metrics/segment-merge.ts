import {
  parseRunLine,
  type RunLine,
  runLineText,
  type StoredExemplar,
  type StoredSample,
} from "./run-line.ts";
import { KEY_SEPARATOR } from "./series-key.ts";

const SAMPLES_PER_LINE = 200;
/** A series keeps an exemplar for so many of its samples. */
const EXEMPLAR_SAMPLES = 3;

interface Open {
  sample: StoredSample;
  readonly isGauge: boolean;
}

/**
 * Puts several files of a run into one with longer samples, so that they take less: counts and sums stay what they are, and only when
 * something happened is told less exactly. Pure: text in, text out.
 */
export class SegmentMerge {
  readonly #everyMs: number;
  readonly #open = new Map<number, Open>();
  /** Numbers of the present file to those of the merged one. */
  #seriesIds = new Map<number, number>();
  #layoutIds = new Map<number, number>();
  readonly #mergedSeries = new Map<string, { id: number; isGauge: boolean }>();
  readonly #mergedLayouts = new Map<string, number>();
  readonly #gauges = new Set<number>();
  readonly #exemplarMs = new Map<number, number>();
  #out: string[] = [];
  #samples: StoredSample[] = [];

  /** The merged file stands for the files `first` to `last`; no sample of it is shorter than `everyMs` where they were without gaps. */
  constructor(first: number, last: number, everyMs: number) {
    this.#everyMs = everyMs;
    this.#out.push(runLineText({ is: "head", first, last, everyMs }));
  }

  /** Begins with the lines of the next file. */
  beginFile(): void {
    this.#seriesIds = new Map();
    this.#layoutIds = new Map();
  }

  line(text: string): void {
    const line = parseRunLine(text);
    if (!line || line.is === "head") return;
    if (line.is === "layout") this.#layout(line);
    else if (line.is === "series") this.#series(line);
    else if (line.is === "samples") for (const sample of line.samples) this.#sample(sample);
    else {
      const exemplars = line.exemplars.flatMap((exemplar) => this.#exemplar(exemplar));
      if (exemplars.length > 0) this.#out.push(runLineText({ is: "exemplars", exemplars }));
    }
  }

  /** A few are enough, or they would in the end be all that the files hold. */
  #exemplar(exemplar: StoredExemplar): StoredExemplar[] {
    const series = this.#seriesIds.get(exemplar.series);
    if (series === undefined) return [];
    const lastMs = this.#exemplarMs.get(series) ?? Number.NEGATIVE_INFINITY;
    if (exemplar.timeMs - lastMs < EXEMPLAR_SAMPLES * this.#everyMs) return [];
    this.#exemplarMs.set(series, exemplar.timeMs);
    return [{ ...exemplar, series }];
  }

  /** What was put out since the last time it was asked for. */
  taken(): string {
    const text = this.#out.join("");
    this.#out = [];
    return text;
  }

  end(): string {
    for (const { sample } of this.#open.values()) this.#put(sample);
    this.#open.clear();
    this.#writeSamples();
    return this.taken();
  }

  #layout({ id, bounds }: RunLine & { is: "layout" }): void {
    const key = bounds?.join(" ") ?? "exponential";
    let merged = this.#mergedLayouts.get(key);
    if (merged === undefined) {
      merged = this.#mergedLayouts.size;
      this.#mergedLayouts.set(key, merged);
      this.#out.push(runLineText({ is: "layout", id: merged, bounds }));
    }
    this.#layoutIds.set(id, merged);
  }

  #series({ id, series }: RunLine & { is: "series" }): void {
    const layout = series.layout === undefined ? undefined : this.#layoutIds.get(series.layout);
    const { name, part, replica, kind, attributes } = series;
    const key = [name, part, replica, kind, layout, ...attributes].join(KEY_SEPARATOR);
    let merged = this.#mergedSeries.get(key);
    if (!merged) {
      merged = { id: this.#mergedSeries.size, isGauge: kind === "gauge" };
      this.#mergedSeries.set(key, merged);
      if (merged.isGauge) this.#gauges.add(merged.id);
      this.#out.push(runLineText({ is: "series", id: merged.id, series: { ...series, layout } }));
    }
    this.#seriesIds.set(id, merged.id);
  }

  #sample(given: StoredSample): void {
    const series = this.#seriesIds.get(given.series);
    if (series === undefined) return;
    const sample = { ...given, series };
    const open = this.#open.get(series);
    if (!open) {
      this.#open.set(series, { sample, isGauge: this.#gauges.has(series) });
      return;
    }
    const isLong = sample.toMs - sample.fromMs >= this.#everyMs;
    const isFull = open.sample.toMs - open.sample.fromMs >= this.#everyMs;
    if (isLong || isFull || sample.fromMs !== open.sample.toMs) {
      this.#put(open.sample);
      open.sample = sample;
    } else open.sample = sumOf(open.sample, sample, open.isGauge);
  }

  #put(sample: StoredSample): void {
    this.#samples.push(sample);
    if (this.#samples.length >= SAMPLES_PER_LINE) this.#writeSamples();
  }

  #writeSamples(): void {
    if (this.#samples.length > 0) this.#out.push(runLineText({ is: "samples", samples: this.#samples }));
    this.#samples = [];
  }
}

function sumOf(one: StoredSample, other: StoredSample, isGauge: boolean): StoredSample {
  const counts = new Map<number, number>();
  for (const { buckets } of [one, other]) {
    for (let index = 0; index < buckets.length; index += 2) {
      const id = buckets[index] ?? 0;
      counts.set(id, (counts.get(id) ?? 0) + (buckets[index + 1] ?? 0));
    }
  }
  return {
    ...one,
    toMs: other.toMs,
    value: isGauge ? other.value : one.value + other.value,
    buckets: [...counts].sort(([left], [right]) => left - right).flat(),
  };
}
