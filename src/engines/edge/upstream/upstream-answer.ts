import type { AnswerMessage } from "../exchange/messages.ts";
import type { ResponseStart } from "../http/response-parser.ts";

/** Where an answer comes from, as long as it comes. */
export interface AnswerSource {
  pause(): void;
  resume(): void;
  /** Ends the connection: nobody wants the rest. */
  destroy(): void;
}

const NO_FIELDS: readonly string[] = Object.freeze([]);

/**
 * An upstream's answer, handed on as it is read: whoever listens to it does so in the very call that tells of the answer, and
 * is called from the connection's own events. One listener for each of them.
 */
export class UpstreamAnswer implements AnswerMessage {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly rawHeaders: readonly string[];
  readonly upgrade: string | undefined;
  readonly endsByLength: boolean;
  rawTrailers: readonly string[] = NO_FIELDS;
  complete = false;
  /** What has arrived has been handed on. */
  readonly readableLength = 0;
  #source: AnswerSource | undefined;
  #onData: ((chunk: Buffer) => void) | undefined;
  #onEnd: (() => void) | undefined;
  #onError: ((error: Error) => void) | undefined;

  constructor(head: ResponseStart, source: AnswerSource | undefined, endsByLength: boolean) {
    this.statusCode = head.status;
    this.statusMessage = head.reason;
    this.rawHeaders = head.fields;
    this.upgrade = head.upgrade;
    this.endsByLength = endsByLength;
    this.#source = source;
  }

  on(event: "data", listener: (chunk: Buffer) => void): this;
  on(event: "end", listener: () => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  on(event: "data" | "end" | "error", listener: (argument: never) => void): this {
    switch (event) {
      case "data":
        this.#onData = listener as (chunk: Buffer) => void;
        return this;
      case "end":
        this.#onEnd = listener as () => void;
        return this;
      case "error":
        this.#onError = listener as (error: Error) => void;
        return this;
    }
  }

  /** Asks for no more of the body; what is on its way already may still come. */
  pause(): void {
    this.#source?.pause();
  }

  resume(): void {
    this.#source?.resume();
  }

  /** Leaves the rest unread; nothing of it is told any more. */
  destroy(): void {
    const source = this.#source;
    this.#source = undefined;
    source?.destroy();
  }

  /** A part of the body has arrived. */
  takeData(chunk: Buffer): void {
    if (this.#source) this.#onData?.(chunk);
  }

  /** It is whole. */
  takeEnd(trailers: readonly string[]): void {
    if (!this.#source) return;
    this.#source = undefined;
    this.rawTrailers = trailers;
    this.complete = true;
    this.#onEnd?.();
  }

  /** It has broken off. */
  takeError(error: Error): void {
    if (!this.#source) return;
    this.#source = undefined;
    this.#onError?.(error);
  }
}
