import { argument, type CommandSpec, type Context, NO_TRANSACTION, type Session } from "../core/index.ts";

const GROUP = { group: "transactions" } as const;
const FLAGS = ["noscript", "loading", "stale", "fast", "immediate"] as const;

/** Several commands as one, and only if nothing that they rest on has changed. */
export const TRANSACTION_COMMANDS: readonly CommandSpec[] = [
  {
    ...GROUP,
    name: "multi",
    arity: 1,
    flags: FLAGS,
    since: "1.2.0",
    summary: "Mark the start of a transaction block",
    run: multi,
  },
  {
    ...GROUP,
    name: "exec",
    arity: 1,
    flags: ["noscript", "loading", "stale", "immediate"],
    since: "1.2.0",
    summary: "Execute all commands issued after MULTI",
    run: exec,
  },
  {
    ...GROUP,
    name: "discard",
    arity: 1,
    flags: FLAGS,
    since: "2.0.0",
    summary: "Discard all commands issued after MULTI",
    run: discard,
  },
  {
    ...GROUP,
    name: "watch",
    arity: -2,
    flags: FLAGS,
    keys: { first: 1, last: -1, step: 1 },
    since: "2.2.0",
    summary: "Watch the given keys to determine execution of the MULTI/EXEC block",
    run: watch,
  },
  {
    ...GROUP,
    name: "unwatch",
    arity: 1,
    flags: ["noscript", "loading", "stale", "fast"],
    since: "2.2.0",
    summary: "Forget about all watched keys",
    run: unwatch,
  },
];

function multi(_context: Context, session: Session) {
  if (session.transaction.kind === "queueing")
    return session.reply.error("ERR MULTI calls can not be nested");
  session.transaction = { kind: "queueing", queue: [], bytes: 0, mayGrow: false, refused: false };
  session.reply.ok();
}

function exec(context: Context, session: Session) {
  const { transaction, reply } = session;
  if (transaction.kind === "none") return reply.error("ERR EXEC without MULTI");
  session.transaction = NO_TRANSACTION;
  // A watched key whose time is over has changed; looking for it makes that known.
  for (const key of [...session.watched]) context.store.find(key);
  const broken = session.watchBroken;
  context.watches.clear(session);
  if (transaction.refused) return reply.error("EXECABORT Transaction discarded because of previous errors.");
  if (broken) return reply.nullArray();
  reply.array(transaction.queue.length);
  for (const args of transaction.queue) {
    const command = context.commands.resolve(args);
    if (command) context.call(command, session, args);
  }
}

function discard(context: Context, session: Session) {
  if (session.transaction.kind === "none") return session.reply.error("ERR DISCARD without MULTI");
  session.transaction = NO_TRANSACTION;
  context.watches.clear(session);
  session.reply.ok();
}

function watch(context: Context, session: Session, args: readonly string[]) {
  if (session.transaction.kind === "queueing")
    return session.reply.error("ERR WATCH inside MULTI is not allowed");
  for (let at = 1; at < args.length; at++) {
    // What has expired goes now, so that its going is no change later.
    context.store.find(argument(args, at));
    context.watches.add(session, argument(args, at));
  }
  session.reply.ok();
}

function unwatch(context: Context, session: Session) {
  context.watches.clear(session);
  session.reply.ok();
}
