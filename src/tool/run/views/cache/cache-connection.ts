import { connect as connectPlain, type Socket } from "node:net";
import { messageOf } from "../../../../blocks/errors/index.ts";
import { RunError } from "../../errors.ts";
import type { ViewTarget } from "../engine-view.ts";
import { type Reply, ReplyError, ReplyReader } from "./reply-reader.ts";

/** A part of a command. Text goes out as UTF-8. */
export type Argument = string | number | Buffer;

/** A connection to a cache. */
export interface CacheConnection {
  /** The answers to some commands, in their order; what the server refuses is an answer of its own. */
  ask(commands: readonly (readonly Argument[])[]): Promise<readonly Reply[]>;
  /** The answer to one command. Throws `NOT_POSSIBLE` with the server's words when it refuses. */
  one(...command: readonly Argument[]): Promise<Reply>;
}

/** How long everything that is asked for a look may take together. */
const PATIENCE_MS = 10_000;
/** Answers to one look that are longer are given up: they may be read in smaller pieces. */
const ANSWER_BYTES_MAX = 256 * 2 ** 20;
/** What is kept of one string. */
export const KEPT_BYTES = 32 * 1024;

/**
 * Connects to a part by its URL (`redis://`, `rediss://`), asks, and lets go. Each look has a connection of its own, since it costs less than
 * a millisecond here and one that stays would have to be watched and ended.
 *
 * A client library is not used: loading @redis/client costs the supervisor 24 MB for a handful of commands, and it keeps whole values.
 *
 * Throws `NOT_POSSIBLE` when the server cannot be reached, does not let us in, or takes too long. No message repeats the URL.
 */
export async function withCache<T>(
  target: ViewTarget,
  ask: (cache: CacheConnection) => Promise<T>,
): Promise<T> {
  const { name, url, clock } = target;
  if (url === undefined) throw new RunError("NOT_POSSIBLE", `${name} has not been ready yet`);
  const place = placeOf(url, name);
  const socket = await openSocket(place);
  const wire = new Wire(socket, name);
  const timer = clock.setTimer(PATIENCE_MS, () =>
    wire.fail(new Error(`it did not answer in ${PATIENCE_MS / 1_000} s`)),
  );
  try {
    for (const command of place.greetings) await wire.one(...command);
    return await ask(wire);
  } finally {
    timer.cancel();
    socket.destroy();
  }
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** What has to be said before anything else. */
  readonly greetings: readonly (readonly string[])[];
}

function placeOf(url: string, name: string): Place {
  const parsed = URL.parse(url);
  if (!parsed || !/^rediss?:$/.test(parsed.protocol)) {
    throw new RunError("NOT_POSSIBLE", `the URL of ${name} does not look like redis://HOST:PORT/DATABASE`);
  }
  const user = decoded(parsed.username);
  const password = decoded(parsed.password);
  const database = /^\/(\d+)$/.exec(parsed.pathname)?.[1] ?? "0";
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, "") || "127.0.0.1",
    port: parsed.port === "" ? 6379 : Number(parsed.port),
    isSecure: parsed.protocol === "rediss:",
    greetings: [
      ...(password === "" ? [] : [user === "" ? ["AUTH", password] : ["AUTH", user, password]]),
      ...(database === "0" ? [] : [["SELECT", database]]),
    ],
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function openSocket({ host, port, isSecure }: Place): Promise<Socket> {
  if (!isSecure) return connectPlain({ host, port, noDelay: true });
  const { connect } = await import("node:tls");
  return connect({ host, port, servername: host });
}

/** Commands go out together and their answers come in that order. */
class Wire implements CacheConnection {
  readonly #socket: Socket;
  readonly #name: string;
  readonly #reader = new ReplyReader(KEPT_BYTES);
  #waiting:
    | {
        readonly count: number;
        readonly replies: Reply[];
        readonly done: PromiseWithResolvers<readonly Reply[]>;
      }
    | undefined;
  #failed: Error | undefined;
  #bytes = 0;

  constructor(socket: Socket, name: string) {
    this.#socket = socket;
    this.#name = name;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => this.fail(new Error("it closed the connection")));
  }

  fail(why: Error): void {
    this.#failed ??= why;
    this.#socket.destroy();
    this.#waiting?.done.reject(this.#problem());
    this.#waiting = undefined;
  }

  async ask(commands: readonly (readonly Argument[])[]): Promise<readonly Reply[]> {
    if (this.#failed) throw this.#problem();
    if (commands.length === 0) return [];
    const done = Promise.withResolvers<readonly Reply[]>();
    this.#waiting = { count: commands.length, replies: [], done };
    this.#socket.write(Buffer.concat(commands.map(encoded)));
    return await done.promise;
  }

  async one(...command: readonly Argument[]): Promise<Reply> {
    const [reply] = await this.ask([command]);
    if (reply === undefined || reply.is === "error")
      throw new RunError("NOT_POSSIBLE", `${this.#name} refuses: ${reply?.message ?? "it says nothing"}`);
    return reply;
  }

  #take(chunk: Buffer): void {
    try {
      this.#bytes += chunk.length;
      if (this.#bytes > ANSWER_BYTES_MAX) throw new ReplyError("its answer is too long to be shown");
      const replies = this.#reader.push(chunk);
      const waiting = this.#waiting;
      if (!waiting) return;
      waiting.replies.push(...replies);
      if (waiting.replies.length < waiting.count) return;
      this.#waiting = undefined;
      waiting.done.resolve(waiting.replies);
    } catch (thrown) {
      this.fail(new Error(messageOf(thrown)));
    }
  }

  #problem(): RunError {
    const why = this.#failed ? messageOf(this.#failed) : "the connection ended";
    return new RunError("NOT_POSSIBLE", `${this.#name} cannot be looked into: ${why}`, {
      cause: this.#failed,
    });
  }
}

/** A command as an array of strings. */
function encoded(command: readonly Argument[]): Buffer {
  const pieces: Buffer[] = [Buffer.from(`*${command.length}\r\n`)];
  for (const argument of command) {
    const bytes = Buffer.isBuffer(argument) ? argument : Buffer.from(String(argument), "utf8");
    pieces.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from("\r\n"));
  }
  return Buffer.concat(pieces);
}
