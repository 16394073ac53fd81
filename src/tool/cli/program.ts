import { Command, CommanderError } from "commander";
import type { CommandHost } from "./command-host.ts";
import { addPlanCommand } from "./commands-plan.ts";
import {
  addConsoleCommand,
  addDownCommand,
  addLogsCommand,
  addPsCommand,
  addRestartCommand,
  addScaleCommand,
} from "./commands-running.ts";
import { addCacheCommand, addEdgeCommand, addSqlCommand } from "./commands-serve.ts";
import { addInitCommand, addUpCommand } from "./commands-start.ts";
import { CliError } from "./errors.ts";
import { EXIT, reportFailure } from "./failure.ts";
import { trestlePackage } from "./own-package.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the command that `args` (without the program's own name) ask for, and returns the exit code. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const json = args.includes("--json");
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
    await createProgram(host, json).parseAsync(withHelpOption(args), { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) return reportFailure(thrown, terminal, { json });
    // Commander has shown by then the help that was asked for, or said what was wrong to a person.
    if (thrown.exitCode === 0) return EXIT.holds;
    if (!json) return EXIT.usage;
    const message = thrown.message.replace(/^error: /, "");
    return reportFailure(new CliError("BAD_ARGUMENT", message, { cause: thrown }), terminal, { json });
  }
}

/** `help serve edge` asks for what `serve edge --help` does; Commander would show the help of `serve`. */
function withHelpOption(args: readonly string[]): readonly string[] {
  const [first, ...path] = args;
  return first === "help" && path.length > 1 ? [...path, "--help"] : args;
}

function createProgram(host: CommandHost, json: boolean): Command {
  const { out, err } = host.terminal;
  const program = new Command("trestle")
    .description(
      "System design you can run: one file names the parts of a backend; Trestle plans it, and runs it here.",
    )
    .version(trestlePackage().version ?? "unknown", "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand("help [COMMAND...]", "show the help of a command")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      outputError: (text, write) => {
        if (!json) write(text.replace(/^error:/, "trestle:"));
      },
      getOutHelpWidth: () => Math.min(100, out.columns),
      getErrHelpWidth: () => Math.min(100, err.columns),
      getOutHasColors: () => out.colour,
      getErrHasColors: () => err.colour,
    })
    .configureHelp({
      subcommandTerm: (command) => [command.name(), argumentsOf(command)].join(" ").trimEnd(),
    })
    .showSuggestionAfterError()
    .addHelpText("after", HELP);
  addPlanCommand(program, host);
  addUpCommand(program, host);
  addPsCommand(program, host);
  addConsoleCommand(program, host);
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

function argumentsOf(command: Command): string {
  return command.registeredArguments
    .map((argument) => {
      const name = argument.variadic ? `${argument.name()}...` : argument.name();
      return argument.required ? name : `[${name}]`;
    })
    .join(" ");
}

const HELP = `
FILE is a design file or its folder; without one it is ./system.ts.
With --json the output is JSON, one object a line where there are several,
and so are errors.

Examples:
  trestle init demo && trestle up demo
  trestle plan --set shortener.replicas=4
  trestle up --watch
  trestle logs -f shortener
  trestle scale shortener 4

Exit codes: 0 what was asked holds; 1 it does not, and the message says why;
2 the command line was wrong.
Environment: NO_COLOR and FORCE_COLOR; TRESTLE_DEBUG=1 adds stack traces;
TRESTLE_<PART>_URL takes a part from elsewhere.`;
