import { constants, type ServerHttp2Stream } from "node:http2";
import type { AnswerWriter } from "../exchange/messages.ts";
import { isConnectionField, isFieldValue } from "./field-grammar.ts";
import { cutStream } from "./stream-cut.ts";

/** The highest status that Node sends over HTTP/2; what HTTP/1.1 takes beyond it is the standard's no more. */
const STATUS_MAX = 599;

/** What an answer has to know of the request, and whom it tells of its end. */
export interface StreamAnswerOptions {
  readonly stream: ServerHttp2Stream;
  readonly isHead: boolean;
  /** Whether trailers may follow a body of whatever length. */
  readonly isGrpc: boolean;
  /** A part of it has been taken. */
  readonly onProgress: () => void;
  /** All of it is out. Called once, before the answer's own `close`. */
  readonly onFinished: () => void;
}

/**
 * The answer on one stream. Names its members as Node's own class does, of which it is the part that the edge uses; each event has
 * one listener at most. The head waits for the first of the body, so that an answer without one ends with its head: clients of gRPC
 * tell by that whether the trailers are in it.
 */
export class StreamAnswer implements AnswerWriter {
  /** Of no meaning to a stream. */
  shouldKeepAlive = true;
  headersSent = false;
  writableEnded = false;
  writableFinished = false;
  readonly #options: StreamAnswerOptions;
  readonly #stream: ServerHttp2Stream;
  /** Decided upon, and not yet sent. Names and values in turn, `:status` first. */
  #head: string[] | undefined;
  #bodiless = false;
  #hasLength = false;
  /** Whether the end is told by trailers, be there any or not. */
  #trails = false;
  #trailers: [string, string][] | undefined;
  #awaitsDrain = false;
  #cut = false;
  #onClose: (() => void) | undefined;
  #onDrain: (() => void) | undefined;

  constructor(options: StreamAnswerOptions) {
    this.#options = options;
    this.#stream = options.stream;
  }

  get destroyed(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  /** Whether the edge has broken it off. */
  get wasCut(): boolean {
    return this.#cut;
  }

  /** Throws `RangeError` for a status that cannot be sent. Fields of a connection of HTTP/1.1 are left out. */
  writeHead(status: number, _reason: string | undefined, fields: string[]): this {
    if (!Number.isInteger(status) || status < 200 || status > STATUS_MAX)
      throw new RangeError(`${status} is not the status of an answer`);
    // Content is forbidden with 205 too (RFC 9110, section 15.3.6), and Node takes none.
    this.#bodiless = this.#options.isHead || status === 204 || status === 205 || status === 304;
    const head: string[] = [":status", String(status)];
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const name = (fields[at] ?? "").toLowerCase();
      if (name === "te" || isConnectionField(name)) continue;
      if (name === "content-length") {
        // Of a body that Node would not let follow; a client takes that for an answer that broke off.
        if (status === 204 || status === 205) continue;
        this.#hasLength = true;
      }
      head.push(name, fields[at + 1] ?? "");
    }
    this.#head = head;
    this.headersSent = true;
    return this;
  }

  write(chunk: Buffer): boolean {
    if (this.#bodiless || chunk.length === 0 || this.destroyed) return true;
    this.#sendHead(false);
    if (this.#stream.write(chunk)) return true;
    if (!this.#awaitsDrain) {
      this.#awaitsDrain = true;
      this.#stream.once("drain", this.#drained);
    }
    return false;
  }

  end(chunk?: Buffer): this {
    if (this.writableEnded) return this;
    this.writableEnded = true;
    if (this.destroyed) return this;
    const hasBody = !this.#bodiless && chunk !== undefined && chunk.length > 0;
    if (this.#head && !hasBody && (this.#bodiless || !this.#trailers)) {
      this.#sendHead(true);
      this.#finish();
      return this;
    }
    this.#sendHead(false);
    const stream = this.#stream;
    if (this.#trails) stream.once("wantTrailers", this.#sendTrailers);
    else stream.once("finish", this.#finish);
    if (hasBody) stream.end(chunk);
    else stream.end();
    return this;
  }

  addTrailers(trailers: [string, string][]): void {
    this.#trailers = trailers;
  }

  flushHeaders(): void {
    if (!this.destroyed) this.#sendHead(this.#bodiless);
  }

  writeContinue(): void {
    if (this.#mayInform) this.#stream.additionalHeaders({ ":status": 100 });
  }

  /** Sends `103 Early Hints` (RFC 8297). Throws `TypeError` for a link that is no field's value. */
  writeEarlyHints(hints: { link: string | string[] }): void {
    const link = typeof hints.link === "string" ? hints.link : hints.link.join(", ");
    if (!isFieldValue(link)) throw new TypeError("a link is not valid as a field");
    if (this.#mayInform) this.#stream.additionalHeaders({ ":status": 103, link });
  }

  once(event: "close" | "drain", listener: () => void): this {
    if (event === "close") this.#onClose = listener;
    else this.#onDrain = listener;
    return this;
  }

  off(_event: "close", listener: () => void): this {
    if (this.#onClose === listener) this.#onClose = undefined;
    return this;
  }

  /** Resets the stream: without error when the answer is out, and the client still sends what nobody reads. */
  cut(): void {
    this.#cut = true;
    const { NGHTTP2_NO_ERROR, NGHTTP2_INTERNAL_ERROR } = constants;
    cutStream(this.#stream, this.writableFinished ? NGHTTP2_NO_ERROR : NGHTTP2_INTERNAL_ERROR);
  }

  /**
   * The stream is closed. Of one whose request has ended before, that alone tells that the answer is out: Node takes the stream away as
   * soon as its last frame is sent, and such a stream never finishes.
   */
  streamClosed(): void {
    if (this.writableEnded && this.#stream.rstCode === constants.NGHTTP2_NO_ERROR) this.#finish();
  }

  /** A stream has no connection of its own to leave. */
  detachSocket(): void {}

  get #mayInform(): boolean {
    return !this.#stream.headersSent && !this.destroyed;
  }

  #sendHead(ends: boolean): void {
    const head = this.#head;
    if (!head) return;
    this.#head = undefined;
    if (ends || this.#bodiless) {
      this.#stream.respond(head, { endStream: true });
      return;
    }
    // Only what has no length of its own may have trailers in HTTP/1.1 too.
    this.#trails = !this.#hasLength || this.#options.isGrpc;
    if (this.#trails) this.#stream.respond(head, { waitForTrailers: true });
    else this.#stream.respond(head);
  }

  readonly #sendTrailers = (): void => {
    if (this.destroyed) return;
    const fields: Record<string, string | string[]> = Object.create(null);
    for (const [name, value] of this.#trailers ?? []) {
      const lower = name.toLowerCase();
      if (isConnectionField(lower) || lower === "te") continue;
      const before = fields[lower];
      if (before === undefined) fields[lower] = value;
      else fields[lower] = Array.isArray(before) ? [...before, value] : [before, value];
    }
    this.#stream.sendTrailers(fields);
    // Node sends them in a later turn; whoever resets the stream before that would lose them.
    setImmediate(this.#finish);
  };

  readonly #finish = (): void => {
    // A stream that is broken off finishes, for Node, as well.
    if (this.writableFinished || this.#cut || this.#stream.aborted) return;
    this.writableFinished = true;
    this.#options.onFinished();
    const listener = this.#onClose;
    this.#onClose = undefined;
    listener?.();
  };

  readonly #drained = (): void => {
    this.#awaitsDrain = false;
    this.#options.onProgress();
    const listener = this.#onDrain;
    this.#onDrain = undefined;
    listener?.();
  };
}
