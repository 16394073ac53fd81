import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in whatever terms this machine keeps; only ever compared for equality. */
  readonly started: string;
}

const onLinux = process.platform === "linux";

/** The identity of a running process, or `undefined` when there is none with this number. A zombie is none. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const started = onLinux ? startedOnLinux(pid) : startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.started === identity.started;
}

/**
 * The processes of the session that `leader` opened, itself included. They are found even when the leader is gone: a
 * process number is not given out again while a session bears it.
 */
export function sessionOf(leader: ProcessIdentity): readonly number[] {
  const now = identityOf(leader.pid);
  if (now && now.started !== leader.started) return [];
  if (!onLinux) return now ? [leader.pid] : [];
  // A machine that restarted has none of the old processes, whatever their numbers.
  if (bootOf(leader.started) !== bootId()) return [];
  const members: number[] = [];
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const fields = statOf(pid);
    if (fields && fields.session === leader.pid && fields.state !== "Z") members.push(pid);
  }
  return members;
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

/** Resident memory in bytes of each session, by its leader's number: a process and all that it started. Linux alone. */
export function memoryBySession(): ReadonlyMap<number, number> {
  const memory = new Map<number, number>();
  if (!onLinux) return memory;
  for (const entry of readdirSync("/proc")) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const session = statOf(pid)?.session;
    const bytes = memoryOf(pid);
    if (session !== undefined && bytes !== undefined) memory.set(session, (memory.get(session) ?? 0) + bytes);
  }
  return memory;
}

function startedOnLinux(pid: number): string | undefined {
  const fields = statOf(pid);
  return fields && fields.state !== "Z" ? `${bootId()}:${fields.startTicks}` : undefined;
}

function statOf(pid: number): { state: string; session: number; startTicks: string } | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The command's name, in parentheses, may itself hold spaces and parentheses: fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", session: Number(fields[3]), startTicks: fields[19] ?? "" };
}

let boot: string | undefined;

function bootId(): string {
  boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return boot;
}

function bootOf(started: string): string {
  return started.slice(0, started.indexOf(":"));
}

function startedByPs(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}
