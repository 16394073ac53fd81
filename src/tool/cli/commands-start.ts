import { type Command, Option } from "commander";
import type { CommandHost } from "./command-host.ts";
import { EXIT } from "./failure.ts";

interface UpFlags {
  readonly watch?: true;
  readonly detach?: true;
  readonly logs?: boolean;
  readonly json?: boolean;
  readonly label?: string;
  readonly reporting?: true;
}

/** `up`: runs a design. */
export function addUpCommand(program: Command, { terminal, act }: CommandHost): void {
  program
    .command("up")
    .description("run the system here: engines, services, edge")
    .argument("[FILE]", "the design file, or its folder", ".")
    .option("-w, --watch", "restart a service when its files change")
    .option("-d, --detach", "return once the system is ready; it goes on in the background")
    .option("--logs", "show what the parts write, too")
    .option("--label <TEXT>", "what this run is called in the console's list of runs")
    .option("--json", "print every event as a line of JSON")
    .addOption(new Option("--reporting").hideHelp())
    .addHelpText("after", UP_HELP)
    .action(
      act(async (file: string, flags: UpFlags) => {
        const watch = flags.watch ?? false;
        const named = flags.label === undefined ? {} : { label: flags.label };
        if (flags.reporting)
          return (await import("./up/report.ts")).upReporting({ file, watch, ...named }, terminal);
        const options = { file, watch, logs: flags.logs ?? false, json: flags.json ?? false, ...named };
        if (flags.detach) return (await import("./up/detach.ts")).upDetached(options, terminal);
        return (await import("./up/up.ts")).up(options, terminal);
      }),
    );
}

/** `init`: writes a new system. */
export function addInitCommand(program: Command, { terminal, act }: CommandHost): void {
  program
    .command("init")
    .description("write a small system into a new folder, and say how to run it")
    .argument("[NAME]", "the folder; it must be new or empty", "demo")
    .option("--json", "print what was written as JSON")
    .action(
      act(async (folder: string, flags: { readonly json?: boolean }) => {
        (await import("./init.ts")).init({ folder, json: flags.json ?? false }, terminal);
        return EXIT.holds;
      }),
    );
}

const UP_HELP = `
Log lines are kept, and \`trestle logs\` shows them; here only the last ones of a
process that failed appear, unless --logs asks for all.

Ctrl-C stops the system in order: requests are answered, then each part ends
before what it uses. A second Ctrl-C ends everything at once. \`trestle down\`
stops it from elsewhere.

Exit code 0: every part was ready, and the system was stopped in order. 1: it
never was ready, or could not start. With --detach 0 once every part is ready,
and 1 when one is given up or crashes again and again.

Examples:
  trestle up                       the design in ./system.ts
  trestle up systems/shortener     the design of that folder
  trestle up --watch --logs
  trestle up -d && curl http://127.0.0.1:8080/ && trestle down`;
