/** One measurement, beside the peer's where there is one. */
export interface Measurement {
  /** What was measured: `redirects at a constant 7,000/s`. */
  readonly what: string;
  /** The quantity and its unit in one name: `cpu_us_per_request`, `latency_ms_p99`. */
  readonly metric: string;
  readonly ours: number;
  /** Program and version: `nginx 1.22.1`. */
  readonly peer?: string;
  readonly theirs?: number;
  readonly better: "lower" | "higher";
  /** What the ratio has to reach where there is a peer, and what our own figure has to reach where there is none. */
  readonly goal?: number;
}

/** A measurement with its verdict, as it stands in the last line. */
export interface Result extends Measurement {
  /** Ours divided by theirs. */
  readonly ratio?: number;
  readonly holds?: boolean;
}

/** Everything that one benchmark found. */
export interface BenchReport {
  readonly bench: string;
  readonly machine: string;
  readonly results: readonly Result[];
}

/** Works out the ratio and whether the goal is reached. Figures are kept to four digits: more would be noise. */
export function judged(measurement: Measurement): Result {
  const { theirs, goal, better } = measurement;
  const ratio = theirs === undefined ? undefined : measurement.ours / theirs;
  const value = ratio ?? measurement.ours;
  return {
    ...measurement,
    ours: rounded(measurement.ours),
    ...(theirs !== undefined && { theirs: rounded(theirs) }),
    ...(ratio !== undefined && { ratio: rounded(ratio) }),
    ...(goal !== undefined && { holds: better === "lower" ? value <= goal : value >= goal }),
  };
}

/** The report as people read it: a table that lines up, figures to the right. */
export function tableOf(report: BenchReport): string {
  const head = ["what", "metric", "ours", "theirs", "ratio", "goal", ""];
  const rows = report.results.map((one) => [
    one.what,
    one.metric,
    shown(one.ours),
    one.theirs === undefined ? "" : `${shown(one.theirs)} (${one.peer})`,
    one.ratio === undefined ? "" : `${shown(one.ratio)}×`,
    one.goal === undefined
      ? ""
      : `${one.better === "lower" ? "≤" : "≥"} ${shown(one.goal)}${one.ratio === undefined ? "" : "×"}`,
    one.holds === undefined ? "" : one.holds ? "holds" : "MISSED",
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 2 || column === 4 ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [`${report.bench} on ${report.machine}`, "", ...[head, ...rows].map(line)].join("\n");
}

/** The report as programs read it: one line of JSON. */
export function lastLineOf(report: BenchReport): string {
  return JSON.stringify(report);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function shown(value: number): string {
  return rounded(value).toLocaleString("en-US", { maximumFractionDigits: 3 });
}
