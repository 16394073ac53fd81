/** A metric that a part has reported. */
export interface MetricInfo {
  /** OpenTelemetry's name: `http.server.request.duration`. */
  readonly name: string;
  readonly part: string;
  readonly kind: "counter" | "gauge" | "histogram";
  /** UCUM: `s`, `By`, `1`, `{request}`. */
  readonly unit: string;
  readonly description: string;
  /** Names of its attributes, each with the values seen (at most 50). */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly series: number;
}

/** What is made of the samples of a metric. */
export type Reading =
  /** Of counters and histograms: how many per second. */
  | "rate"
  /** Of histograms: the sum per second. Of counters: the same as `rate`. */
  | "sum-rate"
  /** Of gauges: the last value in each step; of counters the total. */
  | "value"
  /** Of histograms. */
  | "mean"
  | "p50"
  | "p90"
  | "p95"
  | "p99"
  | "p999";

/** Asks for one chart. In the URL: `name`, `part`, `replica`, `as`, `by`, `where.KEY=VALUE`, `fromMs`, `toMs`, `points`. */
export interface MetricQuery {
  readonly name: string;
  readonly part?: string;
  readonly replica?: string;
  readonly as: Reading;
  /** A line per value of this attribute (`replica` and `part` stand for those); default one line for all. */
  readonly by?: string;
  /** Only these. A value may end in `*`. */
  readonly where?: Readonly<Record<string, string>>;
  readonly fromMs: number;
  readonly toMs: number;
  /** At most so many steps, 1 to 2,000. Default 300. */
  readonly points?: number;
}

/** One line of a chart. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** One for each step; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

/** A value that can be followed to its trace. */
export interface ExemplarPoint {
  readonly timeMs: number;
  readonly value: number;
  readonly traceId: string;
}

export interface MetricAnswer {
  readonly name: string;
  readonly unit: string;
  readonly kind: MetricInfo["kind"];
  /** A value stands for the step that begins at `fromMs + index · stepMs`. */
  readonly fromMs: number;
  readonly stepMs: number;
  readonly steps: number;
  /** The largest first, at most 50. */
  readonly series: readonly Series[];
  /** How many lines were left out. */
  readonly leftOut: number;
  /** At most 200. */
  readonly exemplars: readonly ExemplarPoint[];
}

/** Counts of a histogram over time, for a heat map. */
export interface HeatmapAnswer {
  readonly name: string;
  readonly unit: string;
  readonly fromMs: number;
  readonly stepMs: number;
  /** Upper bounds, rising; the last row is what lies above them all. */
  readonly bounds: readonly number[];
  /** By step, then by row. */
  readonly counts: readonly (readonly number[])[];
  readonly exemplars: readonly ExemplarPoint[];
}
