import {
  hasWords,
  type Level,
  type LogAnswer,
  type LogEntry,
  type LogQuery,
  logWordsOf,
} from "../../../control-api/index.ts";
import { isHurt, noise } from "./measures.ts";
import { type MadeUpSystem, replicasOf } from "./system.ts";
import { traceIdAt } from "./traces.ts";

const EVERY_MS = 700;
const LEVELS: readonly Level[] = ["trace", "debug", "info", "warn", "error", "fatal"];
const TEXTS: readonly (readonly [Level, string])[] = [
  ["info", "redirected"],
  ["info", "link made"],
  ["debug", "cache hit"],
  ["info", "clicks written"],
  ["warn", "slow query: 212 ms"],
  ["info", "<img src=x onerror=\"document.title='taken'\"> is a title that someone gave a link"],
  ["warn", "a bell \u0007, a colour \u001b[31mred\u001b[0m, and txt.\u202egnp.exe"],
  ["debug", `a very long line: ${"0123456789 ".repeat(2_000)}`],
];

/** Entries as they would have been written at this step. */
function entryAt(system: MadeUpSystem, step: number): LogEntry {
  const timeMs = step * EVERY_MS;
  const parts = system.model.parts;
  const part = parts[Math.floor(noise("log part", step) * parts.length)] ?? parts[0];
  const replicas = part ? replicasOf(system, part) : [];
  const [level, text] = isHurt(system, timeMs)
    ? (["error", "connect ECONNREFUSED 127.0.0.1:4101"] as const)
    : (TEXTS[Math.floor(noise("log text", step) ** 2 * TEXTS.length)] ?? ["info", ""]);
  return {
    id: step,
    timeMs,
    part: part?.name ?? "",
    replica: replicas[step % Math.max(1, replicas.length)] ?? "",
    source: step % 3 === 0 ? "otlp" : "stdout",
    level,
    text,
    fields: { code: ["chacha", "conf26"][step % 2] ?? "", ms: (noise("log ms", step) * 9).toFixed(2) },
    ...(step % 3 === 2 ? {} : { traceId: traceIdAt(timeMs) }),
  };
}

/** Finds entries, as the API does. */
export function logsFor(system: MadeUpSystem, query: LogQuery, nowMs: number): LogAnswer {
  const toMs = Math.min(query.toMs ?? nowMs, nowMs);
  const fromMs = Math.max(query.fromMs ?? 0, system.startedMs);
  const limit = query.limit ?? 200;
  const words = logWordsOf(query.text ?? "");
  const found: LogEntry[] = [];
  let step = Math.min(Math.floor(toMs / EVERY_MS), (query.before ?? Number.POSITIVE_INFINITY) - 1);
  for (; step * EVERY_MS >= fromMs && found.length < limit; step--) {
    const entry = entryAt(system, step);
    if (query.parts?.length && !query.parts.includes(entry.part)) continue;
    if (query.replica && entry.replica !== query.replica) continue;
    if (query.level && LEVELS.indexOf(entry.level ?? "info") < LEVELS.indexOf(query.level)) continue;
    if (query.traceId && entry.traceId !== query.traceId) continue;
    if (!hasWords(entry, words)) continue;
    found.push(entry);
  }
  const more = step * EVERY_MS >= fromMs;
  return { entries: found.reverse(), more, ...(more ? { next: step + 1 } : {}) };
}

/** What was written between two moments. */
export function entriesBetween(system: MadeUpSystem, fromMs: number, toMs: number): LogEntry[] {
  const entries: LogEntry[] = [];
  for (let step = Math.floor(fromMs / EVERY_MS) + 1; step * EVERY_MS <= toMs; step++)
    entries.push(entryAt(system, step));
  return entries;
}
