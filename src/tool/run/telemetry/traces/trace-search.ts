import type { Clock } from "../../../../blocks/time/index.ts";
import type { TraceQuery, TraceSummary } from "../../../control-api/index.ts";
import type { FlatAttributes, StoredSpan } from "./stored-span.ts";
import type { Trace } from "./trace.ts";
import { summaryOf } from "./trace-view.ts";

const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 500;
/** After this long, a search for text answers with what it has found; the supervisor has other work. */
const TEXT_SEARCH_MS_MAX = 250;
const LOOKS_BETWEEN_CLOCK_READINGS = 64;
/** A text that may be the beginning of a trace's id. */
const ID_BEGINNING = /^[0-9a-f]{8,32}$/;

/** The traces that fit a query, in its order. A search for text looks first where the answer shows first. */
export function searchTraces(traces: Iterable<Trace>, query: TraceQuery, clock: Clock): TraceSummary[] {
  const limit = Math.max(1, Math.min(LIMIT_MAX, query.limit ?? LIMIT_DEFAULT));
  const candidates: Trace[] = [];
  for (const trace of traces) if (trace.top && fits(trace, query)) candidates.push(trace);
  candidates.sort(
    query.sort === "duration"
      ? (one, other) => other.durationUs - one.durationUs
      : (one, other) => other.beganUs - one.beganUs,
  );
  const text = query.text?.trim().toLowerCase() ?? "";
  const found = text === "" ? candidates.slice(0, limit) : withText(candidates, text, limit, clock);
  return found.map(summaryOf);
}

function withText(candidates: readonly Trace[], text: string, limit: number, clock: Clock): Trace[] {
  const untilMs = clock.monotonicMs() + TEXT_SEARCH_MS_MAX;
  const mayBeId = ID_BEGINNING.test(text);
  const found: Trace[] = [];
  for (let at = 0; at < candidates.length && found.length < limit; at++) {
    const trace = candidates[at];
    if (!trace) break;
    if ((mayBeId && trace.id.startsWith(text)) || trace.spans.some((span) => says(span, text))) {
      found.push(trace);
    }
    if (at % LOOKS_BETWEEN_CLOCK_READINGS === 0 && clock.monotonicMs() > untilMs) break;
  }
  return found;
}

/** All conditions but the text. */
function fits(trace: Trace, query: TraceQuery): boolean {
  const { part, peer } = query;
  if (part !== undefined && !trace.parts.includes(part) && (peer !== undefined || !calls(trace, part)))
    return false;
  if (peer !== undefined && !calls(trace, peer, part)) return false;
  if (query.status !== undefined && (query.status === "error") !== trace.errors > 0) return false;
  const { durationUs, beganUs } = trace;
  if (query.minMs !== undefined && durationUs < query.minMs * 1_000) return false;
  if (query.maxMs !== undefined && durationUs > query.maxMs * 1_000) return false;
  if (query.fromMs !== undefined && beganUs < query.fromMs * 1_000) return false;
  return query.toMs === undefined || beganUs <= query.toMs * 1_000;
}

/** Whether a part is called in it, by a certain one where that is given. Stores tell no spans: they are only seen to be called. */
function calls(trace: Trace, peer: string, by?: string): boolean {
  return trace.spans.some((span) => span.peer === peer && (by === undefined || span.part === by));
}

function says(span: StoredSpan, text: string): boolean {
  return (
    span.name.toLowerCase().includes(text) ||
    span.statusMessage.toLowerCase().includes(text) ||
    anyValue(span.attributes, text) ||
    span.events.some(
      ({ name, attributes }) => name.toLowerCase().includes(text) || anyValue(attributes, text),
    )
  );
}

function anyValue(attributes: FlatAttributes, text: string): boolean {
  for (let at = 1; at < attributes.length; at += 2) {
    const value = attributes[at];
    if ((typeof value === "string" ? value : String(value)).toLowerCase().includes(text)) return true;
  }
  return false;
}
