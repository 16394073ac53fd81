import { useMemo } from "preact/hooks";
import { LEVELS, type LogFilter, withTerm } from "../../model/log-filter.ts";
import { param, setParams, useParam } from "../state/address.ts";

/** What of the logs the address asks for. Parts stand in one name, with commas between: no part's name has one. */
export function useLogFilter(): LogFilter {
  const [part] = useParam("part");
  const [replica] = useParam("replica");
  const [level] = useParam("level");
  const [text] = useParam("text");
  const [traceId] = useParam("traceId");
  return useMemo(
    () => ({
      parts: partsOf(part),
      replica,
      level: LEVELS.find((one) => one === level),
      text: text ?? "",
      traceId: traceId?.toLowerCase(),
    }),
    [part, replica, level, text, traceId],
  );
}

function partsOf(text: string | undefined): string[] {
  return [...new Set((text ?? "").split(",").filter((part) => part !== ""))];
}

/** Looks at these parts; none is all. A replica of another part is let go. */
export function showParts(parts: readonly string[]): void {
  setParams({ part: parts.join(","), replica: undefined });
}

/** Adds a term to the search. */
export function addTerm(term: string): void {
  setParams({ text: withTerm(param("text") ?? "", term) }, "push");
}
