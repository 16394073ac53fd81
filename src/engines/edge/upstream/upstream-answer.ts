import type { AnswerListener, AnswerMessage } from "../exchange/messages.ts";
import type { ResponseStart } from "../http/response-parser.ts";

/** Where an answer comes from, as long as it comes. */
export interface AnswerSource {
  pause(): void;
  resume(): void;
  /** Ends the connection: nobody wants the rest. */
  destroy(): void;
}

const NO_FIELDS: readonly string[] = Object.freeze([]);

/** An upstream's answer, handed on as it is read: its listener is called from the connection's own events. */
export class UpstreamAnswer implements AnswerMessage {
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly rawHeaders: readonly string[];
  readonly upgrade: string | undefined;
  readonly endsByLength: boolean;
  rawTrailers: readonly string[] = NO_FIELDS;
  #source: AnswerSource | undefined;
  #listener: AnswerListener | undefined;

  constructor(head: ResponseStart, source: AnswerSource | undefined, endsByLength: boolean) {
    this.statusCode = head.status;
    this.statusMessage = head.reason;
    this.rawHeaders = head.fields;
    this.upgrade = head.upgrade;
    this.endsByLength = endsByLength;
    this.#source = source;
  }

  listen(listener: AnswerListener): void {
    this.#listener = listener;
  }

  pause(): void {
    this.#source?.pause();
  }

  resume(): void {
    this.#source?.resume();
  }

  destroy(): void {
    const source = this.#source;
    this.#source = undefined;
    source?.destroy();
  }

  /** A part of the body has arrived. */
  takeData(chunk: Buffer): void {
    if (this.#source) this.#listener?.onData(chunk);
  }

  /** It is whole. */
  takeEnd(trailers: readonly string[]): void {
    if (!this.#source) return;
    this.#source = undefined;
    this.rawTrailers = trailers;
    this.#listener?.onEnd();
  }

  /** Nothing more of it is here just now. */
  takePause(): void {
    if (this.#source) this.#listener?.onPause();
  }

  /** It has broken off. */
  takeBreak(): void {
    if (!this.#source) return;
    this.#source = undefined;
    this.#listener?.onBroken();
  }
}
