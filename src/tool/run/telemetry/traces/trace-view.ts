import type { SpanView, TraceSummary, TraceView } from "../../../control-api/index.ts";
import { selfTimes } from "./self-time.ts";
import { attributeOf, type StoredSpan, textAttributes } from "./stored-span.ts";
import type { Trace } from "./trace.ts";

const KINDS = ["internal", "internal", "server", "client", "producer", "consumer"] as const;

/** What a list of traces shows of one. */
export function summaryOf(trace: Trace): TraceSummary {
  return summarized(trace, spansOf(trace));
}

/** All that is known of a trace. */
export function viewOf(trace: Trace): TraceView {
  const spans = spansOf(trace);
  return { summary: summarized(trace, spans), spans: spans.map(spanView), dropped: trace.dropped };
}

/** By start; one that was sent twice, as it happens after a failed export, stands once. */
function spansOf(trace: Trace): StoredSpan[] {
  const byId = new Map<string, StoredSpan>();
  for (const span of trace.spans) if (!byId.has(span.spanId)) byId.set(span.spanId, span);
  return [...byId.values()].sort((one, other) => one.startUs - other.startUs);
}

function summarized(trace: Trace, spans: readonly StoredSpan[]): TraceSummary {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const { top } = trace;
  const status = top && (attributeOf(top.attributes, "http.response.status_code") ?? olderStatus(top));
  return {
    traceId: trace.id,
    name: top?.name ?? "",
    part: top?.part ?? "",
    startMs: trace.beganUs / 1_000,
    durationMs: trace.durationUs / 1_000,
    spans: spans.length,
    errors: spans.reduce((sum, { error }) => sum + (error ? 1 : 0), 0),
    parts: [...selfTimes(spans)].map(([part, timeUs]) => ({ part, ms: timeUs / 1_000 })),
    incomplete: spans.some(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId)),
    ...(typeof status === "number" ? { httpStatus: status } : {}),
  };
}

/** The name that the attribute had before OpenTelemetry's conventions of HTTP became stable. */
function olderStatus(span: StoredSpan): string | number | boolean | undefined {
  return attributeOf(span.attributes, "http.status_code");
}

function spanView(span: StoredSpan): SpanView {
  return {
    spanId: span.spanId,
    name: span.name,
    part: span.part,
    replica: span.replica,
    kind: KINDS[span.kind],
    startMs: span.startUs / 1_000,
    durationMs: (span.endUs - span.startUs) / 1_000,
    error: span.error,
    attributes: textAttributes(span.attributes),
    events: span.events.map(({ timeUs, name, attributes }) => ({
      timeMs: timeUs / 1_000,
      name,
      attributes: textAttributes(attributes),
    })),
    links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
    ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
    ...(span.statusMessage === "" ? {} : { statusMessage: span.statusMessage }),
    ...(span.peer === undefined ? {} : { peer: span.peer }),
  };
}
