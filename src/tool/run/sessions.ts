import { readdirSync, readFileSync } from "node:fs";
import {
  hasEnded,
  identityOf,
  isOfThisBoot,
  onLinux,
  type ProcessIdentity,
  type ProcessStat,
  statOf,
} from "./process-identity.ts";

/** The processes of this machine at one moment, by number. Empty where it is not Linux. */
export type ProcessTable = ReadonlyMap<number, ProcessStat>;

/** Reads the table: about 20 µs a process. */
export function processTable(): ProcessTable {
  const table = new Map<number, ProcessStat>();
  if (!onLinux) return table;
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    const stat = Number.isInteger(pid) ? statOf(pid) : undefined;
    if (stat) table.set(pid, stat);
  }
  return table;
}

/**
 * The living processes of the session that `leader` opened, itself included. They are found even when the leader is gone:
 * a process number is not given out again while a session bears it. Elsewhere than on Linux, the leader alone is found.
 *
 * A process that opens a session of its own (a daemon) has left it, and is not found.
 */
export function sessionOf(leader: ProcessIdentity, table: ProcessTable = processTable()): readonly number[] {
  const now = identityOf(leader.pid);
  if (now && now.started !== leader.started) return [];
  if (!onLinux) return now ? [leader.pid] : [];
  if (!isOfThisBoot(leader)) return [];
  return [...table].flatMap(([pid, stat]) => (stat.session === leader.pid && !hasEnded(stat) ? [pid] : []));
}

/** Sends a signal to every process of a session. Whoever has ended meanwhile is passed over. */
export function signalSession(leader: ProcessIdentity, name: NodeJS.Signals): void {
  const table = processTable();
  const members = sessionOf(leader, table);
  if (members.length === 0) return;
  // The group first, in one step that no fork escapes; then those that opened groups of their own, as shells do for jobs.
  signalGroup(leader.pid, name);
  for (const pid of members) if (onLinux && table.get(pid)?.group !== leader.pid) signal(pid, name);
}

/** Sends a signal to a process group (0 only looks). False when nobody is in it. */
export function signalGroup(leader: number, name: NodeJS.Signals | 0): boolean {
  return signal(-leader, name);
}

/** Resident memory of a process in bytes, where this machine tells. */
export function memoryOf(pid: number): number | undefined {
  if (!onLinux) return undefined;
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}

/**
 * Resident memory in bytes of each leader: its own, that of its session and that of all descendants, since PostgreSQL
 * gives each of its processes a session. Memory that they share counts once for each. Empty where it is not Linux.
 */
export function memoryByLeader(leaders: Iterable<number>): ReadonlyMap<number, number> {
  const wanted = new Set(leaders);
  const memory = new Map<number, number>();
  if (wanted.size === 0) return memory;
  const table = processTable();
  for (const pid of table.keys()) {
    const leader = leaderOf(pid, table, wanted);
    const bytes = leader === undefined ? undefined : memoryOf(pid);
    if (leader !== undefined && bytes !== undefined) memory.set(leader, (memory.get(leader) ?? 0) + bytes);
  }
  return memory;
}

function leaderOf(pid: number, table: ProcessTable, wanted: ReadonlySet<number>): number | undefined {
  let stat = table.get(pid);
  // Bounded, for a table read while processes come and go need not be a tree.
  for (let depth = 0; stat && depth < 64; depth++) {
    if (wanted.has(stat.session)) return stat.session;
    stat = table.get(stat.parent);
  }
  return undefined;
}

function signal(target: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, name);
    return true;
  } catch {
    // It ended by itself in the meantime.
    return false;
  }
}
