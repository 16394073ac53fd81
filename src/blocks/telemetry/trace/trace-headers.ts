import { readTraceContext, type TraceContext, traceParentOf } from "./trace-context.ts";

/** Headers as `node:http` and as `fetch` have them. */
export type TraceHeadersLike =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The context that a request carries in `traceparent` and `tracestate`; undefined without one that is valid. */
export function traceFromHeaders(headers: TraceHeadersLike): TraceContext | undefined {
  const traceParent = headerOf(headers, "traceparent");
  return traceParent === undefined
    ? undefined
    : readTraceContext(traceParent, headerOf(headers, "tracestate"));
}

/** The headers that carry a context along with a call: spread them into its own. Empty for a context that is in no trace. */
export function traceHeaders(context: TraceContext): Record<string, string> {
  if (context.traceId === NO_TRACE) return {};
  const traceparent = traceParentOf(context);
  return context.traceState === "" ? { traceparent } : { traceparent, tracestate: context.traceState };
}

const NO_TRACE = "0".repeat(32);

function headerOf(headers: TraceHeadersLike, name: string): string | undefined {
  if (isFetched(headers)) return headers.get(name) ?? undefined;
  const value = headers[name];
  return typeof value === "string" ? value : value?.join(",");
}

function isFetched(headers: TraceHeadersLike): headers is { get(name: string): string | null } {
  return typeof headers.get === "function";
}
