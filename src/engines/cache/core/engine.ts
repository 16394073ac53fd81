import type { Random } from "../../../blocks/time/index.ts";
import { type CacheLimits, DEFAULT_USER } from "../options.ts";
import { ARGUMENT_OVERHEAD_BYTES } from "../resp/index.ts";
import { Evictor, ExpirySweeper, Store, type SweepOutcome } from "../store/index.ts";
import {
  argument,
  type Command,
  type CommandSpec,
  type Context,
  type ProcessFacts,
  shownText,
} from "./command.ts";
import { CommandTable } from "./command-table.ts";
import { NO_TRANSACTION, Session, type SessionOptions } from "./session.ts";
import { Stats } from "./stats.ts";
import { User } from "./users.ts";
import { Watches } from "./watches.ts";

/** What an engine is made with. */
export interface EngineOptions {
  readonly memoryBytes: number;
  readonly limits: CacheLimits;
  readonly commands: readonly CommandSpec[];
  readonly facts: ProcessFacts;
  readonly wallMs: () => number;
  readonly random: Random;
  /** Whose password it is, by name; undefined when it is nobody's. In constant time. Absent: no password is asked for. */
  readonly userOf?: (password: string) => string | undefined;
  /** Names of users that have passwords of their own, besides `default`. */
  readonly users?: readonly string[];
}

/** One of so many commands is timed. A prime: whoever asks in a rhythm is not always met at the same beat. */
const TIMED_EVERY = 61;
/** In Redis's words, since clients match them. */
const OUT_OF_MEMORY = "OOM command not allowed when used memory > 'maxmemory'.";
/** What a browser's cross-site request begins with: such a connection is no client of ours. */
const HTTP_WORDS: ReadonlySet<string> = new Set(["post", "host:"]);

/**
 * The cache without its sockets: requests in, answers out, one at a time. It keeps the store within its bound after
 * every command.
 */
export class Engine implements Context {
  readonly watches: Watches = new Watches();
  readonly stats: Stats = new Stats();
  readonly sessions: Map<number, Session> = new Map();
  readonly store: Store;
  readonly evictor: Evictor;
  readonly commands: CommandTable;
  readonly limits: CacheLimits;
  readonly facts: ProcessFacts;
  readonly startedAtMs: number;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly passwordSet: boolean;
  readonly users: ReadonlyMap<string, User>;
  /** Times a share of the commands, by a clock in milliseconds. Default: none is timed. */
  timer: (() => number) | undefined;
  memoryBytes: number;
  readonly #sweeper: ExpirySweeper;
  readonly #userOf: (password: string) => string | undefined;
  readonly #defaultUser: User;
  #lastSessionId = 0;
  /** What of the counts has been told to users. */
  #toldCommands = 0;
  #toldHits = 0;
  #toldMisses = 0;
  #untilTimed = TIMED_EVERY;

