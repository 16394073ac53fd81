import type { ServerHttp2Stream } from "node:http2";
import type { RequestMessage } from "../exchange/messages.ts";
import { areRegularFields } from "./field-grammar.ts";
import { GatheredFrames } from "./gathered-frames.ts";
import type { StreamRequestHead } from "./stream-request-head.ts";

const NO_FIELDS: readonly string[] = Object.freeze([]);

/** Told what becomes of a request's body. */
export interface StreamRequestListener {
  /** A part of it has arrived. */
  bodyMoved(): void;
  /** What followed it is not valid. */
  bodyBroke(): void;
}

/** The request of one stream. Its body is read no faster than it is taken: the stream's window stays closed. */
export class StreamRequest implements RequestMessage {
  readonly method: string;
  readonly url: string;
  readonly httpVersion = "2.0";
  readonly rawHeaders: string[];
  rawTrailers: readonly string[] = NO_FIELDS;
  complete: boolean;
  readonly #stream: ServerHttp2Stream;
  readonly #listener: StreamRequestListener;
  /** What has arrived in small frames, and is not with the stream yet. */
  #gathered: GatheredFrames | undefined;
  #onData: ((chunk: Buffer) => void) | undefined;
  #onEnd: (() => void)[] | undefined;
  #reads = false;
  #broken = false;

  constructor(stream: ServerHttp2Stream, head: StreamRequestHead, listener: StreamRequestListener) {
    this.method = head.method;
    this.url = head.target;
    this.rawHeaders = head.fields;
    this.complete = stream.endAfterHeaders;
    this.#stream = stream;
    this.#listener = listener;
    if (this.complete) return;
    this.#gathered = new GatheredFrames(stream);
    // A stream that is broken off ends, for Node, as a whole one does.
    stream.once("aborted", this.#onBroken);
    stream.once("trailers", this.#onTrailers);
    stream.once("end", this.#onWhole);
  }

  get readableLength(): number {
    return this.complete ? 0 : this.#stream.readableLength + (this.#gathered?.length ?? 0);
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
      if (this.complete) process.nextTick(listener);
      else {
        this.#onEnd ??= [];
        this.#onEnd.push(listener as () => void);
      }
    }
    // A request has no errors of its own: what goes wrong is the session's affair.
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
    } else {
      const at = this.#onEnd?.indexOf(listener as () => void) ?? -1;
      if (at >= 0) this.#onEnd?.splice(at, 1);
    }
    return this;
  }

  pause(): this {
    this.#stream.pause();
    return this;
  }

  /** Hands out what comes, or drops it where nobody listens. */
  resume(): this {
    if (this.complete || this.#stream.destroyed) return this;
    this.#gathered?.flush();
    if (!this.#reads) {
      this.#reads = true;
      this.#stream.on("data", this.#onChunk);
    }
    this.#stream.resume();
    return this;
  }

  /** Drops what comes from now on. */
  discard(): void {
    this.#onData = undefined;
    this.resume();
  }

  destroy(): this {
    this.#stream.destroy();
    return this;
  }

  readonly #onChunk = (chunk: Buffer): void => {
    this.#listener.bodyMoved();
    this.#onData?.(chunk);
  };

  readonly #onBroken = (): void => {
    this.#broken = true;
  };

  readonly #onTrailers = (_trailers: unknown, _flags: number, raw: readonly string[]): void => {
    if (areRegularFields(raw)) this.rawTrailers = raw;
    else {
      this.#broken = true;
      this.#listener.bodyBroke();
    }
  };

  readonly #onWhole = (): void => {
    if (this.#broken) return;
    this.complete = true;
    const listeners = this.#onEnd;
    this.#onEnd = undefined;
    if (listeners) for (const listener of listeners) listener();
  };
}
