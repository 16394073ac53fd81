import type { ProcessUse } from "./proc-reader.ts";

/** What a leader, its session and its descendants have used together. */
export interface GroupUse {
  /** Since each of them began, those that have ended included. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly threads: number;
  readonly processes: readonly number[];
  /** Of the leader: tells it from a later one of the same number. 0 when it is gone and others of its session live on. */
  readonly startTicks: number;
}

/** Descendants are looked for so deep: a table that is read while processes come and go need not be a tree. */
const DEPTH_MAX = 64;

/**
 * Adds up what belongs to each leader: its session, and all descendants, since PostgreSQL gives each of its processes a session. Memory that they
 * share counts once for each. What a child used goes over to its parent when that is told of its end, so that the sum neither
 * loses nor doubles it. Pure.
 */
export function groupsOf(
  table: ReadonlyMap<number, ProcessUse>,
  leaders: ReadonlySet<number>,
): ReadonlyMap<number, GroupUse> {
  const groups = new Map<number, GroupUse & { processes: number[] }>();
  for (const [pid, use] of table) {
    const leader = leaderOf(pid, table, leaders);
    if (leader === undefined) continue;
    const group = groups.get(leader);
    const processes = group?.processes ?? [];
    processes.push(pid);
    groups.set(leader, {
      cpuSeconds: (group?.cpuSeconds ?? 0) + use.cpuSeconds,
      memoryBytes: (group?.memoryBytes ?? 0) + use.memoryBytes,
      threads: (group?.threads ?? 0) + use.threads,
      processes,
      startTicks: pid === leader ? use.startTicks : (group?.startTicks ?? 0),
    });
  }
  return groups;
}

function leaderOf(
  pid: number,
  table: ReadonlyMap<number, ProcessUse>,
  leaders: ReadonlySet<number>,
): number | undefined {
  let use = table.get(pid);
  for (let depth = 0; use && depth < DEPTH_MAX; depth++) {
    if (leaders.has(use.session)) return use.session;
    use = table.get(use.parent);
  }
  return undefined;
}
