import { argument, type CommandSpec, type Context, type Session } from "../core/index.ts";
import {
  addExtended,
  addInt64,
  formatExtended,
  type Int64,
  parseExtended,
  parseInt64,
} from "../numbers/index.ts";
import { flat } from "../resp/index.ts";
import { WRITTEN } from "../store/index.ts";
import { ANSWERS } from "./answers.ts";

const GROUP = { group: "string", keys: { first: 1, last: 1, step: 1 } } as const;
const FLAGS = ["write", "denyoom", "fast"] as const;
const INT64_MIN = -(2n ** 63n);
const KEPT = { keepDeadline: true };

/** Numbers in values. */
export const COUNTER_COMMANDS: readonly CommandSpec[] = [
  {
    ...GROUP,
    name: "incr",
    arity: 2,
    flags: FLAGS,
    since: "1.0.0",
    summary: "Increment the integer value of a key by one",
    run: (context, session, args) => add(context, session, argument(args, 1), 1),
  },
  {
    ...GROUP,
    name: "decr",
    arity: 2,
    flags: FLAGS,
    since: "1.0.0",
    summary: "Decrement the integer value of a key by one",
    run: (context, session, args) => add(context, session, argument(args, 1), -1),
  },
  {
    ...GROUP,
    name: "incrby",
    arity: 3,
    flags: FLAGS,
    since: "1.0.0",
    summary: "Increment the integer value of a key by the given amount",
    run: incrby,
  },
  {
    ...GROUP,
    name: "decrby",
    arity: 3,
    flags: FLAGS,
    since: "1.0.0",
    summary: "Decrement the integer value of a key by the given number",
    run: decrby,
  },
  {
    ...GROUP,
    name: "incrbyfloat",
    arity: 3,
    flags: FLAGS,
    since: "2.6.0",
    summary: "Increment the float value of a key by the given amount",
    run: incrbyfloat,
  },
];

function incrby(context: Context, session: Session, args: readonly string[]) {
  const amount = parseInt64(argument(args, 2));
  if (amount === undefined) return session.reply.error(ANSWERS.notInteger);
  add(context, session, argument(args, 1), amount);
}

function decrby(context: Context, session: Session, args: readonly string[]) {
  const amount = parseInt64(argument(args, 2));
  if (amount === undefined) return session.reply.error(ANSWERS.notInteger);
  if (amount === INT64_MIN) return session.reply.error("ERR decrement would overflow");
  add(context, session, argument(args, 1), -amount);
}

function add({ store }: Context, session: Session, key: string, amount: Int64) {
  const slot = store.find(key);
  const old = slot < 0 ? 0 : parseInt64(store.valueAt(slot));
  if (old === undefined) return session.reply.error(ANSWERS.notInteger);
  const sum = addInt64(old, amount);
  if (sum === undefined) return session.reply.error("ERR increment or decrement would overflow");
  store.set(key, String(sum), KEPT);
  session.reply.integer(sum);
}

function incrbyfloat({ store }: Context, session: Session, args: readonly string[]) {
  const key = argument(args, 1);
  const slot = store.find(key);
  const old = parseExtended(slot < 0 ? "0" : store.valueAt(slot));
  const amount = parseExtended(argument(args, 2));
  if (!old || !amount) return session.reply.error(ANSWERS.notFloat);
  const sum = addExtended(old, amount);
  if (!sum) return session.reply.error("ERR increment would produce NaN or Infinity");
  const text = flat(formatExtended(sum));
  store.set(key, text, { keepDeadline: true, written: WRITTEN.fraction });
  session.reply.bulk(text);
}
