import type { MetricQuery, Reading } from "../../../control-api/metrics.ts";
import { RunError } from "../../errors.ts";
import { POINTS_MAX } from "./steps.ts";

const READINGS: readonly Reading[] = [
  "rate",
  "sum-rate",
  "value",
  "mean",
  "p50",
  "p90",
  "p95",
  "p99",
  "p999",
];
/** A chart without a range shows the last quarter of an hour. */
const RANGE_MS_DEFAULT = 15 * 60_000;
const TEXT_LENGTH_MAX = 512;
const CONDITIONS_MAX = 16;
const WHERE = "where.";

/**
 * Reads a query from a URL: `name`, `part`, `replica`, `as`, `by`, `where.KEY=VALUE`, `fromMs`, `toMs`, `points`. Without `as` it is
 * read as `rate`, without `toMs` until now, without `fromMs` of the 15 minutes before. Throws `BAD_REQUEST` for anything else, and
 * says what is allowed. Pure.
 */
export function metricQueryFrom(params: URLSearchParams, nowMs: number): MetricQuery {
  const where: [string, string][] = [];
  for (const [key, value] of params) {
    if (key.startsWith(WHERE)) where.push([key.slice(WHERE.length), value]);
  }
  if (where.length > CONDITIONS_MAX)
    throw bad(`at most ${CONDITIONS_MAX} conditions (where.KEY) are allowed`);
  for (const [key, value] of where) {
    if (key === "") throw bad("a condition is written where.KEY=VALUE, with the name of an attribute as KEY");
    checkLength(key, key);
    checkLength(WHERE + key, value);
  }
  const name = textOf(params, "name");
  if (!name) throw bad("name is missing: which metric is asked for?");
  const toMs = numberOf(params, "toMs") ?? nowMs;
  const fromMs = numberOf(params, "fromMs") ?? toMs - RANGE_MS_DEFAULT;
  if (!(fromMs < toMs)) throw bad(`fromMs (${fromMs}) has to lie before toMs (${toMs})`);
  const points = numberOf(params, "points");
  if (points !== undefined && !(Number.isInteger(points) && points >= 1 && points <= POINTS_MAX)) {
    throw bad(`points has to be a whole number from 1 to ${POINTS_MAX}, not ${points}`);
  }
  return {
    name,
    as: readingOf(params.get("as") ?? "rate"),
    fromMs,
    toMs,
    ...optional("part", textOf(params, "part")),
    ...optional("replica", textOf(params, "replica")),
    ...optional("by", textOf(params, "by")),
    ...optional("points", points),
    ...(where.length > 0 ? { where: Object.fromEntries(where) } : {}),
  };
}

function readingOf(text: string): Reading {
  const reading = READINGS.find((each) => each === text);
  if (!reading)
    throw bad(`as has to be one of ${READINGS.join(", ")}, not ${JSON.stringify(text.slice(0, 40))}`);
  return reading;
}

/** Undefined when it is missing or empty. */
function textOf(params: URLSearchParams, key: string): string | undefined {
  const text = params.get(key) ?? "";
  checkLength(key, text);
  return text === "" ? undefined : text;
}

function numberOf(params: URLSearchParams, key: string): number | undefined {
  const text = params.get(key);
  if (text === null || text === "") return undefined;
  const value = /^\d{1,16}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= Number.MAX_SAFE_INTEGER))
    throw bad(`${key} has to be a number, not ${JSON.stringify(text.slice(0, 40))}`);
  return value;
}

function checkLength(key: string, text: string): void {
  if (text.length > TEXT_LENGTH_MAX)
    throw bad(`${key.slice(0, 40)} is longer than ${TEXT_LENGTH_MAX} characters`);
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<Key, Value>>);
}

function bad(message: string): RunError {
  return new RunError("BAD_REQUEST", message);
}
