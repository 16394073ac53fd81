import type { JSX } from "preact";
import { useParam } from "../state/address.ts";
import { OneTrace } from "./one-trace.tsx";
import { TraceSearch } from "./trace-search.tsx";

/** Traces: the search for them, or the one that the address names. */
export function TracesView(): JSX.Element {
  const [trace] = useParam("trace");
  return trace === undefined ? <TraceSearch /> : <OneTrace key={trace} traceId={trace.toLowerCase()} />;
}
