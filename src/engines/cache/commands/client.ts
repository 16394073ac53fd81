import { argument, type CommandSpec, type Context, type Session } from "../core/index.ts";
import { parseInt64 } from "../numbers/index.ts";
import { ANSWERS } from "./answers.ts";
import { killClients } from "./client-kill.ts";
import { isPrintableWord, setClientName } from "./client-name.ts";
import { helpCommand } from "./help.ts";

const ROW = { group: "connection", flags: ["noscript", "loading", "stale"] } as const;
const ADMIN = { group: "connection", flags: ["admin", "noscript", "loading", "stale"] } as const;

/** The connections, one's own and the others. */
export const CLIENT_COMMANDS: readonly CommandSpec[] = [
  {
    name: "client",
    arity: -2,
    flags: [],
    group: "connection",
    since: "2.4.0",
    summary: "A container for client connection commands",
    subcommands: [
      {
        ...ROW,
        name: "id",
        arity: 2,
        since: "5.0.0",
        summary: "Returns the client ID for the current connection",
        run: id,
      },
      {
        ...ROW,
        name: "setname",
        arity: 3,
        since: "2.6.9",
        summary: "Set the current connection name",
        run: setName,
      },
      {
        ...ROW,
        name: "getname",
        arity: 2,
        since: "2.6.9",
        summary: "Get the current connection name",
        run: getName,
      },
      {
        ...ROW,
        name: "setinfo",
        arity: 4,
        since: "7.2.0",
        summary: "Set client or connection specific info",
        run: setInfo,
      },
      {
        ...ROW,
        name: "info",
        arity: 2,
        since: "6.2.0",
        summary: "Returns information about the current client connection.",
        run: info,
      },
      {
        ...ADMIN,
        name: "list",
        arity: -2,
        since: "2.4.0",
        summary: "Get the list of client connections",
        run: list,
      },
      {
        ...ADMIN,
        name: "kill",
        arity: -3,
        since: "2.4.0",
        summary: "Kill the connection of a client",
        run: killClients,
      },
      {
        ...ADMIN,
        name: "no-evict",
        arity: 3,
        since: "7.0.0",
        summary: "Set client eviction mode for the current connection",
        run: noEvict,
      },
      {
        ...ROW,
        name: "no-touch",
        arity: 3,
        since: "7.2.0",
        summary: "Controls whether commands sent by the client affect the LRU/LFU of accessed keys",
        run: noTouch,
      },
      {
        ...ROW,
        name: "reply",
        arity: 3,
        since: "3.2.0",
        summary: "Instruct the server whether to reply to commands",
        run: replyMode,
      },
      {
        ...ADMIN,
        name: "unpause",
        arity: 2,
        since: "6.2.0",
        summary: "Resume processing of clients that were paused",
        run: (_context, session) => session.reply.ok(),
      },
      {
        ...ROW,
        name: "getredir",
        arity: 2,
        since: "6.0.0",
        summary: "Get tracking notifications redirection client ID if any",
        run: (_context, session) => session.reply.integer(-1),
      },
      helpCommand("client", "connection", "5.0.0", [
        "GETNAME",
        "GETREDIR",
        "ID",
        "INFO",
        "KILL <ip:port> | <filter> <value> [...]",
        "LIST [TYPE <type>] [ID <id> ...]",
        "NO-EVICT (ON|OFF)",
        "NO-TOUCH (ON|OFF)",
        "REPLY (ON|OFF|SKIP)",
        "SETINFO <LIB-NAME|LIB-VER> <value>",
        "SETNAME <name>",
        "UNPAUSE",
      ]),
    ],
  },
];

function id(_context: Context, session: Session) {
  session.reply.integer(session.id);
}

function setName(_context: Context, session: Session, args: readonly string[]) {
  if (setClientName(session, argument(args, 2))) session.reply.ok();
}

function getName(_context: Context, session: Session) {
  if (session.name === "") session.reply.null();
  else session.reply.bulk(session.name);
}

