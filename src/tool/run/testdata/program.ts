import { type ChildProcess, spawn } from "node:child_process";
import type { TestContext } from "node:test";
import { identityOfChild, type ProcessIdentity } from "../process-identity.ts";

/** A process that leads a session of its own, ended after the test with all of its group. */
export interface Program {
  readonly process: ChildProcess;
  readonly identity: ProcessIdentity;
  /** Resolves with the first line that it writes. */
  readonly firstLine: Promise<string>;
  readonly exited: Promise<number | NodeJS.Signals>;
}

/** Starts a program as the supervisor does: detached, and seen by its lines. */
export function startProgram(t: TestContext, command: string, args: readonly string[]): Program {
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  const pid = child.pid ?? 0;
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal ?? 0));
  });
  const firstLine = new Promise<string>((resolve, reject) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.once("exit", () => reject(new Error(`${command} ended before it had written a line: ${text}`)));
  });
  firstLine.catch(() => {});
  t.after(async () => {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // It has ended.
    }
    await exited;
    child.stdout.destroy();
  });
  return { process: child, identity: identityOfChild(pid), firstLine, exited };
}
