import type { SpanKind } from "../../../../blocks/telemetry/otlp/model.ts";
import type { FlatAttributes, StoredEvent, StoredLink, StoredSpan } from "./stored-span.ts";
import type { Trace } from "./trace.ts";

/** A line of the record has at most about so many characters; spans beyond are counted as dropped. */
const LINE_CHARACTERS_MAX = 512 * 1024;

/** What a line of `traces.jsonl` says: a trace, or what came of it after its last line. */
export interface TraceRecordLine {
  readonly traceId: string;
  /** Spans of the trace that are in no line. */
  readonly dropped: number;
  readonly spans: readonly StoredSpan[];
}

/** A line of `traces.jsonl`, without its end: the spans from the `from`-th on. */
export function traceLine(trace: Trace, from: number): string {
  const spans: string[] = [];
  let characters = 0;
  let dropped = trace.dropped;
  for (let at = from; at < trace.spans.length; at++) {
    const span = JSON.stringify(trace.spans[at]);
    characters += span.length;
    if (spans.length > 0 && characters > LINE_CHARACTERS_MAX) {
      dropped += trace.spans.length - at;
      break;
    }
    spans.push(span);
  }
  return `{"traceId":${JSON.stringify(trace.id)},"dropped":${dropped},"spans":[${spans.join(",")}]}`;
}

/** Reads such a line. Undefined for what is none, as where a killed process left half of one; spans that are none are left out. */
export function readTraceLine(line: string): TraceRecordLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value.traceId !== "string" || !Array.isArray(value.spans)) return undefined;
  const spans = value.spans.map(spanOf).filter((span) => span !== undefined);
  return { traceId: value.traceId, dropped: numberOf(value.dropped), spans };
}

function spanOf(value: unknown): StoredSpan | undefined {
  if (!isObject(value) || typeof value.spanId !== "string" || typeof value.startUs !== "number") {
    return undefined;
  }
  return {
    spanId: value.spanId,
    parentSpanId: typeof value.parentSpanId === "string" ? value.parentSpanId : undefined,
    name: textOr(value.name),
    part: textOr(value.part),
    replica: textOr(value.replica),
    kind: kindOf(value.kind),
    startUs: value.startUs,
    endUs: Math.max(value.startUs, numberOf(value.endUs)),
    error: value.error === true,
    statusMessage: textOr(value.statusMessage),
    peer: typeof value.peer === "string" ? value.peer : undefined,
    attributes: attributesOf(value.attributes),
    events: listOf(value.events).map(eventOf),
    links: listOf(value.links).map(linkOf),
  };
}

function eventOf(value: unknown): StoredEvent {
  const event = isObject(value) ? value : {};
  return {
    timeUs: numberOf(event.timeUs),
    name: textOr(event.name),
    attributes: attributesOf(event.attributes),
  };
}

function linkOf(value: unknown): StoredLink {
  const link = isObject(value) ? value : {};
  return { traceId: textOr(link.traceId), spanId: textOr(link.spanId) };
}

function attributesOf(value: unknown): FlatAttributes {
  const list = listOf(value);
  const isFlat = list.length % 2 === 0 && list.every(isPlain);
  return isFlat ? list : [];
}

function isPlain(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function kindOf(value: unknown): SpanKind {
  return value === 1 || value === 2 || value === 3 || value === 4 || value === 5 ? value : 0;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOr(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
