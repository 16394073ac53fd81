import { argument, type CommandSpec, type Context, type Session } from "../core/index.ts";
import { parseInt64, toSafeNumber } from "../numbers/index.ts";
import { globMatches, scan } from "../store/index.ts";
import { ANSWERS } from "./answers.ts";

const GENERIC = { group: "generic" } as const;
const SERVER = { group: "server" } as const;
const COUNT_DEFAULT = 10;

/** All keys together. */
export const KEYSPACE_COMMANDS: readonly CommandSpec[] = [
  {
    ...GENERIC,
    name: "keys",
    arity: 2,
    flags: ["readonly"],
    since: "1.0.0",
    summary: "Find all keys matching the given pattern",
    run: keys,
  },
  {
    ...GENERIC,
    name: "scan",
    arity: -2,
    flags: ["readonly"],
    since: "2.8.0",
    summary: "Incrementally iterate the keys space",
    run: scanKeys,
  },
  {
    ...SERVER,
    name: "dbsize",
    arity: 1,
    flags: ["readonly", "fast"],
    since: "1.0.0",
    summary: "Return the number of keys in the selected database",
    run: dbsize,
  },
  {
    ...SERVER,
    name: "flushdb",
    arity: -1,
    flags: ["write"],
    since: "1.0.0",
    summary: "Remove all keys from the current database",
    run: flush,
  },
  {
    ...SERVER,
    name: "flushall",
    arity: -1,
    flags: ["write"],
    since: "1.0.0",
    summary: "Remove all keys from all databases",
    run: flush,
  },
];

function keys({ store }: Context, session: Session, args: readonly string[]) {
  const pattern = argument(args, 1);
  const found = scan(store, 0, store.size, (key) => pattern === "*" || globMatches(pattern, key));
  session.reply.bulks(found.keys);
}

interface ScanOptions {
  count: number;
  pattern: string;
  /** Whether the type asked for is the only one there is. */
  strings: boolean;
}

function scanKeys({ store }: Context, session: Session, args: readonly string[]) {
  const cursorText = argument(args, 1);
  if (!/^-?\d{0,20}$/.test(cursorText)) return session.reply.error("ERR invalid cursor");
  const options = readScanOptions(args);
  if (typeof options === "string") return session.reply.error(options);
  const { count, pattern, strings } = options;
  const matches = (key: string) => strings && (pattern === "*" || globMatches(pattern, key));
  const step = scan(store, Math.abs(Number(cursorText)), count, matches);
  session.reply.array(2);
  session.reply.bulk(String(step.cursor));
  session.reply.bulks(step.keys);
}

function readScanOptions(args: readonly string[]): ScanOptions | string {
  const options = { count: COUNT_DEFAULT, pattern: "*", strings: true };
  for (let at = 2; at < args.length; at += 2) {
    const word = argument(args, at).toUpperCase();
    const value = args[at + 1];
    if (value === undefined) return ANSWERS.syntax;
    if (word === "COUNT") {
      const count = parseInt64(value);
      if (count === undefined) return ANSWERS.notInteger;
      if (count < 1) return ANSWERS.syntax;
      options.count = toSafeNumber(count);
    } else if (word === "MATCH") {
      options.pattern = value;
    } else if (word === "TYPE") {
      options.strings = value.toLowerCase() === "string";
    } else {
      return ANSWERS.syntax;
    }
  }
  return options;
}

function dbsize({ store }: Context, session: Session) {
  session.reply.integer(store.size);
}

/** ASYNC and SYNC alike: letting go of everything at once is quick, and the runtime frees it by and by. */
function flush({ store }: Context, session: Session, args: readonly string[]) {
  const mode = args[1]?.toUpperCase();
  if (args.length > 2 || (mode !== undefined && mode !== "ASYNC" && mode !== "SYNC"))
    return session.reply.error(ANSWERS.syntax);
  store.clear();
  session.reply.ok();
}
