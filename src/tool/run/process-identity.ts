import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in whatever terms this machine keeps; only ever compared for equality. */
  readonly started: string;
}

/** What Linux tells of a process (proc(5), `/proc/PID/stat`). */
export interface ProcessStat {
  /** `Z` is a zombie: dead, and not yet asked after by its parent. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Those that have not ended; a zombie itself counts as one. */
  readonly threads: number;
  readonly startTicks: string;
}

/** Only Linux lets others be looked at through files; elsewhere `ps` is asked, and knows less. */
export const onLinux = process.platform === "linux";

/** The identity of a running process, or `undefined` when there is none with this number. A zombie is none. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const stat = statOf(pid);
  if (stat && hasEnded(stat)) return undefined;
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

/**
 * The identity of a child that this process has just started. It may have died already: its number is its own until it
 * has been asked after, and what it started may live on.
 */
export function identityOfChild(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) ?? "" };
}

/** Whether that very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.started === identity.started;
}

/** Whether the process was started since the machine was: none survives that, whatever its number. */
export function isOfThisBoot(identity: ProcessIdentity): boolean {
  return !onLinux || identity.started.startsWith(`${bootId()}:`);
}

/**
 * Whether nothing is left of a process but its number. One whose first thread alone has ended is called a zombie as well, but
 * it holds its ports, files and memory until its last thread has ended, some 20 ms later where they are many.
 */
export function hasEnded({ state, threads }: ProcessStat): boolean {
  return state === "Z" && threads <= 1;
}

/** What Linux tells of a process; `undefined` when there is none, and elsewhere than on Linux. */
export function statOf(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The command's name, in parentheses, may itself hold spaces and parentheses: fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    threads: Number(fields[17]),
    startTicks: fields[19] ?? "",
  };
}

function startOf(pid: number): string | undefined {
  if (!onLinux) return startedByPs(pid);
  const stat = statOf(pid);
  return stat && `${bootId()}:${stat.startTicks}`;
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return boot;
}

function startedByPs(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
