import { trailersToSend } from "./fields.ts";
import type { RequestMessage } from "./messages.ts";

/** Told by a body on its way. */
export interface BodyListener {
  /** Bytes moved. */
  onBodyActivity(): void;
  /** All of it is with the upstream's connection. */
  onBodySent(): void;
  /** It has grown beyond its bound; it has been stopped. */
  onBodyTooLarge(): void;
}

/** Where a body goes: a connection, with the request's head still to be sent or gone. */
export interface BodyTarget {
  /** Sends the head without waiting for the body. */
  flushHeaders(): void;
  /** False when it is wiser to wait until `drained` is called. */
  write(chunk: Buffer): boolean;
  end(trailers: readonly (readonly [string, string])[]): void;
}

/** Moves a request's body from the client to the upstream, no faster than the upstream takes it. */
export class RequestBody {
  readonly #from: RequestMessage;
  readonly #to: BodyTarget;
  readonly #limitBytes: number;
  readonly #listener: BodyListener;
  #bytes = 0;
  #begun = false;
  #ended = false;
  #blocked = false;

  constructor(from: RequestMessage, to: BodyTarget, limitBytes: number, listener: BodyListener) {
    this.#from = from;
    this.#to = to;
    this.#limitBytes = limitBytes;
    this.#listener = listener;
  }

  /** As many as have been sent. */
  get bytes(): number {
    return this.#bytes;
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** Whether it has been sent whole, or stopped. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether it waits for the upstream rather than for the client. */
  get blocked(): boolean {
    return this.#blocked;
  }

  begin(): void {
    if (this.#begun || this.#ended) return;
    this.#begun = true;
    // The head travels with the body's first bytes when those are here already; else the upstream gets to see it now.
    if (this.#from.readableLength === 0) this.#to.flushHeaders();
    this.#from.on("data", this.#onData);
    this.#from.once("end", this.#onEnd);
  }

  /** Leaves the rest unread. */
  stop(): void {
    this.#ended = true;
    if (!this.#begun) return;
    this.#from.off("data", this.#onData);
    this.#from.off("end", this.#onEnd);
  }

  /** The upstream has taken what was written. */
  drained(): void {
    if (!this.#blocked || this.#ended) return;
    this.#blocked = false;
    this.#listener.onBodyActivity();
    this.#from.resume();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#bytes += chunk.length;
    this.#listener.onBodyActivity();
    if (this.#bytes > this.#limitBytes) {
      this.stop();
      this.#listener.onBodyTooLarge();
    } else if (!this.#to.write(chunk)) {
      this.#blocked = true;
      this.#from.pause();
    }
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#to.end(trailersToSend(this.#from.rawTrailers));
    this.#listener.onBodySent();
  };
}
