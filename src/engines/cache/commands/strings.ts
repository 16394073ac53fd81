import { argument, type CommandSpec, type Context, type Session } from "../core/index.ts";
import { ANSWERS } from "./answers.ts";
import { readDeadline, type TimeUnit } from "./deadline.ts";
import { readSetOptions, type SetOptions } from "./set-options.ts";
import { answerValue, readValue } from "./values.ts";

const ONE_KEY = { first: 1, last: 1, step: 1 };
const ALL_KEYS = { first: 1, last: -1, step: 1 };
const PAIRED_KEYS = { first: 1, last: -1, step: 2 };
const GROUP = { group: "string" } as const;

/** Whole values: reading and writing them, alone and together. */
export const STRING_COMMANDS: readonly CommandSpec[] = [
  {
    ...GROUP,
    name: "get",
    arity: 2,
    flags: ["readonly", "fast"],
    keys: ONE_KEY,
    since: "1.0.0",
    summary: "Get the value of a key",
    run: get,
  },
  {
    ...GROUP,
    name: "set",
    arity: -3,
    flags: ["write", "denyoom"],
    keys: ONE_KEY,
    since: "1.0.0",
    summary: "Set the string value of a key",
    run: set,
  },
  {
    ...GROUP,
    name: "setnx",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    keys: ONE_KEY,
    since: "1.0.0",
    summary: "Set the value of a key, only if the key does not exist",
    run: setnx,
  },
  {
    ...GROUP,
    name: "setex",
    arity: 4,
    flags: ["write", "denyoom"],
    keys: ONE_KEY,
    since: "2.0.0",
    summary: "Set the value and expiration of a key",
    run: (context, session, args) => setWithTime(context, session, args, "EX"),
  },
  {
    ...GROUP,
    name: "psetex",
    arity: 4,
    flags: ["write", "denyoom"],
    keys: ONE_KEY,
    since: "2.6.0",
    summary: "Set the value and expiration in milliseconds of a key",
    run: (context, session, args) => setWithTime(context, session, args, "PX"),
  },
  {
    ...GROUP,
    name: "getset",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    keys: ONE_KEY,
    since: "1.0.0",
    summary: "Set the string value of a key and return its old value",
    run: getset,
  },
  {
    ...GROUP,
    name: "getdel",
    arity: 2,
    flags: ["write", "fast"],
    keys: ONE_KEY,
    since: "6.2.0",
    summary: "Get the value of a key and delete the key",
    run: getdel,
  },
  {
    ...GROUP,
    name: "getex",
    arity: -2,
    flags: ["write", "fast"],
    keys: ONE_KEY,
    since: "6.2.0",
    summary: "Get the value of a key and optionally set its expiration",
    run: getex,
  },
  {
    ...GROUP,
    name: "mget",
    arity: -2,
    flags: ["readonly", "fast"],
    keys: ALL_KEYS,
    since: "1.0.0",
    summary: "Get the values of all the given keys",
    run: mget,
  },
  {
    ...GROUP,
    name: "mset",
    arity: -3,
    flags: ["write", "denyoom"],
    keys: PAIRED_KEYS,
    since: "1.0.1",
    summary: "Set multiple keys to multiple values",
    run: mset,
  },
  {
    ...GROUP,
    name: "msetnx",
    arity: -3,
    flags: ["write", "denyoom"],
    keys: PAIRED_KEYS,
    since: "1.0.1",
    summary: "Set multiple keys to multiple values, only if none of the keys exist",
    run: msetnx,
  },
];

function get(context: Context, session: Session, args: readonly string[]) {
  answerValue(session, readValue(context, session, argument(args, 1)));
}

function set(context: Context, session: Session, args: readonly string[]) {
  const key = argument(args, 1);
  const value = argument(args, 2);
  if (args.length === 3) {
    context.store.set(key, value);
    return session.reply.ok();
  }
  const options = readSetOptions(args, 3, "SET");
  if (!options) return session.reply.error(ANSWERS.syntax);
  setWithOptions(context, session, { key, value, options });
}

