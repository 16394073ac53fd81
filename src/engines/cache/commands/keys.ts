import { argument, type CommandSpec, type Context, type Session } from "../core/index.ts";
import { parseInt64 } from "../numbers/index.ts";
import { ANSWERS } from "./answers.ts";

const ONE_KEY = { first: 1, last: 1, step: 1 };
const TWO_KEYS = { first: 1, last: 2, step: 1 };
const ALL_KEYS = { first: 1, last: -1, step: 1 };
const GROUP = { group: "generic" } as const;

/** Keys as a whole, whatever their values. */
export const KEY_COMMANDS: readonly CommandSpec[] = [
  {
    ...GROUP,
    name: "del",
    arity: -2,
    flags: ["write"],
    keys: ALL_KEYS,
    since: "1.0.0",
    summary: "Delete a key",
    run: del,
  },
  {
    ...GROUP,
    name: "unlink",
    arity: -2,
    flags: ["write", "fast"],
    keys: ALL_KEYS,
    since: "4.0.0",
    summary: "Delete a key",
    run: del,
  },
  {
    ...GROUP,
    name: "exists",
    arity: -2,
    flags: ["readonly", "fast"],
    keys: ALL_KEYS,
    since: "1.0.0",
    summary: "Determine if a key exists",
    run: exists,
  },
  {
    ...GROUP,
    name: "touch",
    arity: -2,
    flags: ["readonly", "fast"],
    keys: ALL_KEYS,
    since: "3.2.1",
    summary: "Alters the last access time of keys. Returns the number of existing keys specified",
    run: touch,
  },
  {
    ...GROUP,
    name: "type",
    arity: 2,
    flags: ["readonly", "fast"],
    keys: ONE_KEY,
    since: "1.0.0",
    summary: "Determine the type stored at key",
    run: type,
  },
  {
    ...GROUP,
    name: "rename",
    arity: 3,
    flags: ["write"],
    keys: TWO_KEYS,
    since: "1.0.0",
    summary: "Rename a key",
    run: (context, session, args) => rename(context, session, args, true),
  },
  {
    ...GROUP,
    name: "renamenx",
    arity: 3,
    flags: ["write", "fast"],
    keys: TWO_KEYS,
    since: "1.0.0",
    summary: "Rename a key, only if the new key does not exist",
    run: (context, session, args) => rename(context, session, args, false),
  },
  {
    ...GROUP,
    name: "copy",
    arity: -3,
    flags: ["write", "denyoom"],
    keys: TWO_KEYS,
    since: "6.2.0",
    summary: "Copy a key",
    run: copy,
  },
  {
    ...GROUP,
    name: "randomkey",
    arity: 1,
    flags: ["readonly"],
    since: "1.0.0",
    summary: "Return a random key from the keyspace",
    run: randomkey,
  },
];

function del({ store }: Context, session: Session, args: readonly string[]) {
  let deleted = 0;
  for (let at = 1; at < args.length; at++) if (store.delete(argument(args, at))) deleted++;
  session.reply.integer(deleted);
}

function exists(context: Context, session: Session, args: readonly string[]) {
  const { store, stats } = context;
  let found = 0;
  for (let at = 1; at < args.length; at++) if (store.find(argument(args, at)) >= 0) found++;
  stats.hits += found;
  stats.misses += args.length - 1 - found;
  session.reply.integer(found);
}

function touch({ store }: Context, session: Session, args: readonly string[]) {
  let found = 0;
  for (let at = 1; at < args.length; at++) {
    const slot = store.find(argument(args, at));
    if (slot < 0) continue;
    store.touch(slot);
    found++;
  }
  session.reply.integer(found);
}

function type({ store }: Context, session: Session, args: readonly string[]) {
  session.reply.simple(store.find(argument(args, 1)) < 0 ? "none" : "string");
}

function rename({ store }: Context, session: Session, args: readonly string[], overwrite: boolean) {
  const from = argument(args, 1);
  const to = argument(args, 2);
  const answer = (done: boolean) => (overwrite ? session.reply.ok() : session.reply.integer(done ? 1 : 0));
  if (store.find(from) < 0) return session.reply.error(ANSWERS.noSuchKey);
  if (from === to) return answer(false);
  if (store.find(to) >= 0 && !overwrite) return answer(false);
  duplicate(store, from, to);
  store.delete(from);
  answer(true);
}

function duplicate(store: Context["store"], from: string, to: string) {
  const source = store.find(from);
  const atMs = store.deadlines.of(source);
  const slot = store.set(to, store.valueAt(source), { written: store.writtenAt(source) });
  if (atMs >= 0) store.setDeadline(slot, atMs);
}

function copy({ store }: Context, session: Session, args: readonly string[]) {
  const from = argument(args, 1);
  const to = argument(args, 2);
  let replace = false;
  for (let at = 3; at < args.length; at++) {
    const word = argument(args, at).toUpperCase();
    if (word === "REPLACE") {
      replace = true;
    } else if (word === "DB" && at + 1 < args.length) {
      const database = parseInt64(argument(args, ++at));
      if (database === undefined) return session.reply.error(ANSWERS.notInteger);
      if (database !== 0) return session.reply.error(ANSWERS.databaseRange);
    } else {
      return session.reply.error(ANSWERS.syntax);
    }
  }
  if (from === to) return session.reply.error("ERR source and destination objects are the same");
  if (store.find(from) < 0 || (store.find(to) >= 0 && !replace)) return session.reply.integer(0);
  duplicate(store, from, to);
  session.reply.integer(1);
}

function randomkey(context: Context, session: Session) {
  const { store } = context;
  while (store.size > 0) {
    const slot = Math.min(store.size - 1, Math.floor(context.random() * store.size));
    if (!store.expired(slot)) return session.reply.bulk(store.keyAt(slot));
    store.removeExpired(slot);
  }
  session.reply.null();
}
