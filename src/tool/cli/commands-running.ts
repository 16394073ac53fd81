import { type Command, InvalidArgumentError } from "commander";
import type { CommandHost } from "./command-host.ts";
import { EXIT } from "./failure.ts";

interface JsonFlag {
  readonly json?: boolean;
}

interface FileFlags extends JsonFlag {
  readonly file: string;
}

const FILE = ["[FILE]", "the design file, or its folder", "."] as const;
const FILE_OPTION = ["--file <FILE>", "the design file, or its folder", "."] as const;

/** `ps`: shows what runs. */
export function addPsCommand(program: Command, { terminal, act }: CommandHost): void {
  program
    .command("ps")
    .description("show what runs: state, since when, restarts, memory")
    .argument(...FILE)
    .option("--json", "print the snapshot as JSON")
    .action(
      act(async (file: string, { json = false }: { json?: boolean }) => {
        await (await import("./ps.ts")).ps({ file, json }, terminal);
        return EXIT.holds;
      }),
    );
}

/** `console`: says where a browser finds the console. */
export function addConsoleCommand(program: Command, { terminal, act }: CommandHost): void {
  program
    .command("console")
    .description("say where the console is, and open it with --open")
    .argument(...FILE)
    .option("-o, --open", "open it in the browser")
    .option("--json", "print the address as JSON")
    .addHelpText(
      "after",
      "\nThe address holds a key that is drawn anew at each start: whoever has it can do\nwhat you can do to the system. The page takes it out of the address bar.",
    )
    .action(
      act(async (file: string, { json = false, open = false }: { json?: boolean; open?: boolean }) => {
        await (await import("./console.ts")).showConsole({ file, json, open }, terminal);
        return EXIT.holds;
      }),
    );
}

/** `logs`: shows what the parts wrote. */
export function addLogsCommand(program: Command, { terminal, act }: CommandHost): void {
  program
    .command("logs")
    .description("show what the parts wrote, of the system that runs or of the last run")
    .argument("[PART...]", "parts, or single replicas such as shortener.2; all without any")
    .option("-f, --follow", "go on with what they write, until Ctrl-C")
    .option("-n, --lines <LINES>", "how many of the last lines of those parts", wholeNumber, 100)
    .option(...FILE_OPTION)
    .option("--json", "print each line as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  trestle logs -f\n  trestle logs shortener.2 -n 1000 | grep -i error\n  trestle logs --json | jq .text",
    )
    .action(
      act(
        async (names: string[], flags: FileFlags & { readonly follow?: boolean; readonly lines: number }) => {
          const { file, lines, follow = false, json = false } = flags;
          await (await import("./logs.ts")).logs({ names, file, lines, follow, json }, terminal);
          return EXIT.holds;
        },
      ),
    );
}

/** `scale`: changes the number of a service's replicas. */
export function addScaleCommand(program: Command, { terminal, act }: CommandHost): void {
  program
    .command("scale")
    .description("change the number of a service's replicas while it runs")
    .argument("<PART>", "a service")
    .argument("<REPLICAS>", "how many processes it shall have", wholeNumber)
    .option(...FILE_OPTION)
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", "\nExample:\n  trestle scale shortener 4")
    .action(
      act(async (part: string, replicas: number, { file, json = false }: FileFlags) => {
        await (await import("./scale.ts")).scale({ part, replicas, file, json }, terminal);
        return EXIT.holds;
      }),
    );
}

/** `restart`: starts parts anew. */
export function addRestartCommand(program: Command, { terminal, act }: CommandHost): void {
  program
    .command("restart")
    .description("start parts anew; services replica by replica, without a failed request")
    .argument("[PART...]", "the parts; every service without any")
    .option(...FILE_OPTION)
    .option("--json", "print the outcome as JSON")
    .addHelpText("after", "\nExamples:\n  trestle restart\n  trestle restart shortener")
    .action(
      act(async (parts: string[], { file, json = false }: FileFlags) => {
        await (await import("./restart.ts")).restart({ parts, file, json }, terminal);
        return EXIT.holds;
      }),
    );
}

/** `down`: stops the system. */
export function addDownCommand(program: Command, { terminal, act }: CommandHost): void {
  program
    .command("down")
    .description("stop the system in order; what it stored stays")
    .argument(...FILE)
    .option("--json", "print the outcome as JSON")
    .action(
      act(async (file: string, { json = false }: { json?: boolean }) => {
        await (await import("./down.ts")).down({ file, json }, terminal);
        return EXIT.holds;
      }),
    );
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It has to be a whole number, such as 4.");
  return Number(text);
}
