import type { ClientRequest } from "node:http";
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

/** Moves a request's body from the client to the upstream, no faster than the upstream takes it. */
export class RequestBody {
  readonly #from: RequestMessage;
  readonly #to: ClientRequest;
  readonly #limitBytes: number;
  readonly #listener: BodyListener;
  #bytes = 0;
  #begun = false;
  #ended = false;
  #blocked = false;

  constructor(from: RequestMessage, to: ClientRequest, limitBytes: number, listener: BodyListener) {
    this.#from = from;
    this.#to = to;
    this.#limitBytes = limitBytes;
    this.#listener = listener;
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
    this.#to.on("drain", this.#onDrain);
  }

  /** Leaves the rest unread. */
  stop(): void {
    this.#ended = true;
    if (!this.#begun) return;
    this.#from.off("data", this.#onData);
    this.#from.off("end", this.#onEnd);
    this.#to.off("drain", this.#onDrain);
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

  readonly #onDrain = (): void => {
    this.#blocked = false;
    this.#listener.onBodyActivity();
    this.#from.resume();
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    const trailers = trailersToSend(this.#from.rawTrailers);
    if (trailers.length > 0) this.#to.addTrailers(trailers);
    this.#to.end();
    this.#listener.onBodySent();
  };
}
