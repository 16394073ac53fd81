import type { Random } from "../../../blocks/time/index.ts";
import type { CacheLimits } from "../options.ts";
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
import { Watches } from "./watches.ts";

/** What an engine is made with. */
export interface EngineOptions {
  readonly memoryBytes: number;
  readonly limits: CacheLimits;
  readonly commands: readonly CommandSpec[];
  readonly facts: ProcessFacts;
  readonly wallMs: () => number;
  readonly random: Random;
  /** Absent: no password is asked for. */
  readonly passwordMatches?: (password: string) => boolean;
}

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
  readonly passwordMatches: (password: string) => boolean;
  memoryBytes: number;
  readonly #sweeper: ExpirySweeper;
  #lastSessionId = 0;

  constructor(options: EngineOptions) {
    this.nowMs = options.wallMs;
    this.random = options.random;
    this.startedAtMs = options.wallMs();
    this.memoryBytes = options.memoryBytes;
    this.limits = options.limits;
    this.facts = options.facts;
    this.commands = new CommandTable(options.commands);
    this.passwordSet = options.passwordMatches !== undefined;
    this.passwordMatches = options.passwordMatches ?? (() => true);
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
      outputBytesMax: this.limits.outputBytes,
    });
    this.sessions.set(session.id, session);
    this.stats.connections++;
    return session;
  }

  /** A client has gone. */
  disconnect(session: Session): void {
    this.watches.clear(session);
    this.sessions.delete(session.id);
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
    command.run?.(this, session, args);
    if (!command.writes) return;
    const used = this.store.usedBytes;
    if (used > this.stats.usedBytesPeak) this.stats.usedBytesPeak = used;
    if (used > this.memoryBytes) this.evictor.shrinkTo(this.memoryBytes);
  }

  isFull(): boolean {
    return this.store.usedBytes > this.memoryBytes && !this.evictor.shrinkTo(this.memoryBytes);
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
