import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ForecasterState } from "../../../blocks/autoscale/index.ts";

/** What was learned of a service's load. */
export interface ForecastState {
  /** The metric that it is of: a history of another one says nothing. */
  readonly metric: string;
  readonly history: ForecasterState;
}

const VERSION = 1;
/** 28 days of five minutes are 8,064. */
const MEANS_MAX = 100_000;

/**
 * Where the history of a service's load lies, `scaling/<service>.json` in the system's state folder: it is worth something after days
 * only, which is longer than most runs. Nothing else of a scaler outlives a run, since each begins with the replicas of the design.
 */
export function forecastPath(stateFolder: string, service: string): string {
  return join(stateFolder, "scaling", `${service}.json`);
}

/** Undefined when there is none that can be read: a forecast begins anew then. */
export function readForecast(
  stateFolder: string,
  service: string,
  metric: string,
): ForecastState | undefined {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(forecastPath(stateFolder, service), "utf8"));
  } catch {
    return undefined;
  }
  if (typeof read !== "object" || read === null) return undefined;
  const { version, metric: of, newest, means } = read as Record<string, unknown>;
  if (version !== VERSION || of !== metric || !isWhole(newest) || !Array.isArray(means)) return undefined;
  const history = { newest, means: means.slice(-MEANS_MAX).map((mean) => (isLoad(mean) ? mean : null)) };
  return { metric, history };
}

/** A disk that is full costs the history, never the scaling. */
export function writeForecast(
  stateFolder: string,
  service: string,
  { metric, history }: ForecastState,
): void {
  // Nothing is known before the first stretch of time is over.
  if (!isWhole(history.newest)) return;
  const path = forecastPath(stateFolder, service);
  try {
    mkdirSync(join(stateFolder, "scaling"), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, `${JSON.stringify({ version: VERSION, metric, ...history })}\n`);
    renameSync(`${path}.new`, path);
  } catch {
    // It is tried again with the next.
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isLoad(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}
