import { readFile } from "node:fs/promises";
import { until } from "./edge-process.ts";

/**
 * Does something while one of the workers is the only one that runs, for each in turn. The others are stopped, so that what
 * connects meanwhile is surely served by that one.
 */
export async function eachAlone(
  workers: readonly number[],
  act: (pid: number) => Promise<void>,
): Promise<void> {
  for (const alone of workers) {
    const others = workers.filter((pid) => pid !== alone);
    try {
      for (const pid of others) process.kill(pid, "SIGSTOP");
      await until("their stop", async () => (await Promise.all(others.map(isStopped))).every(Boolean));
      await act(alone);
    } finally {
      for (const pid of others) process.kill(pid, "SIGCONT");
    }
  }
}

/** Whether a process is stopped, in its third field of proc_pid_stat(5): its name, before that, holds no parenthesis here. */
async function isStopped(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1");
  return text.slice(text.lastIndexOf(")") + 2).startsWith("T");
}
