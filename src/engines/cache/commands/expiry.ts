import { argument, type CommandSpec, type Context, type Session, shownText } from "../core/index.ts";
import { readDeadline, type TimeUnit } from "./deadline.ts";

const GROUP = { group: "generic", keys: { first: 1, last: 1, step: 1 } } as const;
const WRITES = ["write", "fast"] as const;
const READS = ["readonly", "fast"] as const;

/** When keys expire. */
export const EXPIRY_COMMANDS: readonly CommandSpec[] = [
  {
    ...GROUP,
    name: "expire",
    arity: -3,
    flags: WRITES,
    since: "1.0.0",
    summary: "Set a key's time to live in seconds",
    run: (context, session, args) => expire(context, session, args, "EX"),
  },
  {
    ...GROUP,
    name: "pexpire",
    arity: -3,
    flags: WRITES,
    since: "2.6.0",
    summary: "Set a key's time to live in milliseconds",
    run: (context, session, args) => expire(context, session, args, "PX"),
  },
  {
    ...GROUP,
    name: "expireat",
    arity: -3,
    flags: WRITES,
    since: "1.2.0",
    summary: "Set the expiration for a key as a UNIX timestamp",
    run: (context, session, args) => expire(context, session, args, "EXAT"),
  },
  {
    ...GROUP,
    name: "pexpireat",
    arity: -3,
    flags: WRITES,
    since: "2.6.0",
    summary: "Set the expiration for a key as a UNIX timestamp specified in milliseconds",
    run: (context, session, args) => expire(context, session, args, "PXAT"),
  },
  {
    ...GROUP,
    name: "ttl",
    arity: 2,
    flags: READS,
    since: "1.0.0",
    summary: "Get the time to live for a key in seconds",
    run: (context, session, args) => tell(context, session, args, "EX"),
  },
  {
    ...GROUP,
    name: "pttl",
    arity: 2,
    flags: READS,
    since: "2.6.0",
    summary: "Get the time to live for a key in milliseconds",
    run: (context, session, args) => tell(context, session, args, "PX"),
  },
  {
    ...GROUP,
    name: "expiretime",
    arity: 2,
    flags: READS,
    since: "7.0.0",
    summary: "Get the expiration Unix timestamp for a key",
    run: (context, session, args) => tell(context, session, args, "EXAT"),
  },
  {
    ...GROUP,
    name: "pexpiretime",
    arity: 2,
    flags: READS,
    since: "7.0.0",
    summary: "Get the expiration Unix timestamp for a key in milliseconds",
    run: (context, session, args) => tell(context, session, args, "PXAT"),
  },
  {
    ...GROUP,
    name: "persist",
    arity: 2,
    flags: WRITES,
    since: "2.2.0",
    summary: "Remove the expiration from a key",
    run: persist,
  },
];

const COMMAND_NAMES = { EX: "expire", PX: "pexpire", EXAT: "expireat", PXAT: "pexpireat" } as const;

function expire({ store }: Context, session: Session, args: readonly string[], unit: TimeUnit) {
  const conditions = readConditions(args);
  if (typeof conditions === "string") return session.reply.error(conditions);
  const deadline = readDeadline({
    text: argument(args, 2),
    unit,
    nowMs: store.nowMs,
    command: COMMAND_NAMES[unit],
    mustBePositive: false,
  });
  if ("error" in deadline) return session.reply.error(deadline.error);
  const slot = store.find(argument(args, 1));
  if (slot < 0 || !allowed(conditions, store.deadlines.of(slot), deadline.atMs))
    return session.reply.integer(0);
  if (deadline.atMs <= store.nowMs) store.remove(slot);
  else store.setDeadline(slot, deadline.atMs);
  session.reply.integer(1);
}

type Condition = "NX" | "XX" | "GT" | "LT";

/** The conditions after the time, or the error for the client. */
function readConditions(args: readonly string[]): ReadonlySet<Condition> | string {
  const conditions = new Set<Condition>();
  for (let at = 3; at < args.length; at++) {
    const word = argument(args, at).toUpperCase();
    if (word !== "NX" && word !== "XX" && word !== "GT" && word !== "LT")
      return `ERR Unsupported option ${shownText(argument(args, at))}`;
    conditions.add(word);
  }
  if (conditions.has("NX") && conditions.size > 1)
    return "ERR NX and XX, GT or LT options at the same time are not compatible";
  if (conditions.has("GT") && conditions.has("LT"))
    return "ERR GT and LT options at the same time are not compatible";
  return conditions;
}

/** A key that never expires counts as one with an endless time to live. */
function allowed(conditions: ReadonlySet<Condition>, oldAtMs: number, newAtMs: number): boolean {
  const expires = oldAtMs >= 0;
  if (conditions.has("NX") && expires) return false;
  if (conditions.has("XX") && !expires) return false;
  if (conditions.has("GT") && (!expires || newAtMs <= oldAtMs)) return false;
  return !(conditions.has("LT") && expires && newAtMs >= oldAtMs);
}

function tell({ store }: Context, session: Session, args: readonly string[], unit: TimeUnit) {
  const slot = store.find(argument(args, 1));
  if (slot < 0) return session.reply.integer(-2);
  const atMs = store.deadlines.of(slot);
  if (atMs < 0) return session.reply.integer(-1);
  const valueMs = unit === "EX" || unit === "PX" ? Math.max(0, atMs - store.nowMs) : atMs;
  session.reply.integer(unit === "EX" || unit === "EXAT" ? Math.floor((valueMs + 500) / 1000) : valueMs);
}

function persist({ store }: Context, session: Session, args: readonly string[]) {
  const slot = store.find(argument(args, 1));
  const expires = slot >= 0 && store.deadlines.of(slot) >= 0;
  if (expires) store.setDeadline(slot, -1);
  session.reply.integer(expires ? 1 : 0);
}
