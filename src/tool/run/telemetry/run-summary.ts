import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../../blocks/time/index.ts";
import { failuresBy } from "./figures/request-figures.ts";
import type { MetricReader } from "./metric-reader.ts";

/** A run in a few figures, as lists of runs show it. */
export interface SummaryFigures {
  /** The last moment of which they tell. */
  readonly lastMs: number;
  readonly requests: number;
  readonly errors: number;
  readonly p99Ms?: number;
}

export interface RunSummaryOptions {
  /** The run's. */
  readonly folder: string;
  /** The edges by which the world reaches the system. */
  readonly edges: readonly string[];
  readonly metrics: MetricReader;
  readonly startedMs: number;
  readonly clock: Clock;
}

const FILE = "summary.json";
const SERVED = "http.server.request.duration";

/** Keeps a run's few figures in its folder, as they are now: one that was killed has those of some seconds before. */
export class RunSummary {
  readonly #options: RunSummaryOptions;

  constructor(options: RunSummaryOptions) {
    this.#options = options;
  }

  /** Writes them. A full disk costs them, and nothing else. */
  write(): void {
    const path = join(this.#options.folder, FILE);
    try {
      writeFileSync(`${path}.draft`, JSON.stringify(this.#figures()));
      renameSync(`${path}.draft`, path);
    } catch {
      // The run goes on without.
    }
  }

  #figures(): SummaryFigures {
    const { edges, metrics, startedMs, clock } = this.#options;
    const stretch = { fromMs: startedMs - 1, toMs: clock.wallMs() };
    let requests = 0;
    let errors = 0;
    let p99Ms: number | undefined;
    for (const part of edges) {
      const of = { name: SERVED, part };
      const reading = metrics.histogram(of, stretch.fromMs, stretch.toMs);
      if (!reading) continue;
      requests += reading.count;
      errors += failuresBy(metrics, of, "part", stretch, "server").get(part) ?? 0;
      p99Ms = Math.max(p99Ms ?? 0, reading.percentile(0.99) * 1_000);
    }
    const counts = { requests: Math.round(requests), errors: Math.round(errors) };
    return { lastMs: stretch.toMs, ...counts, ...(p99Ms === undefined ? {} : { p99Ms }) };
  }
}

/** The figures of a stored run; undefined where none were kept. */
export function readSummary(folder: string): SummaryFigures | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(join(folder, FILE), "utf8"));
    if (typeof read !== "object" || read === null) return undefined;
    const { lastMs, requests, errors, p99Ms } = read as Record<string, unknown>;
    if (typeof lastMs !== "number" || typeof requests !== "number" || typeof errors !== "number")
      return undefined;
    return { lastMs, requests, errors, ...(typeof p99Ms === "number" ? { p99Ms } : {}) };
  } catch {
    return undefined;
  }
}
