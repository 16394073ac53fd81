import type { TraceQuery, TraceSummary, TraceView } from "../../../control-api/index.ts";
import { noise } from "./measures.ts";
import { longTrace, requestSpans } from "./spans.ts";
import type { MadeUpSystem } from "./system.ts";

const EVERY_MS = 4_000;
const TRACES_MAX = 500;

/** A trace's id tells when it began, so that any can be made up again. */
function idOf(step: number): string {
  return `${"5eed".repeat(4)}${step.toString(16).padStart(16, "0")}`;
}

/** The trace that was going on at a moment. */
export function traceIdAt(timeMs: number): string {
  return idOf(Math.floor(timeMs / EVERY_MS));
}

/** The traces that charts point at: one in five. */
export function slowTraceIds(fromMs: number, toMs: number): { traceId: string; timeMs: number }[] {
  const found: { traceId: string; timeMs: number }[] = [];
  for (let step = Math.ceil(fromMs / EVERY_MS); step * EVERY_MS <= toMs && found.length < 60; step++) {
    if (noise("exemplar", step) < 0.08) found.push({ traceId: idOf(step), timeMs: step * EVERY_MS });
  }
  return found;
}

/** The id of a trace of two thousand spans, which no search finds. */
export const LONG_TRACE = `${"b166".repeat(4)}${"0".repeat(16)}`;

/** A whole trace by its id; undefined of an id that was not made here. */
export function traceOf(system: MadeUpSystem, traceId: string): TraceView | undefined {
  if (traceId === LONG_TRACE) return longTrace(system, traceId, system.startedMs + 60_000);
  if (!/^(5eed){4}[0-9a-f]{16}$/.test(traceId)) return undefined;
  return makeTrace(system, Number.parseInt(traceId.slice(16), 16));
}

function makeTrace(system: MadeUpSystem, step: number): TraceView {
  const startMs = step * EVERY_MS;
  const traceId = idOf(step);
  const spans = requestSpans({ system, traceId, startMs, step });
  const [root] = spans;
  const ms = root?.durationMs ?? 0;
  const parts = [...new Set(spans.map(({ part }) => part))];
  const summary: TraceSummary = {
    traceId,
    name: root?.name ?? "",
    part: root?.part ?? "",
    startMs,
    durationMs: ms,
    spans: spans.length,
    errors: spans.filter(({ error }) => error).length,
    parts: parts.map((part, at) => ({ part, ms: at === 0 ? ms * 0.08 : (ms * 0.92) / (parts.length - 1) })),
    httpStatus: Number(root?.attributes["http.response.status_code"]),
    incomplete: step % 41 === 0,
  };
  return { summary, spans, dropped: 0 };
}

/** Finds traces, as the API does. */
export function tracesFor(system: MadeUpSystem, query: TraceQuery, nowMs: number): TraceSummary[] {
  const toMs = Math.min(query.toMs ?? nowMs, nowMs);
  const fromMs = Math.max(query.fromMs ?? 0, system.startedMs, toMs - TRACES_MAX * EVERY_MS);
  const found: TraceSummary[] = [];
  for (let step = Math.floor(toMs / EVERY_MS); step * EVERY_MS >= fromMs; step--) {
    const { summary, spans } = makeTrace(system, step);
    if (query.peer && !spans.some(({ peer }) => peer === query.peer)) continue;
    if (query.status && (query.status === "error") !== summary.errors > 0) continue;
    if (query.part && !summary.parts.some(({ part }) => part === query.part)) continue;
    if (query.minMs !== undefined && summary.durationMs < query.minMs) continue;
    if (query.maxMs !== undefined && summary.durationMs > query.maxMs) continue;
    if (query.text && !summary.name.toLowerCase().includes(query.text.toLowerCase())) continue;
    found.push(summary);
  }
  if (query.sort === "duration") found.sort((one, other) => other.durationMs - one.durationMs);
  return found.slice(0, query.limit ?? 100);
}
