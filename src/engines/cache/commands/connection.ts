import {
  argument,
  type CommandSpec,
  type Context,
  NO_TRANSACTION,
  type Session,
  shownText,
} from "../core/index.ts";
import { parseInt64 } from "../numbers/index.ts";
import { ANSWERS } from "./answers.ts";
import { setClientName } from "./client-name.ts";

const GROUP = { group: "connection" } as const;

/** The talk between client and server itself. */
export const CONNECTION_COMMANDS: readonly CommandSpec[] = [
  {
    ...GROUP,
    name: "ping",
    arity: -1,
    flags: ["fast"],
    since: "1.0.0",
    summary: "Ping the server",
    run: ping,
  },
  {
    ...GROUP,
    name: "echo",
    arity: 2,
    flags: ["loading", "stale", "fast"],
    since: "1.0.0",
    summary: "Echo the given string",
    run: echo,
  },
  {
    ...GROUP,
    name: "hello",
    arity: -1,
    flags: ["noscript", "loading", "stale", "fast", "no_auth"],
    since: "6.0.0",
    summary: "Handshake with Redis",
    run: hello,
  },
  {
    ...GROUP,
    name: "auth",
    arity: -2,
    flags: ["noscript", "loading", "stale", "fast", "no_auth"],
    since: "1.0.0",
    summary: "Authenticate to the server",
    run: auth,
  },
  {
    ...GROUP,
    name: "select",
    arity: 2,
    flags: ["loading", "stale", "fast"],
    since: "1.0.0",
    summary: "Change the selected database for the current connection",
    run: select,
  },
  {
    ...GROUP,
    name: "quit",
    arity: -1,
    flags: ["noscript", "loading", "stale", "fast", "no_auth", "immediate"],
    since: "1.0.0",
    summary: "Close the connection",
    run: quit,
  },
  {
    ...GROUP,
    name: "reset",
    arity: 1,
    flags: ["noscript", "loading", "stale", "fast", "no_auth", "immediate"],
    since: "6.2.0",
    summary: "Reset the connection",
    run: reset,
  },
];

function ping(_context: Context, session: Session, args: readonly string[]) {
  if (args.length > 2) return session.reply.error("ERR wrong number of arguments for 'ping' command");
  if (args.length === 2) session.reply.bulk(argument(args, 1));
  else session.reply.simple("PONG");
}

function echo(_context: Context, session: Session, args: readonly string[]) {
  session.reply.bulk(argument(args, 1));
}

function hello(context: Context, session: Session, args: readonly string[]) {
  const { reply } = session;
  let version: number | bigint | undefined = reply.protocol;
  let name: string | undefined;
  if (args.length > 1) {
    version = parseInt64(argument(args, 1));
    if (version === undefined) return reply.error("ERR Protocol version is not an integer or out of range");
    if (version !== 2 && version !== 3) return reply.error("NOPROTO unsupported protocol version");
  }
  for (let at = 2; at < args.length; at++) {
    const word = argument(args, at).toUpperCase();
    if (word === "AUTH" && at + 2 < args.length) {
      if (!authenticate(context, session, argument(args, at + 1), argument(args, at + 2)))
        return reply.error(ANSWERS.wrongPassword);
      at += 2;
    } else if (word === "SETNAME" && at + 1 < args.length) {
      name = argument(args, ++at);
    } else {
      return reply.error(`ERR Syntax error in HELLO option '${shownText(argument(args, at))}'`);
    }
  }
  if (!session.authenticated)
    return reply.error(
      "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
    );
  if (name !== undefined && !setClientName(session, name)) return;
  reply.protocol = version === 3 ? 3 : 2;
  describe(context, session);
}

function describe(context: Context, session: Session) {
  const { reply } = session;
  reply.map(7);
  reply.bulk("server");
  reply.bulk("redis");
  reply.bulk("version");
  reply.bulk(context.facts.version);
  reply.bulk("proto");
  reply.integer(reply.protocol);
  reply.bulk("id");
  reply.integer(session.id);
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  reply.array(0);
}

function auth(context: Context, session: Session, args: readonly string[]) {
  if (args.length > 3) return session.reply.error(ANSWERS.syntax);
  if (args.length === 2 && !context.passwordSet)
    return session.reply.error(
      "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
    );
  const user = args.length === 3 ? argument(args, 1) : "default";
  if (authenticate(context, session, user, argument(args, args.length - 1))) session.reply.ok();
  else session.reply.error(ANSWERS.wrongPassword);
}

/** All users go by the name of `default` here: who they are is seen by their passwords. */
function authenticate(context: Context, session: Session, user: string, password: string): boolean {
  return user === "default" && context.authenticate(session, password);
}

/** There is one database: systems that need several name several caches, each with a bound of its own. */
function select(_context: Context, session: Session, args: readonly string[]) {
  const database = parseInt64(argument(args, 1));
  if (database === undefined) session.reply.error(ANSWERS.notInteger);
  else if (database !== 0) session.reply.error(ANSWERS.databaseRange);
  else session.reply.ok();
}

function quit(_context: Context, session: Session) {
  session.reply.ok();
  session.ending = "after-reply";
}

function reset(context: Context, session: Session) {
  session.transaction = NO_TRANSACTION;
  context.watches.clear(session);
  context.forget(session);
  session.name = "";
  session.replyMode = "on";
  session.noTouch = false;
  session.noEvict = false;
  session.reply.protocol = 2;
  session.reply.simple("RESET");
}
