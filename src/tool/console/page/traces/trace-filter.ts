import { hrefOf, type Params, useParam } from "../state/address.ts";

/** What is searched for, as the address has it: names and values are those of `TraceQuery`. */
export interface TraceFilter {
  readonly part: string | undefined;
  /** A part that is called. */
  readonly peer: string | undefined;
  readonly status: "error" | "ok" | undefined;
  readonly minMs: number | undefined;
  readonly maxMs: number | undefined;
  readonly text: string | undefined;
  readonly sort: "time" | "duration";
}

/** The filter that the address names; what it says wrongly counts as not said. */
export function useTraceFilter(): TraceFilter {
  const [part] = useParam("part");
  const [peer] = useParam("peer");
  const [status] = useParam("status");
  const [minMs] = useParam("minMs");
  const [maxMs] = useParam("maxMs");
  const [text] = useParam("text");
  const [sort] = useParam("sort");
  return {
    part,
    peer,
    status: status === "error" || status === "ok" ? status : undefined,
    minMs: durationOf(minMs),
    maxMs: durationOf(maxMs),
    text,
    sort: sort === "duration" ? "duration" : "time",
  };
}

function durationOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** The filter as the address has it. */
export function paramsOf({ part, peer, status, minMs, maxMs, text, sort }: TraceFilter): Params {
  return {
    part,
    peer,
    status,
    minMs: minMs === undefined ? undefined : String(minMs),
    maxMs: maxMs === undefined ? undefined : String(maxMs),
    text,
    sort: sort === "time" ? undefined : sort,
  };
}

/** Where one of the traces that were found is; the way back leads to what was searched for. */
export function traceHref(filter: TraceFilter, traceId: string): string {
  return hrefOf("traces", { ...paramsOf(filter), trace: traceId });
}
