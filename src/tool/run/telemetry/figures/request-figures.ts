import type { RequestFigures } from "../../../control-api/index.ts";
import type { HistogramReading, MetricReader, Selection } from "../metric-reader.ts";
import type { Stretch } from "./windows.ts";

/**
 * Who counted: an edge and a server of HTTP give `error.type` to what failed alone; a program's client gives it to answers of 4xx as
 * well (OpenTelemetry's "Semantic conventions for HTTP spans"), which are no failure of the part that was asked.
 */
export type Counting = "server" | "client";

/** How many of what a histogram counted failed, for each value of an attribute: a status of 500 and above, or no answer at all. */
export function failuresBy(
  reader: MetricReader,
  of: Selection,
  attribute: string,
  { fromMs, toMs }: Stretch,
  counting: Counting,
): ReadonlyMap<string, number> {
  const count = (where: Readonly<Record<string, string>>) =>
    reader.increaseBy({ ...of, where: { ...of.where, ...where } }, attribute, fromMs, toMs);
  const erred = count(ERRED);
  const answered = count(ANSWERED_BADLY);
  if (erred.size === 0) return answered;
  if (counting === "server" && answered.size === 0) return erred;
  // No selection can say that an attribute is absent: what is in both is counted, and taken off.
  const both = count({ ...ERRED, ...(counting === "server" ? ANSWERED_BADLY : ANSWERED) });
  const failures = new Map(answered);
  for (const [value, errors] of erred) {
    failures.set(value, (failures.get(value) ?? 0) + Math.max(0, errors - (both.get(value) ?? 0)));
  }
  return failures;
}

const ERRED = { "error.type": "*" };
const ANSWERED = { "http.response.status_code": "*" };
const ANSWERED_BADLY = { "http.response.status_code": "5*" };

/** The figures of what a histogram in seconds took in so many milliseconds. */
export function requestFigures(
  { count, percentile }: Pick<HistogramReading, "count"> & { percentile?: (rank: number) => number },
  failures: number,
  lengthMs: number,
): RequestFigures {
  const figures = {
    perSecond: (count * 1_000) / lengthMs,
    errorShare: count > 0 ? Math.min(1, failures / count) : 0,
  };
  if (count <= 0 || !percentile) return figures;
  return { ...figures, p50Ms: percentile(0.5) * 1_000, p99Ms: percentile(0.99) * 1_000 };
}

/** The same of a reading, with its percentiles. */
export function figuresOfHistogram(
  reading: HistogramReading,
  failures: number,
  lengthMs: number,
): RequestFigures {
  return requestFigures(
    { count: reading.count, percentile: (rank) => reading.percentile(rank) },
    failures,
    lengthMs,
  );
}

/** What several ways to a part carry together. Percentiles do not add up: only those of a single way are told. */
export function sumOf(ways: readonly RequestFigures[]): RequestFigures | undefined {
  const [only] = ways;
  if (!only || ways.length === 1) return only && { ...only };
  const perSecond = ways.reduce((sum, way) => sum + way.perSecond, 0);
  const failed = ways.reduce((sum, way) => sum + way.perSecond * way.errorShare, 0);
  return { perSecond, errorShare: perSecond > 0 ? failed / perSecond : 0 };
}
