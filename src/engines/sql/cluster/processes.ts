import { readdirSync, readFileSync, statSync } from "node:fs";

/** A process of PostgreSQL whose working folder is a data folder. */
export interface ServerProcess {
  readonly pid: number;
  readonly parent: number;
  /** The postmaster, to which all others answer; else one of its children (or an orphan of a killed one). */
  readonly isPostmaster: boolean;
}

/**
 * PostgreSQL's processes in `dataFolder`: all of them work in it. Told by the folder's identity, not by its name or by
 * `postmaster.pid`, since another process may have the number that stands there by now. Empty on machines without `/proc`,
 * where PostgreSQL's own interlock has to do.
 */
export function processesIn(dataFolder: string): ServerProcess[] {
  if (process.platform !== "linux") return [];
  const folder = statSync(dataFolder, { throwIfNoEntry: false });
  if (!folder) return [];
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const at = statSync(`/proc/${name}/cwd`);
      if (at.ino !== folder.ino || at.dev !== folder.dev) return [];
      const commandLine = readFileSync(`/proc/${name}/cmdline`, "utf8");
      const program = commandLine.split("\0", 1)[0] ?? "";
      // Children name themselves `postgres: what they do`; a shell that happens to stand here is no concern of ours.
      const isChild = program.startsWith("postgres: ");
      if (!isChild && !/(^|\/)(postgres|initdb)$/.test(program)) return [];
      return [{ pid: Number(name), parent: parentOf(name), isPostmaster: !isChild }];
    } catch {
      // It ended meanwhile, or belongs to another user: none that we could have started.
      return [];
    }
  });
}

/**
 * Kills the children that a killed postmaster left: they hold its shared memory, and no new server starts until they are
 * gone. They end by themselves once they look up from what they do, which may be long. What they had committed is in the
 * write-ahead log.
 */
export function endOrphans(dataFolder: string): void {
  const processes = processesIn(dataFolder);
  const postmasters = new Set(processes.filter((one) => one.isPostmaster).map((one) => one.pid));
  for (const { pid, parent, isPostmaster } of processes) {
    if (!isPostmaster && !postmasters.has(parent)) kill(pid);
  }
}

/** Kills whatever is left in a folder that is about to be thrown away. */
export function endAll(folder: string): void {
  for (const { pid } of processesIn(folder)) kill(pid);
}

function parentOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  // The command's name, in parentheses, may itself hold spaces and parentheses: fields are counted from its end.
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime.
  }
}
