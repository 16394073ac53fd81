import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runIds } from "./run-record.ts";
import type { LogEvent } from "./telemetry/logs/index.ts";

/** A run as its record tells it. */
export interface StoredRun {
  readonly id: string;
  readonly folder: string;
  readonly startedMs: number;
  /** Absent while it runs, and where it was killed. */
  readonly endedMs?: number;
  /** What whoever ran it called it. */
  readonly label?: string;
  /** What was noticed and not mended, in words. */
  readonly verdicts: readonly string[];
}

/** The runs that are kept in a state folder, oldest first. */
export function listRuns(stateFolder: string): StoredRun[] {
  const runs = join(stateFolder, "runs");
  return runIds(runs).map((id) => {
    const folder = join(runs, id);
    const end = jsonAt(join(folder, "end.json")) as { endedMs?: number; verdicts?: string[] } | undefined;
    const { label } = (jsonAt(join(folder, "label.json")) ?? {}) as { label?: string };
    return {
      id,
      folder,
      startedMs: startOf(id),
      verdicts: end?.verdicts ?? [],
      ...(typeof label === "string" ? { label } : {}),
      ...(end?.endedMs === undefined ? {} : { endedMs: end.endedMs }),
    };
  });
}

/** The last lines that processes of a stored run have written, oldest first across its parts (all of them, when none is named). */
export function readRun(
  run: StoredRun,
  options: { readonly parts?: readonly string[]; readonly lines: number },
): LogEvent[] {
  const folder = join(run.folder, "logs");
  const wanted = options.parts ?? [];
  const lines = filesIn(folder)
    .filter((name) => wanted.length === 0 || wanted.includes(name.replace(/\.jsonl(\.1)?$/, "")))
    .flatMap((name) => eventsIn(join(folder, name)))
    .filter(({ stream }) => stream !== "otlp");
  lines.sort((one, other) => one.timeMs - other.timeMs);
  return options.lines > 0 ? lines.slice(-options.lines) : [];
}

function startOf(id: string): number {
  const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3})Z/.exec(id)?.slice(1) ?? [];
  const [year, month, day, hour, minute, second] = stamp.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, 0) + Math.round((second ?? 0) * 1000);
}

function filesIn(folder: string): string[] {
  try {
    // `x.jsonl.1` holds the older lines of `x.jsonl`.
    return readdirSync(folder).sort().reverse();
  } catch {
    return [];
  }
}

function eventsIn(path: string): LogEvent[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as LogEvent];
      } catch {
        // The last line may be cut off where the supervisor was killed.
        return [];
      }
    });
}

function jsonAt(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
