import type { LogEntry } from "../../control-api/index.ts";

/**
 * The entries that a page keeps, by id, the oldest first. Pure. It is bounded: whatever is added at one end beyond the bound goes at the other,
 * for who reads on at one end is not reading at the other.
 */
export interface LogBuffer {
  readonly entries: readonly LogEntry[];
  /** There may be older ones that are not kept. */
  readonly hasOlder: boolean;
  /** There may be newer ones that are not kept: what is shown does not reach to the present. */
  readonly hasNewer: boolean;
}

/** How many entries a page keeps. */
export const ENTRIES_MAX = 5_000;

export const EMPTY_BUFFER: LogBuffer = { entries: [], hasOlder: false, hasNewer: false };

/** Adds what came last. Entries that are there already are not added again. */
export function withNewer(buffer: LogBuffer, added: readonly LogEntry[], max = ENTRIES_MAX): LogBuffer {
  const merged = merge(buffer.entries, added);
  if (merged.length <= max) return { ...buffer, entries: merged };
  return { ...buffer, entries: merged.slice(-max), hasOlder: true };
}

/** Adds a page of older ones; `more` tells whether there may be still older ones. */
export function withOlder(
  buffer: LogBuffer,
  added: readonly LogEntry[],
  more: boolean,
  max = ENTRIES_MAX,
): LogBuffer {
  const merged = merge(buffer.entries, added);
  if (merged.length <= max) return { ...buffer, entries: merged, hasOlder: more };
  return { entries: merged.slice(0, max), hasOlder: more, hasNewer: true };
}

function merge(kept: readonly LogEntry[], added: readonly LogEntry[]): readonly LogEntry[] {
  if (added.length === 0) return kept;
  const first = added[0]?.id ?? 0;
  const last = kept.at(-1)?.id ?? Number.NEGATIVE_INFINITY;
  const isRising = added.every((entry, at) => at === 0 || entry.id > (added[at - 1]?.id ?? 0));
  // What comes live comes in order, behind the others: nothing needs to be compared then.
  if (isRising && first > last) return [...kept, ...added];
  const byId = new Map<number, LogEntry>();
  for (const entry of kept) byId.set(entry.id, entry);
  for (const entry of added) if (!byId.has(entry.id)) byId.set(entry.id, entry);
  return [...byId.values()].sort((one, other) => one.id - other.id);
}
