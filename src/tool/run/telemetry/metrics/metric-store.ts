import type { Batch, MetricData } from "../../../../blocks/telemetry/otlp/model.ts";
import type { Clock } from "../../../../blocks/time/index.ts";
import type { HeatmapAnswer, MetricAnswer, MetricInfo, MetricQuery } from "../../../control-api/metrics.ts";
import type {
  GaugeReader,
  HistogramReading,
  MetricReader,
  MetricWriter,
  OwnSample,
  Selection,
} from "../metric-reader.ts";
import type { PartDirectory } from "../part-directory.ts";
import { heatmapOf } from "./heatmap.ts";
import { Intake } from "./intake.ts";
import { listMetrics } from "./metric-list.ts";
import { OwnSamples } from "./own-samples.ts";
import { prometheusText } from "./prometheus.ts";
import { queryTable } from "./query.ts";
import { SeriesTable, type TableLimits } from "./series-table.ts";
import { TableReader } from "./table-reader.ts";

/** The bounds of a store, and where it takes its knowledge from. */
export interface MetricStoreOptions extends Partial<TableLimits> {
  readonly clock: Clock;
  readonly directory: PartDirectory;
}

/** What a store holds and what it did not take. */
export interface MetricStoreStatus {
  readonly series: number;
  readonly bytes: number;
  readonly bytesMax: number;
  /** The oldest moment of which there are samples; the present when there are none. Unix milliseconds. */
  readonly fromMs: number;
  /** Points that came, those below included. */
  readonly received: number;
  /**
   * Points that were not taken, by reason: `part-full` and `store-full` (too many series of a part, and in all), `malformed`, `late`
   * (older than what its series has already).
   */
  readonly dropped: Readonly<Record<string, number>>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A second for a quarter of an hour, ten seconds for four hours, a minute for two days; 48 MiB; 4,000 series, 1,000 of a part. */
export const METRIC_LIMITS: TableLimits = {
  seriesMax: 4_000,
  seriesPerPartMax: 1_000,
  bytesMax: 48 * 1024 * 1024,
  tiers: [
    { stepMs: 1_000, reachMs: 15 * MINUTE },
    { stepMs: 10_000, reachMs: 4 * HOUR },
    { stepMs: MINUTE, reachMs: 48 * HOUR },
  ],
  forgetAfterMs: 6 * HOUR,
};

/**
 * The metrics of a running system: takes what parts report and what the supervisor measures, keeps it in bounded memory at three
 * resolutions, and answers questions about it. When memory runs short, history gets shorter; when there are too many series, new
 * ones are refused, and counted. Pure: nothing is started, and time is its clock's wall time.
 */
export class MetricStore implements MetricReader, GaugeReader, MetricWriter {
  readonly table: SeriesTable;
  readonly #clock: Clock;
  readonly #intake: Intake;
  readonly #own: OwnSamples;
  readonly #reader: TableReader;

  constructor(options: MetricStoreOptions) {
    const { clock, directory, ...limits } = options;
    this.table = new SeriesTable({ ...METRIC_LIMITS, ...limits });
    this.#clock = clock;
    this.#intake = new Intake(this.table, directory, clock.wallMs());
    this.#own = new OwnSamples(this.table, this.#intake.times);
    this.#reader = new TableReader(this.table, () => clock.wallMs());
  }

  /** Takes what came over OTLP. Never throws, and keeps none of the arrays. */
  take(batch: Batch<MetricData>): void {
    const nowMs = this.#clock.wallMs();
    this.#intake.take(batch, nowMs);
    this.table.sweep(nowMs);
  }

  gauge(sample: OwnSample): void {
    this.#own.gauge(sample, this.#swept());
  }

  counter(sample: OwnSample): void {
    this.#own.counter(sample, this.#swept());
  }

  observe(sample: OwnSample & { readonly weight?: number; readonly traceId?: string }): void {
    this.#own.observe(sample, this.#swept());
  }

  increase(of: Selection, fromMs: number, toMs: number): number {
    return this.#read().increase(of, fromMs, toMs);
  }

  increaseBy(of: Selection, attribute: string, fromMs: number, toMs: number): ReadonlyMap<string, number> {
    return this.#read().increaseBy(of, attribute, fromMs, toMs);
  }

  histogram(of: Selection, fromMs: number, toMs: number): HistogramReading | undefined {
    return this.#read().histogram(of, fromMs, toMs);
  }

  histogramBy(
    of: Selection,
    attribute: string,
    fromMs: number,
    toMs: number,
  ): ReadonlyMap<string, HistogramReading> {
    return this.#read().histogramBy(of, attribute, fromMs, toMs);
  }

  last(of: Selection, maxAgeMs?: number): number | undefined {
    return this.#reader.last(of, maxAgeMs);
  }

  lastBy(of: Selection, attribute: string, maxAgeMs?: number): ReadonlyMap<string, number> {
    return this.#reader.lastBy(of, attribute, maxAgeMs);
  }

  meanBy(of: Selection, attribute: string, fromMs: number, toMs: number): ReadonlyMap<string, number> {
    return this.#read().meanBy(of, attribute, fromMs, toMs);
  }

  /** Until when reports tell of a selection (Unix ms): a rate is best read of a stretch that ends here. Undefined when nothing is known. */
  reportedUntilMs(of: Selection): number | undefined {
    return this.#reader.reportedUntilMs(of);
  }

  /** Which metrics there are, of one part or of all. */
  list(part?: string): MetricInfo[] {
    return listMetrics(this.table, part);
  }

  /** Throws `BAD_REQUEST` when the metric cannot be read so. */
  query(query: MetricQuery): MetricAnswer {
    this.flush();
    return queryTable(this.table, query, this.#clock.wallMs());
  }

  /** Throws `BAD_REQUEST` when the metric is no histogram. */
  heatmap(query: MetricQuery): HeatmapAnswer {
    this.flush();
    return heatmapOf(this.table, query, this.#clock.wallMs());
  }

  /** Current totals and values in Prometheus' text format, version 0.0.4. */
  prometheusText(): string {
    this.flush();
    return prometheusText(this.table, this.#clock.wallMs());
  }

  status(): MetricStoreStatus {
    const nowMs = this.#clock.wallMs();
    return {
      series: this.table.size,
      bytes: this.table.bytes,
      bytesMax: this.table.limits.bytesMax,
      fromMs: this.table.fromMs ?? nowMs,
      received: this.#intake.received,
      dropped: Object.fromEntries([...this.table.refused, ...this.#intake.refused]),
    };
  }

  /** Puts what was observed in the last second into its series. Whoever reads does so first; the run's file does too. */
  flush(): void {
    this.#own.flush(this.#clock.wallMs());
  }

  #swept(): number {
    const nowMs = this.#clock.wallMs();
    this.table.sweep(nowMs);
    return nowMs;
  }

  #read(): TableReader {
    this.flush();
    return this.#reader;
  }
}
