import type { CommandGroup, CommandSpec } from "../core/index.ts";

/** The HELP that every container of subcommands has: one line for each. */
export function helpCommand(
  container: string,
  group: CommandGroup,
  since: string,
  lines: readonly string[],
): CommandSpec {
  const all = [
    `${container.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`,
    ...lines,
    "HELP",
    "    Print this help.",
  ];
  return {
    name: "help",
    arity: 2,
    flags: ["loading", "stale"],
    group,
    since,
    summary: "Show helpful text about the different subcommands",
    run: (_context, session) => {
      session.reply.array(all.length);
      for (const line of all) session.reply.simple(line);
    },
  };
}