function setInfo(_context: Context, session: Session, args: readonly string[]) {
  const option = argument(args, 2);
  const value = argument(args, 3);
  const name = option.toLowerCase();
  if (name !== "lib-name" && name !== "lib-ver")
    return session.reply.error(`ERR Unrecognized option '${option}'`);
  if (!isPrintableWord(value))
    return session.reply.error(`ERR ${name} cannot contain spaces, newlines or special characters.`);
  if (name === "lib-name") session.libraryName = value;
  else session.libraryVersion = value;
  session.reply.ok();
}

function info(context: Context, session: Session) {
  session.reply.verbatim(describeClient(context, session));
}

function list(context: Context, session: Session, args: readonly string[]) {
  let chosen: Iterable<Session> = context.sessions.values();
  const word = args[2]?.toUpperCase();
  if (word === "TYPE" && args.length === 4) {
    const type = argument(args, 3).toLowerCase();
    if (!["normal", "master", "replica", "slave", "pubsub"].includes(type))
      return session.reply.error(`ERR Unknown client type '${argument(args, 3)}'`);
    if (type !== "normal") chosen = [];
  } else if (word === "ID" && args.length > 3) {
    const ids = args.slice(3).map(parseInt64);
    if (ids.includes(undefined)) return session.reply.error("ERR Invalid client ID");
    chosen = [...context.sessions.values()].filter((one) => ids.includes(one.id));
  } else if (word !== undefined) {
    return session.reply.error(ANSWERS.syntax);
  }
  let text = "";
  for (const one of chosen) text += describeClient(context, one);
  session.reply.verbatim(text);
}

/** A line of CLIENT LIST. What this cache has no notion of stands at the value that says so. */
function describeClient({ store }: Context, one: Session): string {
  const queueing = one.transaction.kind === "queueing" ? one.transaction.queue.length : -1;
  const flags = queueing >= 0 ? "x" : "N";
  const fields = [
    `id=${one.id}`,
    `addr=${one.address}`,
    `laddr=${one.localAddress}`,
    "fd=-1",
    `name=${one.name}`,
    `age=${Math.max(0, Math.floor((store.nowMs - one.createdAtMs) / 1000))}`,
    `idle=${Math.max(0, Math.floor((store.nowMs - one.lastAtMs) / 1000))}`,
    `flags=${one.watchBroken ? `${flags}d` : flags}`,
    "db=0 sub=0 psub=0 ssub=0",
    `multi=${queueing}`,
    `watch=${one.watched.size}`,
    "qbuf=0 qbuf-free=0 argv-mem=0",
    `multi-mem=${one.transaction.kind === "queueing" ? one.transaction.bytes : 0}`,
    "rbs=0 rbp=0",
    `obl=${one.reply.text.length}`,
    "oll=0 omem=0 tot-mem=0 events=r",
    `cmd=${one.lastCommand}`,
    "user=default redir=-1",
    `resp=${one.reply.protocol}`,
    `lib-name=${one.libraryName}`,
    `lib-ver=${one.libraryVersion}`,
  ];
  return `${fields.join(" ")}\n`;
}

function noEvict(_context: Context, session: Session, args: readonly string[]) {
  const on = onOrOff(session, argument(args, 2));
  if (on !== undefined) session.noEvict = on;
}

function noTouch(_context: Context, session: Session, args: readonly string[]) {
  const on = onOrOff(session, argument(args, 2));
  if (on !== undefined) session.noTouch = on;
}

/** Answers, and says which; undefined when it was neither. */
function onOrOff(session: Session, text: string): boolean | undefined {
  const word = text.toUpperCase();
  if (word !== "ON" && word !== "OFF") {
    session.reply.error(ANSWERS.syntax);
    return undefined;
  }
  session.reply.ok();
  return word === "ON";
}

function replyMode(_context: Context, session: Session, args: readonly string[]) {
  switch (argument(args, 2).toUpperCase()) {
    case "ON":
      session.replyMode = "on";
      return session.reply.ok();
    case "OFF":
      session.replyMode = "off";
      return;
    case "SKIP":
      if (session.replyMode === "on") session.replyMode = "skip";
      return;
    default:
      return session.reply.error(ANSWERS.syntax);
  }
}
