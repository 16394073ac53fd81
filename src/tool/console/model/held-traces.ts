import type { TraceSummary } from "../../control-api/index.ts";

/** A list that others read while it changes. Pure. */
export interface HeldTraces {
  readonly shown: readonly TraceSummary[];
  /** How many have come that are not shown. */
  readonly fresh: number;
}

/**
 * What to show of the latest answer. While the list is read (`isHeld`) every row stays where it is: those that are there are told anew in their places, and
 * what has come is only counted.
 */
export function heldTraces(
  before: readonly TraceSummary[],
  latest: readonly TraceSummary[],
  isHeld: boolean,
): HeldTraces {
  if (!isHeld || before.length === 0) return { shown: latest, fresh: 0 };
  const byId = new Map(latest.map((trace) => [trace.traceId, trace]));
  const shown = before.map((trace) => byId.get(trace.traceId) ?? trace);
  for (const { traceId } of before) byId.delete(traceId);
  return { shown, fresh: byId.size };
}
