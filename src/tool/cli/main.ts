import type { WriteStream } from "node:tty";
import { processTerminal } from "./process-terminal.ts";
import { runProgram } from "./program.ts";

/** Runs the command that this process was started with, and ends the process with its exit code. */
export async function runCommandLine(): Promise<void> {
  const exitCode = await runProgram(process.argv.slice(2), processTerminal());
  await Promise.all([process.stdout, process.stderr].map(taken));
  // All is done and written; what a design file may have left open, such as a timer, must not keep the command from ending.
  process.exit(process.exitCode === 1 ? 1 : exitCode);
}

/**
 * Resolves once the system has all that was written to a stream, or its reader has gone. A pipe holds 64 KiB: what its reader
 * has not yet made room for is in this process's memory, and would be lost with it.
 */
function taken(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0) resolve();
    else stream.write("", () => resolve());
  });
}
