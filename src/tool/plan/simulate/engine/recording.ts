import { type Batches, BatchMeans, type Interval } from "./statistics/batch-means.ts";
import { Histogram, type HistogramSummary } from "./statistics/histogram.ts";
import { type SeriesData, type SeriesOptions, ValueSeries } from "./statistics/series.ts";
import { type WarmUp, warmUpOf } from "./statistics/warm-up.ts";

/** Requests that ended in one way, since the warm-up. */
export interface OutcomeFigures {
  readonly count: number;
  readonly perSecond: number;
  readonly latencyMs: HistogramSummary;
  /** Over all of the run, warm-up included. */
  readonly series: SeriesData;
}

/** What became of requests, as plain data. */
export interface RequestFigures {
  /** By the names of the run's outcomes. */
  readonly outcomes: Readonly<Record<string, OutcomeFigures>>;
  /** Of the latency of the first outcome, with 95 % confidence. */
  readonly meanLatencyMs: Interval;
  /** What would have had to be left out beyond the warm-up: values of the first outcome, and whether the run was long enough to say. */
  readonly furtherWarmUp: WarmUp;
}

/** Fine enough to find where a run settles. */
const BATCHES_MAX = 1_024;

/** Records the requests of a run, in constant memory. Pure. */
export class Recording {
  readonly #outcomes: readonly string[];
  readonly #latencies: readonly Histogram[];
  readonly #series: readonly ValueSeries[];
  readonly #fine = new BatchMeans(BATCHES_MAX);
  readonly #coarse = new BatchMeans();
  #fromMs = 0;

  /** @throws RangeError when there is no outcome, or two bear one name. */
  constructor(outcomes: readonly string[], series: SeriesOptions | undefined) {
    if (outcomes.length === 0 || new Set(outcomes).size !== outcomes.length) {
      throw new RangeError(`outcomes have to have names of their own, at least one: ${outcomes.join(", ")}`);
    }
    this.#outcomes = outcomes;
    this.#latencies = outcomes.map(() => new Histogram());
    this.#series = outcomes.map(() => new ValueSeries(series));
  }

  /** @throws RangeError when there is no such outcome. */
  record(nowMs: number, latencyMs: number, outcome: number): void {
    const latencies = this.#latencies[outcome];
    const series = this.#series[outcome];
    if (!latencies || !series) throw new RangeError(`there is no outcome ${outcome}`);
    latencies.record(latencyMs);
    series.record(nowMs, latencyMs);
    if (outcome !== 0) return;
    this.#fine.record(latencyMs);
    this.#coarse.record(latencyMs);
  }

  /** The warm-up is over. */
  reset(nowMs: number): void {
    for (const latencies of this.#latencies) latencies.reset();
    this.#fine.reset();
    this.#coarse.reset();
    this.#fromMs = nowMs;
  }

  /** Means of the first outcome's latencies, in their order. */
  batches(): Batches {
    return this.#fine.batches;
  }

  figures(nowMs: number): RequestFigures {
    const seconds = (nowMs - this.#fromMs) / 1_000;
    const outcomes = this.#outcomes.map((name, outcome) => {
      const latencyMs = (this.#latencies[outcome] ?? new Histogram()).summary();
      const { count } = latencyMs;
      const perSecond = seconds > 0 ? count / seconds : 0;
      const series = (this.#series[outcome] ?? new ValueSeries()).data();
      return [name, { count, perSecond, latencyMs, series }] as const;
    });
    return {
      outcomes: Object.fromEntries(outcomes),
      meanLatencyMs: this.#coarse.interval(),
      furtherWarmUp: warmUpOf(this.batches()),
    };
  }
}
