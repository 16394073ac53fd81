/** Arrivals that a trace may hold. */
const ARRIVALS_MAX = 20_000_000;

/** What is wrong with a trace, and where. */
export interface TraceMistake {
  /** Counted from 1. */
  readonly line: number;
  readonly wrong: string;
}

export type TraceReading =
  | { readonly kind: "read"; readonly timesMs: Float64Array }
  | { readonly kind: "mistaken"; readonly mistake: TraceMistake };

/**
 * Reads when requests arrived: one time a line, first in it, followed by nothing or by a comma, a tab or a space and whatever the trace says else. A
 * time is a number of `unit` (since whenever the clock began) or a date as ISO 8601 writes it; the first line may be a heading,
 * and empty lines and those that begin with # are passed over. Times are told relative to the earliest, in rising order:
 * traces are often written in the order of the answers. Pure; at most 20,000,000 arrivals.
 */
export function readTrace(text: string, unit: "ms" | "s" = "ms"): TraceReading {
  const times: number[] = [];
  let line = 0;
  let from = 0;
  while (from < text.length) {
    const end = text.indexOf("\n", from);
    const row = text.slice(from, end < 0 ? text.length : end).trim();
    from = end < 0 ? text.length : end + 1;
    line++;
    if (row === "" || row.startsWith("#")) continue;
    const [word = ""] = row.split(/[,;\t ]/, 1);
    const timeMs = timeOf(word, unit);
    if (timeMs === undefined) {
      if (line === 1) continue;
      const wrong = `"${word.slice(0, 40)}" is neither a number nor a date as in 2026-01-31T12:00:00.000Z`;
      return { kind: "mistaken", mistake: { line, wrong } };
    }
    if (times.length === ARRIVALS_MAX) {
      return { kind: "mistaken", mistake: { line, wrong: `more than ${ARRIVALS_MAX} arrivals` } };
    }
    times.push(timeMs);
  }
  if (times.length === 0) return { kind: "mistaken", mistake: { line, wrong: "no arrival in it" } };
  const timesMs = Float64Array.from(times).sort();
  const firstMs = timesMs[0] ?? 0;
  for (let at = 0; at < timesMs.length; at++) timesMs[at] = (timesMs[at] ?? 0) - firstMs;
  return { kind: "read", timesMs };
}

function timeOf(word: string, unit: "ms" | "s"): number | undefined {
  if (/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(word)) {
    const time = Number(word) * (unit === "s" ? 1_000 : 1);
    return Number.isFinite(time) ? time : undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(word)) return undefined;
  const dateMs = Date.parse(word);
  return Number.isNaN(dateMs) ? undefined : dateMs;
}
