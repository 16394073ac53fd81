import type { CacheLimits } from "../options.ts";
import type { Evictor, Store } from "../store/index.ts";
import type { Session } from "./session.ts";
import type { Stats } from "./stats.ts";
import type { Watches } from "./watches.ts";

/** What a command can be, in Redis's words; clients read them through COMMAND. */
export type CommandFlag =
  | "write"
  | "readonly"
  /** Refused while memory is full and nothing can be evicted. */
  | "denyoom"
  | "admin"
  | "fast"
  | "noscript"
  | "loading"
  | "stale"
  /** Open to clients that have not given the password. */
  | "no_auth"
  /** Carried out at once between MULTI and EXEC. Ours; not told to clients. */
  | "immediate";

export type CommandGroup = "string" | "generic" | "connection" | "transactions" | "server";

/** Where a command's keys stand among its arguments, as in COMMAND: a `last` below zero counts from the end. */
export interface KeyPositions {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** Carries a command out: the answer goes to `session.reply`. The number of arguments has been checked. */
export type Handler = (context: Context, session: Session, args: readonly string[]) => void;

/** One row of the command table. */
export interface CommandSpec {
  /** In small letters. */
  readonly name: string;
  /** Arguments including the name; `-n` means n or more. For a subcommand both names count. */
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  readonly group: CommandGroup;
  /** The Redis version that brought it. */
  readonly since: string;
  readonly summary: string;
  readonly keys?: KeyPositions;
  /** Absent where a subcommand must follow. */
  readonly run?: Handler;
  readonly subcommands?: readonly CommandSpec[];
}

/** A row made ready: what is asked on every call stands in fields of its own. */
export class Command {
  readonly spec: CommandSpec;
  /** `get`, or `config|get` for a subcommand. */
  readonly fullName: string;
  readonly arity: number;
  readonly run: Handler | undefined;
  readonly writes: boolean;
  readonly deniedWhenFull: boolean;
  readonly openToAll: boolean;
  readonly immediate: boolean;
  readonly subcommands: ReadonlyMap<string, Command>;

  constructor(spec: CommandSpec, parent?: CommandSpec) {
    this.spec = spec;
    this.fullName = parent ? `${parent.name}|${spec.name}` : spec.name;
    this.arity = spec.arity;
    this.run = spec.run;
    this.writes = spec.flags.includes("write");
    this.deniedWhenFull = spec.flags.includes("denyoom");
    this.openToAll = spec.flags.includes("no_auth");
    this.immediate = spec.flags.includes("immediate");
    this.subcommands = new Map(spec.subcommands?.map((sub) => [sub.name, new Command(sub, spec)]));
  }

  /** Whether so many arguments can be right. */
  accepts(argumentCount: number): boolean {
    return this.arity >= 0 ? argumentCount === this.arity : argumentCount >= -this.arity;
  }
}

/** Where commands are found by name. */
export interface CommandLookup {
  /** Each once, in the order of the list. */
  readonly all: readonly Command[];
  /** By name, in any case. */
  find(name: string): Command | undefined;
  /** The command that the arguments mean, a subcommand where there are such; undefined when there is none. */
  resolve(args: readonly string[]): Command | undefined;
}

/** What the process is, for INFO and HELLO; told by the shell, since the engine itself does no I/O. */
export interface ProcessFacts {
  readonly processId: number;
  /** 40 hexadecimal digits, new with every start. */
  readonly runId: string;
  readonly version: string;
  port: number;
  /** Resident memory now. */
  residentBytes(): number;
  /** CPU time of the process so far, in microseconds. */
  cpuMicros(): { readonly user: number; readonly system: number };
  /** What `maxmemory` may be set to at most. */
  readonly memoryBytesMax: number;
}

/** All that commands work on. */
export interface Context {
  readonly store: Store;
  readonly evictor: Evictor;
  readonly watches: Watches;
  readonly stats: Stats;
  readonly limits: CacheLimits;
  readonly sessions: ReadonlyMap<number, Session>;
  readonly commands: CommandLookup;
  readonly facts: ProcessFacts;
  readonly startedAtMs: number;
  /** The bound on the store; CONFIG SET maxmemory changes it. */
  memoryBytes: number;
  /** Wall time in milliseconds, not the cached one of the store. */
  nowMs(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Whether clients must authenticate. */
  readonly passwordSet: boolean;
  /** Lets a client in as the user whose password it gives, which is compared in constant time. False when it is nobody's. */
  authenticate(session: Session, password: string): boolean;
  /** A client is who it was when it came. */
  forget(session: Session): void;
  /** Begins anew with all counts that clients see. */
  resetStatistics(session: Session): void;
  /** Carries out a command whose right to run has been checked. */
  call(command: Command, session: Session, args: readonly string[]): void;
  /** Whether the store is over its bound and nothing can be evicted. */
  isFull(): boolean;
}

/** The argument at a place that the command's arity vouches for. */
export function argument(args: readonly string[], at: number): string {
  const value = args[at];
  if (value === undefined)
    throw new RangeError(`argument ${at} of ${args[0]} is missing: its arity is wrong`);
  return value;
}

/** An argument as errors show it: up to its first NUL byte, where Redis's strings end. */
export function shownText(arg: string): string {
  const end = arg.indexOf("\0");
  return end < 0 ? arg : arg.slice(0, end);
}
