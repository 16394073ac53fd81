import { Command, CommanderError } from "commander";
import type { CommandHost } from "./command-host.ts";
import {
  addDownCommand,
  addLogsCommand,
  addPsCommand,
  addRestartCommand,
  addScaleCommand,
} from "./commands-running.ts";
import { addCacheCommand, addEdgeCommand, addSqlCommand } from "./commands-serve.ts";
import { addInitCommand, addUpCommand } from "./commands-start.ts";
import { EXIT, reportFailure } from "./failure.ts";
import { trestlePackage } from "./own-package.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the command that `args` (without the program's own name) ask for, and returns the exit code. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.holds;
  const host: CommandHost = {
    terminal,
    act:
      (action) =>
      async (...given) => {
        exitCode = await action(...given);
      },
  };
  try {
    await createProgram(host).parseAsync(args, { from: "user" });
    return exitCode;
  } catch (thrown) {
    // Commander has said by then what was wrong, or shown the help that was asked for.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.holds : EXIT.usage;
    return reportFailure(thrown, terminal, { json: args.includes("--json") });
  }
}

function createProgram(host: CommandHost): Command {
  const { out, err } = host.terminal;
  const program = new Command("trestle")
    .description(
      "System design you can run: one file names the parts of a backend, and Trestle runs it here.",
    )
    .version(trestlePackage().version ?? "unknown", "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [COMMAND]", "show the help of a command")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, "trestle:")),
      getOutHelpWidth: () => Math.min(100, out.columns),
      getErrHelpWidth: () => Math.min(100, err.columns),
      getOutHasColors: () => out.colour,
      getErrHasColors: () => err.colour,
    })
    .showSuggestionAfterError()
    .addHelpText("after", HELP);
  addUpCommand(program, host);
  addPsCommand(program, host);
  addLogsCommand(program, host);
  addScaleCommand(program, host);
  addRestartCommand(program, host);
  addDownCommand(program, host);
  addInitCommand(program, host);
  const serve = program.command("serve").description("run one engine alone, until Ctrl-C");
  addSqlCommand(serve, host);
  addCacheCommand(serve, host);
  addEdgeCommand(serve, host);
  return program;
}

const HELP = `
FILE is a design file or its folder; without one it is ./system.ts. Where an option says --json, the output
is JSON (one object a line, where there is more than one) and so are errors.

Examples:
  trestle init demo && trestle up demo
  trestle up --watch
  trestle logs -f shortener
  trestle scale shortener 4

Exit codes: 0 what was asked holds, 1 it does not (the message says why), 2 the command line was wrong.
Environment: NO_COLOR and FORCE_COLOR; TRESTLE_DEBUG=1 adds stack traces; TRESTLE_<PART>_URL takes a part
from elsewhere.`;
