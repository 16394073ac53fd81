import type { MetricInfo } from "../../../control-api/metrics.ts";

/**
 * The lines of a run's metrics on disk, each a JSON object. A file defines what it speaks of before it does, and can be read alone.
 * Pure.
 *
 *   {"version":1,"first":3,"last":4,"everyMs":10000}          the file stands for the files 3 to 4, at this resolution
 *   {"layout":0,"bounds":[0.005,0.01]}                        buckets by bounds; without bounds the exponential layout
 *   {"series":0,"name":…,"part":…,"replica":…,"kind":…,"unit":…,"description":…,"attributes":[…],"in":0}
 *   {"at":1767225600000,"samples":[[0,10000,0,12.5,3,7]]}     series, then how long before `at` it begins and ends, its amount or
 *                                                             value, and bucket and count by turns
 *   {"exemplars":[[0,1767225600000,0.12,"4bf92f35…"]]}
 */
export type RunLine =
  | { readonly is: "head"; readonly first: number; readonly last: number; readonly everyMs: number }
  | { readonly is: "layout"; readonly id: number; readonly bounds: readonly number[] | undefined }
  | { readonly is: "series"; readonly id: number; readonly series: StoredSeries }
  | { readonly is: "samples"; readonly samples: readonly StoredSample[] }
  | { readonly is: "exemplars"; readonly exemplars: readonly StoredExemplar[] };

export interface StoredSeries {
  readonly name: string;
  readonly part: string;
  readonly replica: string;
  readonly kind: MetricInfo["kind"];
  readonly unit: string;
  readonly description: string;
  readonly attributes: readonly string[];
  /** The number of its layout, of a histogram. */
  readonly layout: number | undefined;
}

/** What happened to a series in (fromMs, toMs]. */
export interface StoredSample {
  readonly series: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: number;
  /** Bucket, count, bucket, count; rising. */
  readonly buckets: readonly number[];
}

export interface StoredExemplar {
  readonly series: number;
  readonly timeMs: number;
  readonly value: number;
  readonly traceId: string;
}

const VERSION = 1;
const BUCKETS_MAX = 10_000;

export function runLineText(line: RunLine): string {
  return `${JSON.stringify(plainOf(line))}\n`;
}

/** Undefined of a line that is cut off, or not of this format. */
export function parseRunLine(text: string): RunLine | undefined {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(plain)) return undefined;
  if ("version" in plain) return parseHead(plain);
  if ("layout" in plain) return parseLayout(plain);
  if ("series" in plain) return parseSeries(plain);
  if (Array.isArray(plain.samples) && isCount(plain.at)) {
    const atMs = plain.at;
    return { is: "samples", samples: plain.samples.flatMap((row) => parseSample(row, atMs)) };
  }
  if (Array.isArray(plain.exemplars)) {
    return { is: "exemplars", exemplars: plain.exemplars.flatMap((row) => parseExemplar(row)) };
  }
  return undefined;
}

function plainOf(line: RunLine): unknown {
  switch (line.is) {
    case "head":
      return { version: VERSION, first: line.first, last: line.last, everyMs: line.everyMs };
    case "layout":
      return { layout: line.id, bounds: line.bounds };
    case "series": {
      const { layout, ...rest } = line.series;
      return { series: line.id, ...rest, in: layout };
    }
    case "samples": {
      const atMs = Math.max(0, ...line.samples.map(({ toMs }) => toMs));
      const rows = line.samples.map(({ series, fromMs, toMs, value, buckets }) =>
        [series, atMs - fromMs, atMs - toMs, compact(value)].concat(buckets),
      );
      return { at: atMs, samples: rows };
    }
    case "exemplars":
      return {
        exemplars: line.exemplars.map(({ series, timeMs, value, traceId }) => [
          series,
          timeMs,
          value,
          traceId,
        ]),
      };
  }
}

/** Amounts are differences of sums: what lies beyond 12 digits is the rounding of whoever added up. */
function compact(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(12));
}

function parseHead({ version, first, last, everyMs }: Record<string, unknown>): RunLine | undefined {
  if (version !== VERSION || !isCount(first) || !isCount(last) || !isCount(everyMs)) return undefined;
  return { is: "head", first, last, everyMs };
}

function parseLayout({ layout, bounds }: Record<string, unknown>): RunLine | undefined {
  if (!isCount(layout)) return undefined;
  if (bounds === undefined) return { is: "layout", id: layout, bounds };
  return isNumbers(bounds) ? { is: "layout", id: layout, bounds } : undefined;
}

function parseSeries(plain: Record<string, unknown>): RunLine | undefined {
  const { series, name, part, replica, kind, unit, description, attributes, in: layout } = plain;
  if (!isCount(series) || !Array.isArray(attributes)) return undefined;
  if (kind !== "counter" && kind !== "gauge" && kind !== "histogram") return undefined;
  if (typeof name !== "string" || typeof part !== "string" || typeof replica !== "string") return undefined;
  if (typeof unit !== "string" || typeof description !== "string") return undefined;
  if (!attributes.every((each) => typeof each === "string") || attributes.length % 2 !== 0) return undefined;
  if (layout !== undefined && !isCount(layout)) return undefined;
  const stored = { name, part, replica, kind, unit, description, attributes, layout } as const;
  return { is: "series", id: series, series: stored };
}

function parseSample(row: unknown, atMs: number): StoredSample[] {
  if (!isNumbers(row) || row.length > BUCKETS_MAX || row.length % 2 !== 0) return [];
  const [series = -1, beginsBeforeMs = 0, endsBeforeMs = 0, value = 0] = row;
  const fromMs = atMs - beginsBeforeMs;
  const toMs = atMs - endsBeforeMs;
  if (
    row.length < 4 ||
    !isCount(series) ||
    !(fromMs < toMs) ||
    !Number.isInteger(fromMs) ||
    !Number.isInteger(toMs)
  )
    return [];
  return [{ series, fromMs, toMs, value, buckets: row.slice(4) }];
}

function parseExemplar(row: unknown): StoredExemplar[] {
  if (!Array.isArray(row)) return [];
  const [series, timeMs, value, traceId] = row as unknown[];
  if (!isCount(series) || !isCount(timeMs) || typeof value !== "number" || typeof traceId !== "string")
    return [];
  return [{ series, timeMs, value, traceId }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((each) => typeof each === "number");
}
