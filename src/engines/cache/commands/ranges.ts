import { argument, type CommandSpec, type Context, type Session } from "../core/index.ts";
import { parseInt64, toSafeNumber } from "../numbers/index.ts";
import { flat } from "../resp/index.ts";
import { WRITTEN } from "../store/index.ts";
import { ANSWERS } from "./answers.ts";
import { readValue } from "./values.ts";

const ONE_KEY = { first: 1, last: 1, step: 1 };
const GROUP = { group: "string", keys: ONE_KEY } as const;
const PATCHED = { keepDeadline: true, written: WRITTEN.patched };

/** Parts of a value. */
export const RANGE_COMMANDS: readonly CommandSpec[] = [
  {
    ...GROUP,
    name: "append",
    arity: 3,
    flags: ["write", "denyoom", "fast"],
    since: "2.0.0",
    summary: "Append a value to a key",
    run: append,
  },
  {
    ...GROUP,
    name: "strlen",
    arity: 2,
    flags: ["readonly", "fast"],
    since: "2.2.0",
    summary: "Get the length of the value stored in a key",
    run: strlen,
  },
  {
    ...GROUP,
    name: "getrange",
    arity: 4,
    flags: ["readonly"],
    since: "2.4.0",
    summary: "Get a substring of the string stored at a key",
    run: getrange,
  },
  {
    ...GROUP,
    name: "substr",
    arity: 4,
    flags: ["readonly"],
    since: "1.0.0",
    summary: "Get a substring of the string stored at a key",
    run: getrange,
  },
  {
    ...GROUP,
    name: "setrange",
    arity: 4,
    flags: ["write", "denyoom"],
    since: "2.2.0",
    summary: "Overwrite part of a string at key starting at the specified offset",
    run: setrange,
  },
];

function append(context: Context, session: Session, args: readonly string[]) {
  const { store } = context;
  const key = argument(args, 1);
  const suffix = argument(args, 2);
  const slot = store.find(key);
  const old = slot < 0 ? "" : store.valueAt(slot);
  if (old.length + suffix.length > context.limits.bulkBytes) return session.reply.error(ANSWERS.tooLong);
  if (slot < 0) store.set(key, suffix);
  else store.set(key, flat(old + suffix), PATCHED);
  session.reply.integer(old.length + suffix.length);
}

function strlen(context: Context, session: Session, args: readonly string[]) {
  session.reply.integer(readValue(context, session, argument(args, 1))?.length ?? 0);
}

function getrange(context: Context, session: Session, args: readonly string[]) {
  const first = parseInt64(argument(args, 2));
  const last = parseInt64(argument(args, 3));
  if (first === undefined || last === undefined) return session.reply.error(ANSWERS.notInteger);
  const value = readValue(context, session, argument(args, 1)) ?? "";
  if (first < 0 && last < 0 && first > last) return session.reply.bulk("");
  const start = fromEnd(toSafeNumber(first), value.length);
  const end = fromEnd(toSafeNumber(last), value.length);
  session.reply.bulk(start > end ? "" : value.slice(start, end + 1));
}

/** A position below zero counts from the end; none is before the first byte. */
function fromEnd(position: number, length: number): number {
  return position < 0 ? Math.max(0, position + length) : position;
}

function setrange(context: Context, session: Session, args: readonly string[]) {
  const { store } = context;
  const given = parseInt64(argument(args, 2));
  if (given === undefined) return session.reply.error(ANSWERS.notInteger);
  const offset = toSafeNumber(given);
  if (offset < 0) return session.reply.error("ERR offset is out of range");
  const key = argument(args, 1);
  const patch = argument(args, 3);
  const slot = store.find(key);
  const old = slot < 0 ? "" : store.valueAt(slot);
  if (patch === "") return session.reply.integer(old.length);
  if (offset + patch.length > context.limits.bulkBytes) return session.reply.error(ANSWERS.tooLong);
  const before = old.slice(0, offset);
  const gap = "\0".repeat(offset - before.length);
  const value = flat(before + gap + patch + old.slice(offset + patch.length));
  store.set(key, value, PATCHED);
  session.reply.integer(value.length);
}