interface Setting {
  readonly key: string;
  readonly value: string;
  readonly options: SetOptions;
}

function setWithOptions(context: Context, session: Session, setting: Setting) {
  const { store } = context;
  const { key, value, options } = setting;
  const { expiry } = options;
  let atMs = -1;
  if (typeof expiry === "object") {
    const deadline = readDeadline({ ...expiry, nowMs: store.nowMs, command: "set", mustBePositive: true });
    if ("error" in deadline) return session.reply.error(deadline.error);
    atMs = deadline.atMs;
  }
  const exists = store.find(key) >= 0;
  if (options.get) answerValue(session, readValue(context, session, key));
  if (options.condition !== undefined && exists !== (options.condition === "XX")) {
    if (!options.get) session.reply.null();
    return;
  }
  const slot = store.set(key, value, { keepDeadline: expiry === "keep" });
  if (atMs >= 0) store.setDeadline(slot, atMs);
  if (!options.get) session.reply.ok();
}

function setnx({ store }: Context, session: Session, args: readonly string[]) {
  const isNew = store.find(argument(args, 1)) < 0;
  if (isNew) store.set(argument(args, 1), argument(args, 2));
  session.reply.integer(isNew ? 1 : 0);
}

function setWithTime({ store }: Context, session: Session, args: readonly string[], unit: TimeUnit) {
  const command = unit === "EX" ? "setex" : "psetex";
  const deadline = readDeadline({
    text: argument(args, 2),
    unit,
    nowMs: store.nowMs,
    command,
    mustBePositive: true,
  });
  if ("error" in deadline) return session.reply.error(deadline.error);
  store.setDeadline(store.set(argument(args, 1), argument(args, 3)), deadline.atMs);
  session.reply.ok();
}

function getset(context: Context, session: Session, args: readonly string[]) {
  answerValue(session, readValue(context, session, argument(args, 1)));
  context.store.set(argument(args, 1), argument(args, 2));
}

function getdel(context: Context, session: Session, args: readonly string[]) {
  const key = argument(args, 1);
  answerValue(session, readValue(context, session, key));
  context.store.delete(key);
}

function getex(context: Context, session: Session, args: readonly string[]) {
  const { store } = context;
  const key = argument(args, 1);
  const options = readSetOptions(args, 2, "GETEX");
  if (!options) return session.reply.error(ANSWERS.syntax);
  const value = readValue(context, session, key);
  if (value === undefined) return session.reply.null();
  const { expiry } = options;
  if (expiry === "persist") {
    const slot = store.find(key);
    if (store.deadlines.of(slot) >= 0) store.setDeadline(slot, -1);
  } else if (expiry !== undefined && expiry !== "keep") {
    const deadline = readDeadline({ ...expiry, nowMs: store.nowMs, command: "getex", mustBePositive: true });
    if ("error" in deadline) return session.reply.error(deadline.error);
    store.setDeadline(store.find(key), deadline.atMs);
  }
  session.reply.bulk(value);
}

function mget(context: Context, session: Session, args: readonly string[]) {
  session.reply.array(args.length - 1);
  for (let at = 1; at < args.length; at++)
    answerValue(session, readValue(context, session, argument(args, at)));
}

function mset(context: Context, session: Session, args: readonly string[]) {
  if (args.length % 2 === 0) return session.reply.error(oddPairs("mset"));
  setPairs(context, args);
  session.reply.ok();
}

function msetnx(context: Context, session: Session, args: readonly string[]) {
  if (args.length % 2 === 0) return session.reply.error(oddPairs("msetnx"));
  for (let at = 1; at < args.length; at += 2)
    if (context.store.find(argument(args, at)) >= 0) return session.reply.integer(0);
  setPairs(context, args);
  session.reply.integer(1);
}

function setPairs({ store }: Context, args: readonly string[]) {
  for (let at = 1; at < args.length; at += 2) store.set(argument(args, at), argument(args, at + 1));
}

function oddPairs(command: string): string {
  return `ERR wrong number of arguments for '${command}' command`;
}
