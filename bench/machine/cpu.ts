import { readdirSync, readFileSync } from "node:fs";

/** Linux counts a process's time in hundredths of a second on every platform that Node runs on. */
const TICK_US = 10_000;

/** The fields of `/proc/<pid>/stat` that matter here. */
export interface ProcessTimes {
  readonly parent: number;
  /** Processor time of the process and of its children that have ended, in user code and in the kernel. */
  readonly ticks: number;
}

/**
 * Microseconds of processor time that a process, everything it started and whatever of that has ended have used so far.
 * Throws when there is no such process.
 */
export function cpuUsOf(pid: number): number {
  const all = new Map<number, ProcessTimes>();
  for (const entry of readdirSync("/proc")) {
    const number = Number(entry);
    if (!Number.isInteger(number)) continue;
    const times = timesOf(number);
    if (times) all.set(number, times);
  }
  if (!all.has(pid)) throw new Error(`process ${pid} is gone`);
  return treeTicks(pid, all) * TICK_US;
}

/** The ticks of a process and all its descendants. */
export function treeTicks(pid: number, all: ReadonlyMap<number, ProcessTimes>): number {
  let ticks = all.get(pid)?.ticks ?? 0;
  for (const [child, { parent }] of all) if (parent === pid) ticks += treeTicks(child, all);
  return ticks;
}

/** Reads a line of `/proc/<pid>/stat`; fields are counted from the end of the command's name, which may hold anything. */
export function parseStat(line: string): ProcessTimes {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const field = (index: number) => Number(fields[index] ?? Number.NaN);
  return { parent: field(1), ticks: field(11) + field(12) + field(13) + field(14) };
}

function timesOf(pid: number): ProcessTimes | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    // It ended between the listing and now.
    return undefined;
  }
}
