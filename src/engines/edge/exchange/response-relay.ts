import { editFields, type FieldEdits } from "../routing/field-edits.ts";
import { trailersToSend } from "./fields.ts";
import type { AnswerListener, AnswerMessage, AnswerWriter, HttpVersion } from "./messages.ts";
import { readResponseHead } from "./response-head.ts";

/** Told by an answer on its way. */
export interface RelayListener {
  /** Bytes moved. */
  onAnswerActivity(): void;
  /** Exactly once; `whole` is false when the upstream's answer broke off. */
  onAnswered(whole: boolean): void;
}

/** What an answer has to know of its request. */
export interface AnsweredRequest {
  readonly requestId: string;
  readonly method: string;
  readonly version: HttpVersion;
}

/** Moves an answer from the upstream to the client, no faster than the client takes it. */
export class ResponseRelay implements AnswerListener {
  /** Of the body, as they came. */
  bytes = 0;
  readonly #from: AnswerMessage;
  readonly #to: AnswerWriter;
  readonly #listener: RelayListener;
  /** Bytes of the body until its end; negative where they are not what tells it. */
  #left = -1;
  #over = false;
  #awaitsDrain = false;

  constructor(from: AnswerMessage, to: AnswerWriter, listener: RelayListener) {
    this.#from = from;
    this.#to = to;
    this.#listener = listener;
  }

  /** Whether nothing is missing but what the upstream has not sent. */
  get isStarved(): boolean {
    return !this.#over && !this.#awaitsDrain && !this.#to.writableEnded;
  }

  /** The head of a 101 as it goes to the client. */
  static switchingHead(answer: AnswerMessage, requestId: string): string {
    const { fields } = readResponseHead(answer.rawHeaders, { status: 101, requestId, mayChunk: false });
    let head = `HTTP/1.1 101 ${answer.statusMessage || "Switching Protocols"}\r\n`;
    for (let at = 0; at < fields.length; at += 2) head += `${fields[at]}: ${fields[at + 1]}\r\n`;
    return `${head}Connection: Upgrade\r\nUpgrade: ${answer.upgrade ?? ""}\r\n\r\n`;
  }

  /**
   * Sends the head, with a route's edits and a cookie if there are any, and begins with the body. False, with nothing sent, when
   * the head cannot be.
   */
  begin(to: AnsweredRequest, edits: FieldEdits | undefined, cookie: string | undefined): boolean {
    const { requestId, method, version } = to;
    const from = this.#from;
    const status = from.statusCode;
    const bodiless = method === "HEAD" || status === 204 || status === 304;
    const mayChunk = version !== "1.0" && !bodiless;
    const { fields, contentLength } = readResponseHead(from.rawHeaders, { status, requestId, mayChunk });
    if (edits) editFields(edits, fields);
    if (cookie !== undefined) fields.push("Set-Cookie", cookie);
    try {
      this.#to.writeHead(status, from.statusMessage, fields);
    } catch {
      return false;
    }
    if (!bodiless && from.endsByLength) this.#left = contentLength;
    from.listen(this);
    return true;
  }

  /** Leaves the rest unread. */
  stop(): void {
    this.#over = true;
    this.#from.destroy();
  }

  onData(chunk: Buffer): void {
    if (this.#over) return;
    this.bytes += chunk.length;
    this.#listener.onAnswerActivity();
    if (this.#left > 0) {
      this.#left -= chunk.length;
      if (this.#left === 0) {
        // The last byte ends the answer in the same write; the upstream's `end` follows.
        this.#to.end(chunk);
        return;
      }
    }
    if (this.#to.write(chunk)) return;
    this.#from.pause();
    if (this.#awaitsDrain) return;
    this.#awaitsDrain = true;
    this.#to.once("drain", this.#onDrain);
  }

  /** A head whose body is still to come, as of an event stream, does not wait for it. */
  onPause(): void {
    if (!this.#over && !this.#to.writableEnded) this.#to.flushHeaders();
  }

  readonly #onDrain = (): void => {
    this.#awaitsDrain = false;
    this.#listener.onAnswerActivity();
    this.#from.resume();
  };

  onEnd(): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#to.writableEnded) {
      const trailers = trailersToSend(this.#from.rawTrailers);
      if (trailers.length > 0) this.#to.addTrailers(trailers);
      this.#to.end();
    }
    this.#listener.onAnswered(true);
  }

  onBroken(): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.onAnswered(this.#to.writableEnded);
  }
}
