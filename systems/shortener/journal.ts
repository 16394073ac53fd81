import { format } from "node:util";
import type { TraceContext } from "trestle/telemetry";

/** The service's log: one JSON object per line on stdout, for starts, stops and trouble; requests are not logged. */
export interface Journal {
  info(message: string, facts?: Record<string, unknown>): void;
  error(message: string, facts?: Record<string, unknown>): void;
}

/** A journal that hands each line to `write`. Repetitions within `quietMs` (1 s) are counted rather than written. */
export function createJournal(options: {
  nowMs: () => number;
  write: (line: string) => void;
  quietMs?: number;
  /** The span under way, which a line names, so that it is found from its trace and leads there. */
  context?: () => TraceContext | undefined;
}): Journal {
  const quietMs = options.quietMs ?? 1_000;
  const written = new Map<string, { atMs: number; left: number }>();
  const line = (level: string, message: string, facts: Record<string, unknown> = {}) => {
    const atMs = options.nowMs();
    const last = written.get(message);
    if (last && atMs - last.atMs < quietMs) {
      last.left++;
      return;
    }
    // Messages are few and fixed; this bounds the map should one ever hold a value.
    if (written.size >= 200) written.clear();
    written.set(message, { atMs, left: 0 });
    const repeated = last && last.left > 0 ? { repeated: last.left } : {};
    const plain = Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, plainOf(value)]));
    const context = options.context?.();
    const within = context && { trace_id: context.traceId, span_id: context.spanId };
    const time = new Date(atMs).toISOString();
    options.write(`${JSON.stringify({ time, level, message, ...within, ...plain, ...repeated })}\n`);
  };
  return {
    info: (message, facts) => line("info", message, facts),
    error: (message, facts) => line("error", message, facts),
  };
}

function plainOf(value: unknown): unknown {
  return value instanceof Error ? format("%s", value.stack ?? value.message) : value;
}