  constructor(options: EngineOptions) {
    this.nowMs = options.wallMs;
    this.random = options.random;
    this.startedAtMs = options.wallMs();
    this.memoryBytes = options.memoryBytes;
    this.limits = options.limits;
    this.facts = options.facts;
    this.commands = new CommandTable(options.commands);
    this.passwordSet = options.userOf !== undefined;
    this.#userOf = options.userOf ?? (() => DEFAULT_USER);
    this.#defaultUser = new User(DEFAULT_USER);
    const others = (options.users ?? []).map((name): [string, User] => [name, new User(name)]);
    this.users = new Map([[DEFAULT_USER, this.#defaultUser], ...others]);
    this.store = new Store(this.startedAtMs, {
      random: options.random,
      onChange: (key) => this.watches.changed(key),
    });
    this.evictor = new Evictor(this.store, options.random);
    this.#sweeper = new ExpirySweeper(this.store);
  }

  /** A client has come. */
  connect(client: Pick<SessionOptions, "address" | "localAddress" | "disconnect">): Session {
    const session = new Session({
      ...client,
      id: ++this.#lastSessionId,
      nowMs: this.nowMs(),
      authenticated: !this.passwordSet,
      user: this.#defaultUser,
      outputBytesMax: this.limits.outputBytes,
    });
    this.sessions.set(session.id, session);
    this.stats.connections++;
    this.#defaultUser.connections++;
    return session;
  }

  /** A client has gone. */
  disconnect(session: Session): void {
    this.watches.clear(session);
    if (this.sessions.delete(session.id)) session.user.connections--;
  }

  /** Takes the time anew; to be called at least once per turn of the event loop that brings requests. */
  tick(): void {
    this.store.nowMs = this.nowMs();
  }

  /** Removes some of what has expired. */
  sweep(): SweepOutcome {
    this.tick();
    return this.#sweeper.sweep();
  }

  /** Whether anything will expire. */
  get hasDeadlines(): boolean {
    return this.store.deadlines.size > 0;
  }

  authenticate(session: Session, password: string): boolean {
    const user = this.users.get(this.#userOf(password) ?? "");
    if (!user) return false;
    this.#identify(session, user);
    session.authenticated = true;
    return true;
  }

  forget(session: Session): void {
    this.#identify(session, this.#defaultUser);
    session.authenticated = !this.passwordSet;
  }

  /**
   * Counts for its user what a client has asked for since this was called last; to be called at the end of each of a client's turns,
   * since nothing is counted for anybody in between: that would cost more than this does.
   */
  settle({ user }: Session): void {
    const { commands, hits, misses } = this.stats;
    user.commands += commands - this.#toldCommands;
    user.hits += hits - this.#toldHits;
    user.misses += misses - this.#toldMisses;
    this.#toldCommands = commands;
    this.#toldHits = hits;
    this.#toldMisses = misses;
  }

  resetStatistics(session: Session): void {
    this.settle(session);
    this.stats.reset();
    this.#toldCommands = 0;
    this.#toldHits = 0;
    this.#toldMisses = 0;
    this.store.expiredKeys = 0;
    this.evictor.evictedKeys = 0;
  }

  /** Carries out one request; the answer is added to `session.reply`. */
  execute(session: Session, args: readonly string[]): void {
    const { reply, replyMode } = session;
    const before = reply.text;
    session.lastAtMs = this.store.nowMs;
    this.#dispatch(session, args);
    if (replyMode === "on") return;
    if (replyMode === "skip" || session.replyMode !== "on") reply.text = before;
    if (replyMode === "skip" && session.replyMode === "skip") session.replyMode = "on";
  }

  call(command: Command, session: Session, args: readonly string[]): void {
    this.stats.commands++;
    if (this.timer !== undefined && --this.#untilTimed === 0) this.#timed(this.timer, command, session, args);
    else command.run?.(this, session, args);
    if (!command.writes) return;
    const used = this.store.usedBytes;
    if (used > this.stats.usedBytesPeak) this.stats.usedBytesPeak = used;
    if (used > this.memoryBytes) this.evictor.shrinkTo(this.memoryBytes);
  }

  isFull(): boolean {
    return this.store.usedBytes > this.memoryBytes && !this.evictor.shrinkTo(this.memoryBytes);
  }

  #timed(nowMs: () => number, command: Command, session: Session, args: readonly string[]): void {
    this.#untilTimed = TIMED_EVERY;
    const startMs = nowMs();
    command.run?.(this, session, args);
    session.user.timed(nowMs() - startMs, TIMED_EVERY);
  }

  #identify(session: Session, user: User): void {
    // Who has not been let in before has asked for nothing but that.
    if (session.authenticated) this.settle(session);
    session.user.connections--;
    user.connections++;
    session.user = user;
  }

  #dispatch(session: Session, args: readonly string[]) {
    const command = this.#resolve(session, args);
    if (!command) return;
    if (!session.authenticated && !command.openToAll)
      return this.#reject(session, command, "NOAUTH Authentication required.");
    const { transaction } = session;
    const mayGrow =
      command.deniedWhenFull ||
      (transaction.kind === "queueing" && transaction.mayGrow && command.fullName === "exec");
    if (mayGrow && this.isFull()) return this.#reject(session, command, OUT_OF_MEMORY);
    session.lastCommand = command.fullName;
    if (transaction.kind === "none" || command.immediate) return this.call(command, session, args);
    for (const arg of args) transaction.bytes += arg.length + ARGUMENT_OVERHEAD_BYTES;
    if (transaction.bytes > this.limits.requestBytes)
      return this.#reject(session, command, "ERR the transaction is too large");
    transaction.queue.push(args);
    if (command.deniedWhenFull) transaction.mayGrow = true;
    session.reply.simple("QUEUED");
  }

  /** The command that is meant; otherwise the client has been told what is wrong. */
  #resolve(session: Session, args: readonly string[]): Command | undefined {
    const name = argument(args, 0);
    const main = this.commands.find(name);
    if (!main) {
      if (HTTP_WORDS.has(name.toLowerCase())) session.ending = "now";
      else this.#reject(session, undefined, unknownCommand(name, args));
      return undefined;
    }
    const command = main.subcommands.size > 0 && args.length > 1 ? this.commands.resolve(args) : main;
    if (!command) {
      const shown = shownText(argument(args, 1).slice(0, 128));
      const help = `Try ${main.fullName.toUpperCase()} HELP.`;
      this.#reject(session, undefined, `ERR unknown subcommand '${shown}'. ${help}`);
      return undefined;
    }
    if (command.accepts(args.length)) return command;
    const message = `ERR wrong number of arguments for '${command.fullName}' command`;
    this.#reject(session, command, message);
    return undefined;
  }

  /** Refuses a command before it ran; a transaction that it belongs to cannot be carried out any more. */
  #reject(session: Session, command: Command | undefined, message: string): void {
    this.stats.errors++;
    if (command?.fullName === "exec" && session.transaction.kind === "queueing") {
      session.reply.error(`EXECABORT Transaction discarded because of: ${message.replace(/^ERR /, "")}`);
      session.transaction = NO_TRANSACTION;
      this.watches.clear(session);
      return;
    }
    if (session.transaction.kind === "queueing") session.transaction.refused = true;
    session.reply.error(message);
  }
}

/** Shows the beginning of the arguments, 128 bytes or a little more, as Redis does. */
function unknownCommand(name: string, args: readonly string[]): string {
  let shown = "";
  for (let at = 1; at < args.length && shown.length < 128; at++)
    shown += `'${shownText(argument(args, at).slice(0, 128 - shown.length))}' `;
  return `ERR unknown command '${shownText(name.slice(0, 128))}', with args beginning with: ${shown}`;
}
