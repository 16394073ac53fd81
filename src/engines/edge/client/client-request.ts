import type { Socket } from "node:net";
import type { HttpVersion, RequestMessage } from "../exchange/messages.ts";
import type { RequestStart } from "../http/request-parser.ts";

/** Bytes of a body that may wait here for somebody to take them; then no more is read from the client. */
const HELD_BYTES = 64 * 1024;
const NO_FIELDS: readonly string[] = Object.freeze([]);

/** Told when a body can take no more, and when it can again. */
export interface BodySource {
  /** The body's wish to be fed has changed: see `ClientRequest.wantsMore`. */
  onDemand(): void;
}

/**
 * One request of a client. Its body is handed to one listener as it arrives, and held, up to a bound, while there is none.
 * Names its members as Node's own class does, of which it is the part that the edge uses.
 */
export class ClientRequest implements RequestMessage {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: HttpVersion;
  readonly rawHeaders: string[];
  rawTrailers: readonly string[] = NO_FIELDS;
  complete: boolean;
  readableLength = 0;
  readonly #socket: Socket;
  readonly #source: BodySource;
  #held: Buffer[] | undefined;
  #onData: ((chunk: Buffer) => void) | undefined;
  #onEnd: (() => void)[] | undefined;
  /** Whether somebody takes the body: at first nobody does. */
  #flows = false;
  /** Whether what is held is about to be handed out. */
  #flushes = false;
  #endTold = false;
  #unwanted = false;

  constructor(start: RequestStart, socket: Socket, source: BodySource) {
    this.method = start.method;
    this.url = start.target;
    this.httpVersion = start.version;
    this.rawHeaders = start.fields;
    this.#socket = socket;
    this.complete = !start.hasBody;
    this.#source = source;
  }

  /** Whether bytes that come now are taken, or at least held. */
  get wantsMore(): boolean {
    return this.complete || this.#flows || (this.#onData === undefined && this.readableLength < HELD_BYTES);
  }

  on(event: "data", listener: (chunk: Buffer) => void): this;
  on(event: "end", listener: () => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  on(
    event: "data" | "end" | "error",
    listener: ((chunk: Buffer) => void) | (() => void) | ((error: Error) => void),
  ): this {
    if (event === "data") {
      this.#onData = listener as (chunk: Buffer) => void;
      this.resume();
    } else if (event === "end") {
      this.#onEnd ??= [];
      this.#onEnd.push(listener as () => void);
    }
    // A request has no errors of its own: what goes wrong is the connection's affair.
    return this;
  }

  /** The end comes once. */
  once(_event: "end", listener: () => void): this {
    return this.on("end", listener);
  }

  off(event: "data", listener: (chunk: Buffer) => void): this;
  off(event: "end", listener: () => void): this;
  off(event: "data" | "end", listener: ((chunk: Buffer) => void) | (() => void)): this {
    if (event === "data") {
      if (this.#onData === listener) this.#onData = undefined;
      if (this.#unwanted) this.resume();
    } else {
      const at = this.#onEnd?.indexOf(listener as () => void) ?? -1;
      if (at >= 0) this.#onEnd?.splice(at, 1);
    }
    return this;
  }

  pause(): this {
    this.#flows = false;
    if (!this.complete) this.#source.onDemand();
    return this;
  }

  /** Hands out what is held, in a later turn, and what comes; drops it where nobody listens. */
  resume(): this {
    if (this.#flows) return this;
    this.#flows = true;
    if ((this.#held || this.complete) && !this.#flushes) {
      this.#flushes = true;
      process.nextTick(flush, this);
    }
    if (!this.complete) this.#source.onDemand();
    return this;
  }

  destroy(): this {
    this.#socket.destroy();
    return this;
  }

  /** Nobody needs the rest but those who listen already: without them, it is dropped as it comes. */
  discard(): void {
    this.#unwanted = true;
    if (!this.#onData) this.resume();
  }

  /** A part of the body has arrived. */
  push(chunk: Buffer): void {
    if (this.#flows && !this.#held) {
      this.#onData?.(chunk);
      return;
    }
    this.#held ??= [];
    this.#held.push(chunk);
    this.readableLength += chunk.length;
    if (!this.wantsMore) this.#source.onDemand();
  }

  /** The body has arrived whole. */
  pushEnd(trailers: readonly string[]): void {
    this.complete = true;
    this.rawTrailers = trailers;
    if (this.#flows && !this.#held) this.#tellEnd();
  }

  /** Hands out what is held, until somebody would have it stop. */
  flush(): void {
    this.#flushes = false;
    while (this.#flows && this.#held) {
      const chunk = this.#held.shift();
      if (this.#held.length === 0) this.#held = undefined;
      if (!chunk) break;
      this.readableLength -= chunk.length;
      this.#onData?.(chunk);
    }
    if (this.#flows && this.complete) this.#tellEnd();
  }

  #tellEnd(): void {
    if (this.#endTold) return;
    this.#endTold = true;
    const listeners = this.#onEnd;
    this.#onEnd = undefined;
    if (listeners) for (const listener of listeners) listener();
  }
}

function flush(request: ClientRequest): void {
  request.flush();
}
