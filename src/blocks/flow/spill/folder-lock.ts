import { execFile } from "node:child_process";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { codeOf } from "../../errors/index.ts";
import { FlowError } from "../errors.ts";

/** The right to use a queue's folder. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a folder: one queue at a time, in this process or another of this machine. The lock of a process that
 * has died is taken over, also when another process bears its number now.
 *
 * Processes are told apart by number and start, so the folder has to be on a disk of this machine, and all that open it have
 * to see one another (containers that share a folder do not).
 *
 * @throws FlowError `SPILL_LOCKED`
 */
export async function takeFolderLock(folder: string): Promise<FolderLock> {
  const path = join(folder, "lock");
  const draft = `${path}.${crypto.randomUUID()}`;
  const mine = JSON.stringify({ pid: process.pid, started: await startOf(process.pid), lock: draft });
  await writeFile(draft, mine, { mode: 0o600, flag: "wx" });
  try {
    while (!(await linked(draft, path))) await removeIfStale(path, `${draft}.stale`, folder);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      if ((await contentOf(path)) === mine) await rm(path, { force: true });
    },
  };
}

/** A link appears whole or not at all, so nobody ever reads a half-written lock. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

async function removeIfStale(path: string, aside: string, folder: string): Promise<void> {
  const seen = await contentOf(path);
  if (seen === undefined) return;
  const holder = parsed(seen);
  if (holder && (await startOf(holder.pid)) === holder.started) {
    throw new FlowError("SPILL_LOCKED", {
      message: `process ${holder.pid} has the queue in ${folder} open`,
      details: { pid: holder.pid, folder },
    });
  }
  // Two newcomers may both see the dead holder: what is moved aside must be what was judged, or it goes back.
  try {
    await rename(path, aside);
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return;
    throw thrown;
  }
  if ((await contentOf(aside)) !== seen) await linked(aside, path);
  await rm(aside, { force: true });
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

function parsed(text: string): { pid: number; started: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("pid" in value) || !("started" in value))
      return undefined;
    return Number.isSafeInteger(value.pid)
      ? { pid: Number(value.pid), started: String(value.started) }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * When a process started, in terms only ever compared for equality; `undefined` when there is none. A zombie is none once its
 * last thread has ended: until then it may still be writing.
 */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform !== "linux") {
      const { stdout } = await promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)]);
      return stdout.trim() || undefined;
    }
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    // The command's name, in parentheses, may itself hold spaces and parentheses: fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    const hasEnded = fields[0] === "Z" && Number(fields[17]) <= 1;
    return hasEnded ? undefined : `${boot.trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}
