/** Which samples are meant. An attribute's value may end in `*`; several names are read together. */
export interface Selection {
  readonly name: string | readonly string[];
  readonly part?: string;
  readonly replica?: string;
  readonly where?: Readonly<Record<string, string>>;
}

/** A stretch of a histogram, or several added up. */
export interface HistogramReading {
  readonly count: number;
  /** In the metric's unit. */
  readonly sum: number;
  /** The value below which the share `rank` (0 to 1) lies, interpolated within its bucket; in the metric's unit. */
  percentile(rank: number): number;
  /** How many lie above a value, interpolated; in the metric's unit. */
  above(value: number): number;
}

/** What figures and requirements are made of: sums over a stretch of time of what the metric store keeps. Times in Unix ms. */
export interface MetricReader {
  /** By how much counters rose, or how many values histograms took, from `fromMs` (excluded) to `toMs`. 0 when nothing is known. */
  increase(of: Selection, fromMs: number, toMs: number): number;
  /** The same for each value of an attribute; `part` and `replica` stand for those. */
  increaseBy(of: Selection, attribute: string, fromMs: number, toMs: number): ReadonlyMap<string, number>;
  /** Undefined when it took no value. */
  histogram(of: Selection, fromMs: number, toMs: number): HistogramReading | undefined;
  histogramBy(
    of: Selection,
    attribute: string,
    fromMs: number,
    toMs: number,
  ): ReadonlyMap<string, HistogramReading>;
  /** The last values of gauges, added up; undefined when there is none younger than `maxAgeMs` (default 30,000). */
  last(of: Selection, maxAgeMs?: number): number | undefined;
  lastBy(of: Selection, attribute: string, maxAgeMs?: number): ReadonlyMap<string, number>;
  /**
   * Until when reports tell of a selection: the latest of its series. Who reports every minute is known up to a minute ago: a rate is
   * best read of a stretch that ends here. Undefined when nothing is known.
   */
  reportedUntilMs(of: Selection): number | undefined;
}

/** What gauges were over a stretch of time, for those who decide by more than the last look. Times in Unix ms. */
export interface GaugeReader {
  /**
   * Of each gauge the mean over the time in (`fromMs`, `toMs`] of which something is known, added up for each value of an attribute;
   * `part` and `replica` stand for those. What told nothing in that time is absent.
   */
  meanBy(of: Selection, attribute: string, fromMs: number, toMs: number): ReadonlyMap<string, number>;
}

/** Takes samples that the supervisor itself measures. */
export interface MetricWriter {
  gauge(sample: OwnSample): void;
  /** `value` is the total since the process began; a smaller one than before is a new beginning. */
  counter(sample: OwnSample): void;
  /** Adds one value to a histogram, for as many (`weight`, default 1) as it stands for. */
  observe(sample: OwnSample & { readonly weight?: number; readonly traceId?: string }): void;
}

export interface OwnSample {
  readonly name: string;
  readonly unit: string;
  readonly description?: string;
  readonly part: string;
  readonly replica: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly timeMs: number;
  readonly value: number;
}
