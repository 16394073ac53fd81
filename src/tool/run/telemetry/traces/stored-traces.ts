import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../../blocks/time/index.ts";
import type { TraceQuery, TraceSummary, TraceView } from "../../../control-api/index.ts";
import { Trace } from "./trace.ts";
import { readTraceLine } from "./trace-line-format.ts";
import { TRACES_FILE } from "./trace-record.ts";
import { searchTraces } from "./trace-search.ts";
import { viewOf } from "./trace-view.ts";

/** The traces of a run that were written down; asked as the store of a running system is. */
export interface StoredTraces {
  search(query: TraceQuery): TraceSummary[];
  view(traceId: string): TraceView | undefined;
}

/**
 * Reads the traces of a run from its folder; there are none when it has no such file. Lines that are cut off or broken are left
 * out. Holds what it read for as long as the answer is held: up to 16 MiB of text, about twice that in memory.
 */
export async function readStoredTraces(folder: string, clock: Clock): Promise<StoredTraces> {
  const traces = new Map<string, Trace>();
  for (const name of [`${TRACES_FILE}.1`, TRACES_FILE]) {
    for (const line of await linesOf(join(folder, name))) {
      const read = readTraceLine(line);
      if (!read) continue;
      const trace = traces.get(read.traceId) ?? new Trace(read.traceId);
      traces.set(read.traceId, trace);
      for (const span of read.spans) trace.add(span);
      trace.dropped = read.dropped;
    }
  }
  return {
    search: (query) => searchTraces(traces.values(), query, clock),
    view: (traceId) => {
      const trace = traces.get(traceId);
      return trace && viewOf(trace);
    },
  };
}

async function linesOf(path: string): Promise<string[]> {
  try {
    return (await readFile(path, "utf8")).split("\n");
  } catch {
    return [];
  }
}
