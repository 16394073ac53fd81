import type { SpanData } from "../../../../blocks/telemetry/otlp/model.ts";
import { weightOf } from "../../../../blocks/telemetry/trace/sampling-threshold.ts";
import type { MetricWriter } from "../metric-reader.ts";
import type { StoredSpan } from "./stored-span.ts";

/** The histogram of how long a part's calls of another took, made of the spans of those calls. */
export const LINK_DURATION = "trestle.link.duration";
/** One span stands for no more calls than this, whatever its `tracestate` says: else a single one could hide all others. */
const WEIGHT_MAX = 100_000;

/** Tells the metric store of a call of another part, for as many calls as the span stands for by its sampling. */
export function observeLink(writer: MetricWriter, span: SpanData, stored: StoredSpan, peer: string): void {
  writer.observe({
    name: LINK_DURATION,
    unit: "s",
    description: "How long calls of another part took, counted from spans.",
    part: stored.part,
    replica: stored.replica,
    attributes: { "trestle.peer": peer, error: stored.error ? "true" : "false" },
    timeMs: stored.endUs / 1_000,
    value: (stored.endUs - stored.startUs) / 1_000_000,
    weight: Math.min(WEIGHT_MAX, weightOf(span.traceState)),
    traceId: span.traceId,
  });
}
