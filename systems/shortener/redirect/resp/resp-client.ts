import type { Socket } from "node:net";
import type { Clock, Timer } from "trestle/time";
import { connectTo } from "./connect.ts";
import { ProtocolError, type Reply, ReplyReader } from "./reply-reader.ts";

/** The cache did not answer this command: there is no connection, it broke, or the answer took too long. */
export class NoReplyError extends Error {
  readonly code = "NO_REPLY";
}

export interface RespClientOptions {
  /** `redis://user:password@host:port/database`, or `rediss://` over TLS. */
  readonly url: string;
  readonly clock: Clock;
  /** How long a reply may take before the connection is given up. Default 200 ms. */
  readonly replyTimeoutMs?: number;
  /** The longest wait between two attempts to connect. Default 200 ms. */
  readonly reconnectDelayMsMax?: number;
  /** Told when a connection that served is lost, or the first one fails, and when there is one again. */
  readonly onChange?: (state: "away" | "back", cause?: unknown) => void;
}

interface Pending {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  readonly deadlineMs: number;
}

/** Commands that may wait for their reply at once. */
const PENDING_MAX = 10_000;
/** How long connecting and the greeting may take together. */
const CONNECT_TIMEOUT_MS = 1_000;

/**
 * One connection to a server that speaks RESP, made for a cache that must never hold anybody up.
 *
 * Commands are refused at once while there is no connection. A reply that is late ends the connection: a server that hangs
 * costs its clients one timeout, and then nothing until it answers the greeting of a new connection. What is sent in one
 * turn of the event loop goes out in one write.
 *
 * Of RESP it speaks what the redirect needs. A full client would do too, at 15 MB more memory in every process.
 */
export class RespClient {
  readonly #options: RespClientOptions;
  readonly #clock: Clock;
  #state: "connecting" | "ready" | "closed" = "connecting";
  #socket: Socket | undefined;
  #pending: Pending[] = [];
  /** Pending replies before this index have come: removing one by one from the front would be slow. */
  #answered = 0;
  #outgoing = "";
  #watch: Timer | undefined;
  #reconnect: Timer | undefined;
  #failedAttempts = 0;
  #isAway = false;

  constructor(options: RespClientOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#connect();
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  /** Sends a command. A refusal of the server is a reply too. @throws NoReplyError */
  send(words: readonly string[]): Promise<Reply> {
    if (this.#state !== "ready") return Promise.reject(new NoReplyError("the cache is not connected"));
    if (this.#pending.length - this.#answered >= PENDING_MAX) {
      return Promise.reject(new NoReplyError("too many commands wait for the cache"));
    }
    return this.#write(words);
  }

  /** Closes the connection for good; what waits for a reply is told that there is none. Idempotent. */
  close(): void {
    this.#state = "closed";
    this.#watch?.cancel();
    this.#reconnect?.cancel();
    this.#socket?.destroy();
    this.#failAll(new NoReplyError("the connection to the cache was closed"));
  }

  #connect(): void {
    const { socket, greeting } = connectTo(this.#options.url);
    this.#socket = socket;
    const reader = new ReplyReader();
    let cause: unknown;
    const patience = this.#clock.setTimer(CONNECT_TIMEOUT_MS, () => {
      if (this.#state === "connecting")
        socket.destroy(new NoReplyError("the cache did not greet back in time"));
    });
    socket.once(greeting.event, () => {
      Promise.all(greeting.commands.map((words) => this.#write(words)))
        .then((replies) => {
          const refusal = replies.find((reply) => reply !== null && typeof reply === "object");
          if (refusal) throw new ProtocolError(`the cache refused the greeting: ${refusal.error}`);
          this.#becomeReady();
        })
        .catch((thrown: Error) => socket.destroy(thrown));
    });
    socket.on("data", (piece: Buffer) => {
      try {
        reader.push(piece, (reply) => this.#settle(reply));
      } catch (thrown) {
        cause = thrown;
        socket.destroy();
      }
    });
    socket.on("error", (thrown) => {
      cause = thrown;
    });
    socket.once("close", () => {
      patience.cancel();
      this.#lose(cause);
    });
  }

  #becomeReady(): void {
    if (this.#state !== "connecting") return;
    this.#state = "ready";
    this.#failedAttempts = 0;
    if (this.#isAway) this.#options.onChange?.("back");
    this.#isAway = false;
  }

  #lose(cause: unknown): void {
    this.#failAll(new NoReplyError("the connection to the cache was lost", { cause }));
    if (this.#state === "closed") return;
    this.#state = "connecting";
    if (!this.#isAway) this.#options.onChange?.("away", cause);
    this.#isAway = true;
    const delayMs = Math.min(25 * 2 ** this.#failedAttempts, this.#options.reconnectDelayMsMax ?? 200);
    this.#failedAttempts = Math.min(this.#failedAttempts + 1, 10);
    this.#reconnect = this.#clock.setTimer(delayMs, () => this.#connect());
  }

  #write(words: readonly string[]): Promise<Reply> {
    if (this.#outgoing === "") setImmediate(this.#flush);
    let text = `*${words.length}\r\n`;
    for (const word of words) text += `$${Buffer.byteLength(word)}\r\n${word}\r\n`;
    this.#outgoing += text;
    return new Promise((resolve, reject) => {
      const deadlineMs = this.#clock.monotonicMs() + (this.#options.replyTimeoutMs ?? 200);
      this.#pending.push({ resolve, reject, deadlineMs });
      if (this.#pending.length - this.#answered === 1) this.#watchOldest(deadlineMs);
    });
  }

  readonly #flush = (): void => {
    const text = this.#outgoing;
    this.#outgoing = "";
    if (this.#socket?.writable) this.#socket.write(text);
  };

  #settle(reply: Reply): void {
    const pending = this.#pending[this.#answered];
    if (!pending) throw new ProtocolError("the cache sent a reply that no command asked for");
    this.#answered++;
    if (this.#answered === this.#pending.length) {
      this.#pending = [];
      this.#answered = 0;
    } else if (this.#answered >= 1_024) {
      this.#pending = this.#pending.slice(this.#answered);
      this.#answered = 0;
    }
    pending.resolve(reply);
  }

  /** One timer serves all: replies come in order, so the oldest command is the first to be late. */
  #watchOldest(deadlineMs: number): void {
    if (this.#state === "connecting" || this.#watch) return;
    this.#watch = this.#clock.setTimer(deadlineMs - this.#clock.monotonicMs(), () => {
      this.#watch = undefined;
      // The process itself may have been held up, with the reply waiting to be read: let that happen first.
      setImmediate(() => this.#checkOldest());
    });
  }

  #checkOldest(): void {
    const oldest = this.#pending[this.#answered];
    if (this.#state !== "ready" || !oldest) return;
    if (oldest.deadlineMs > this.#clock.monotonicMs()) {
      this.#watchOldest(oldest.deadlineMs);
      return;
    }
    const late = new NoReplyError("the cache did not reply in time");
    this.#state = "connecting";
    this.#socket?.destroy(late);
    this.#failAll(late);
  }

  #failAll(error: NoReplyError): void {
    const waiting = this.#pending.slice(this.#answered);
    this.#pending = [];
    this.#answered = 0;
    this.#outgoing = "";
    for (const { reject } of waiting) reject(error);
  }
}
