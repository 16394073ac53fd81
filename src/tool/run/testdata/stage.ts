import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import { hasEnded, onLinux, statOf } from "../process-identity.ts";

/** A folder of the test's own, removed after it. */
export function temporaryFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "trestle-run-")));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Whether a process with this number lives. One of which only the number is left does not. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!onLinux) return true;
  const stat = statOf(pid);
  return stat !== undefined && !hasEnded(stat);
}

/** Waits for something that another process does, for at most 30 s: no test fails because the machine is busy. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = systemClock.monotonicMs() + 30_000;
  while (!(await holds())) {
    if (systemClock.monotonicMs() > deadline) throw new Error(`${what} did not come about in 30 s`);
    await systemClock.sleep(25);
  }
}
