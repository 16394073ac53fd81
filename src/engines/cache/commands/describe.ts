import { argument, type Command, type CommandSpec, type Context, type Session } from "../core/index.ts";
import { globMatches } from "../store/index.ts";
import { ANSWERS } from "./answers.ts";
import { helpCommand } from "./help.ts";

const ROW = { group: "server", flags: ["loading", "stale"] } as const;

/** The command table, told to clients. */
export const COMMAND_COMMAND: CommandSpec = {
  ...ROW,
  name: "command",
  arity: -1,
  since: "2.8.13",
  summary: "Get array of Redis command details",
  run: (context, session) => tellAll(session, context.commands.all),
  subcommands: [
    {
      ...ROW,
      name: "count",
      arity: 2,
      since: "2.8.13",
      summary: "Get total number of Redis commands",
      run: count,
    },
    {
      ...ROW,
      name: "info",
      arity: -2,
      since: "2.8.13",
      summary: "Get array of specific Redis command details, or all when no argument is given.",
      run: info,
    },
    {
      ...ROW,
      name: "docs",
      arity: -2,
      since: "7.0.0",
      summary: "Get array of specific Redis command documentation",
      run: docs,
    },
    {
      ...ROW,
      name: "list",
      arity: -2,
      since: "7.0.0",
      summary: "Get an array of Redis command names",
      run: list,
    },
    {
      ...ROW,
      name: "getkeys",
      arity: -3,
      since: "2.8.13",
      summary: "Extract keys given a full Redis command",
      run: getKeys,
    },
    helpCommand("command", "server", "5.0.0", [
      "(no subcommand)",
      "COUNT",
      "DOCS [<command-name> ...]",
      "GETKEYS <full-command>",
      "INFO [<command-name> ...]",
      "LIST [FILTERBY PATTERN <pattern>]",
    ]),
  ],
};

function count(context: Context, session: Session) {
  session.reply.integer(context.commands.all.length);
}

function info(context: Context, session: Session, args: readonly string[]) {
  if (args.length === 2) return tellAll(session, context.commands.all);
  session.reply.array(args.length - 2);
  for (const name of args.slice(2)) {
    const command = named(context, name);
    if (command) tell(session, command);
    else session.reply.nullArray();
  }
}

function docs(context: Context, session: Session, args: readonly string[]) {
  const names = args.slice(2);
  const commands =
    names.length === 0 ? context.commands.all : names.flatMap((name) => named(context, name) ?? []);
  session.reply.map(commands.length);
  for (const command of commands) {
    session.reply.bulk(command.fullName);
    document(session, command);
  }
}

function list(context: Context, session: Session, args: readonly string[]) {
  let names = context.commands.all.map((command) => command.fullName);
  if (args.length > 2) {
    const [, , filter = "", kind = "", pattern] = args.map((arg) => arg.toLowerCase());
    if (filter !== "filterby" || kind !== "pattern" || pattern === undefined || args.length > 5)
      return session.reply.error(ANSWERS.syntax);
    names = names.filter((name) => globMatches(pattern, name));
  }
  session.reply.bulks(names);
}

function getKeys(context: Context, session: Session, args: readonly string[]) {
  const meant = args.slice(2);
  const command = context.commands.resolve(meant);
  if (!command) return session.reply.error("ERR Invalid command specified");
  const { keys } = command.spec;
  if (!keys) return session.reply.error("ERR The command has no key arguments");
  if (!command.accepts(meant.length))
    return session.reply.error("ERR Invalid number of arguments specified for command");
  const last = keys.last < 0 ? meant.length + keys.last : keys.last;
  const found: string[] = [];
  for (let at = keys.first; at <= last; at += keys.step) found.push(argument(meant, at));
  session.reply.bulks(found);
}

/** `get`, or `config|get`. */
function named(context: Context, name: string): Command | undefined {
  const [main = "", sub] = name.split("|");
  const command = context.commands.find(main);
  return sub === undefined ? command : command?.subcommands.get(sub.toLowerCase());
}

function tellAll(session: Session, commands: readonly Command[]) {
  session.reply.array(commands.length);
  for (const command of commands) tell(session, command);
}

/** The ten elements of a command's description since Redis 7; tips and key specifications are left empty. */
function tell(session: Session, command: Command) {
  const { reply } = session;
  const { keys, flags } = command.spec;
  reply.array(10);
  reply.bulk(command.fullName);
  reply.integer(command.arity);
  simples(
    session,
    flags.filter((flag) => flag !== "immediate"),
  );
  reply.integer(keys?.first ?? 0);
  reply.integer(keys?.last ?? 0);
  reply.integer(keys?.step ?? 0);
  simples(session, categoriesOf(command.spec));
  reply.array(0);
  reply.array(0);
  tellAll(session, [...command.subcommands.values()]);
}

function simples(session: Session, words: readonly string[]) {
  session.reply.set(words.length);
  for (const word of words) session.reply.simple(word);
}

function categoriesOf({ flags, group }: CommandSpec): string[] {
  const categories = [];
  if (group === "generic") categories.push("@keyspace");
  else if (group === "transactions") categories.push("@transaction");
  else if (group !== "server") categories.push(`@${group}`);
  if (flags.includes("write")) categories.push("@write");
  if (flags.includes("readonly")) categories.push("@read");
  if (flags.includes("admin")) categories.push("@admin", "@dangerous");
  categories.push(flags.includes("fast") ? "@fast" : "@slow");
  return categories;
}

function document(session: Session, command: Command) {
  const { reply } = session;
  const { summary, since, group } = command.spec;
  const subcommands = [...command.subcommands.values()];
  reply.map(subcommands.length > 0 ? 4 : 3);
  reply.bulk("summary");
  reply.bulk(summary);
  reply.bulk("since");
  reply.bulk(since);
  reply.bulk("group");
  reply.bulk(group);
  if (subcommands.length === 0) return;
  reply.bulk("subcommands");
  reply.map(subcommands.length);
  for (const subcommand of subcommands) {
    reply.bulk(subcommand.fullName);
    document(session, subcommand);
  }
}
