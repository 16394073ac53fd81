import { argument, type CommandSpec, type Context, type Session } from "../core/index.ts";
import { parseInt64 } from "../numbers/index.ts";
import { EVICTION_POLICIES, WRITTEN, type Written } from "../store/index.ts";
import { ANSWERS } from "./answers.ts";
import { helpCommand } from "./help.ts";

const KEY = { keys: { first: 2, last: 2, step: 1 } } as const;
/** The longest value that Redis keeps beside its head. */
const EMBEDDED_BYTES_MAX = 44;

/** What the cache knows about one entry. */
export const INTROSPECTION_COMMANDS: readonly CommandSpec[] = [
  {
    name: "object",
    arity: -2,
    flags: [],
    group: "generic",
    since: "2.2.3",
    summary: "A container for object introspection commands",
    subcommands: [
      {
        ...KEY,
        name: "encoding",
        arity: 3,
        flags: ["readonly"],
        group: "generic",
        since: "2.2.3",
        summary: "Inspect the internal encoding of a Redis object",
        run: encoding,
      },
      {
        ...KEY,
        name: "freq",
        arity: 3,
        flags: ["readonly"],
        group: "generic",
        since: "4.0.0",
        summary: "Get the logarithmic access frequency counter of a Redis object",
        run: frequency,
      },
      {
        ...KEY,
        name: "idletime",
        arity: 3,
        flags: ["readonly"],
        group: "generic",
        since: "2.2.3",
        summary: "Get the time since a Redis object was last accessed",
        run: idleTime,
      },
      {
        ...KEY,
        name: "refcount",
        arity: 3,
        flags: ["readonly"],
        group: "generic",
        since: "2.2.3",
        summary: "Get the number of references to the value of the key",
        run: references,
      },
      helpCommand("object", "generic", "6.2.0", [
        "ENCODING <key>",
        "FREQ <key>",
        "IDLETIME <key>",
        "REFCOUNT <key>",
      ]),
    ],
  },
  {
    name: "memory",
    arity: -2,
    flags: [],
    group: "server",
    since: "4.0.0",
    summary: "A container for memory diagnostics commands",
    subcommands: [
      {
        ...KEY,
        name: "usage",
        arity: -3,
        flags: ["readonly"],
        group: "server",
        since: "4.0.0",
        summary: "Estimate the memory usage of a key",
        run: memoryUsage,
      },
      helpCommand("memory", "server", "4.0.0", ["USAGE <key> [SAMPLES <count>]"]),
    ],
  },
];

/** The slot of the key, looked at without leaving a trace; or -1, and the client was told. */
function slotOf({ store }: Context, session: Session, args: readonly string[]): number {
  const slot = store.find(argument(args, 2));
  if (slot < 0) session.reply.null();
  return slot;
}

function encoding(context: Context, session: Session, args: readonly string[]) {
  const slot = slotOf(context, session, args);
  if (slot < 0) return;
  session.reply.bulk(encodingOf(context.store.valueAt(slot), context.store.writtenAt(slot)));
}

function encodingOf(value: string, written: Written): string {
  if (written === WRITTEN.patched) return "raw";
  if (written === WRITTEN.whole && parseInt64(value) !== undefined) return "int";
  return value.length <= EMBEDDED_BYTES_MAX ? "embstr" : "raw";
}

function frequency(context: Context, session: Session, args: readonly string[]) {
  const slot = slotOf(context, session, args);
  if (slot < 0) return;
  if (EVICTION_POLICIES[context.evictor.policy].by === "frequency")
    return session.reply.integer(context.store.frequency(slot));
  session.reply.error(
    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
  );
}

function idleTime(context: Context, session: Session, args: readonly string[]) {
  const slot = slotOf(context, session, args);
  if (slot < 0) return;
  if (EVICTION_POLICIES[context.evictor.policy].by !== "frequency")
    return session.reply.integer(Math.floor(context.store.idleMs(slot) / 1000));
  session.reply.error(
    "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.",
  );
}

function references(context: Context, session: Session, args: readonly string[]) {
  if (slotOf(context, session, args) >= 0) session.reply.integer(1);
}

function memoryUsage(context: Context, session: Session, args: readonly string[]) {
  for (let at = 3; at < args.length; at += 2) {
    const samples = args[at + 1];
    if (argument(args, at).toUpperCase() !== "SAMPLES" || samples === undefined)
      return session.reply.error(ANSWERS.syntax);
    const count = parseInt64(samples);
    if (count === undefined) return session.reply.error(ANSWERS.notInteger);
    if (count < 0) return session.reply.error(ANSWERS.syntax);
  }
  const slot = slotOf(context, session, args);
  if (slot >= 0) session.reply.integer(context.store.bytesAt(slot));
}
