import { processTerminal } from "./process-terminal.ts";
import { runProgram } from "./program.ts";

/** Runs the command that this process was started with, and ends the process with its exit code. */
export async function runCommandLine(): Promise<void> {
  const exitCode = await runProgram(process.argv.slice(2), processTerminal());
  // All is done and written (to files, pipes and terminals Node writes at once); what a design file may have left open,
  // such as a timer, must not keep the command from ending.
  process.exit(process.exitCode === 1 ? 1 : exitCode);
}
