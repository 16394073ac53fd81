import type { LogEntry } from "../../control-api/index.ts";

/** How many entries there were over time, by how bad they are. Pure. */
export interface LogColumn {
  readonly fromMs: number;
  readonly toMs: number;
  /** Of `error` and `fatal`. */
  readonly bad: number;
  readonly warn: number;
  /** Of `info`, and of entries that say no level. */
  readonly info: number;
  /** Of `debug` and `trace`. */
  readonly quiet: number;
}

const STEPS_MS = [
  100, 250, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000,
  3_600_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
] as const;

/** Counts entries in at most so many columns of a round length, from `fromMs` on to what holds `toMs`. Entries beyond are left out. */
export function logColumns(
  entries: readonly LogEntry[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  columnsMax: number,
): LogColumn[] {
  if (!(toMs > fromMs) || columnsMax < 1) return [];
  // One column more than fit is begun where the first begins before `fromMs`.
  const aimMs = (toMs - fromMs) / Math.max(1, columnsMax - 1);
  const stepMs = STEPS_MS.find((step) => step >= aimMs) ?? Math.ceil(aimMs / 86_400_000) * 86_400_000;
  const first = Math.floor(fromMs / stepMs);
  const columns = Array.from({ length: Math.ceil(toMs / stepMs) - first }, (_, at) => ({
    fromMs: (first + at) * stepMs,
    toMs: (first + at + 1) * stepMs,
    bad: 0,
    warn: 0,
    info: 0,
    quiet: 0,
  }));
  for (const { timeMs, level } of entries) {
    const column = columns[Math.floor(timeMs / stepMs) - first];
    if (column) column[classOf(level)]++;
  }
  return columns;
}

/** How bad a level is, in four steps. */
export function classOf(level: LogEntry["level"]): "bad" | "warn" | "info" | "quiet" {
  switch (level) {
    case "error":
    case "fatal":
      return "bad";
    case "warn":
      return "warn";
    case "debug":
    case "trace":
      return "quiet";
    default:
      return "info";
  }
}
