import type { Socket } from "node:net";
import { cutConnection } from "../exchange/cut-connection.ts";
import type { AnswerWriter } from "../exchange/messages.ts";
import { lowerOf } from "../http/field-names.ts";
import type { StandingFields } from "./standing-fields.ts";

/** A part of a body up to this size is copied behind its head into one write; a larger one is written beside it. */
const COPIED_BYTES = 8 * 1024;
const NOTHING = Buffer.alloc(0);
/** What would end a line, or the head, before its time. */
const UNSENDABLE = /[\0\r\n]/;

/** What an answer has to know of the connection that it goes out on. */
export interface AnswerHost {
  readonly standing: StandingFields;
  /** All of it is with the operating system. Called once, before the answer's own `close`. */
  answerFinished(answer: ClientAnswer): void;
}

/** What of its request decides about an answer. */
export interface AnswerTo {
  readonly method: string;
  readonly httpVersion: string;
}

/**
 * The answer to one request: its framing (RFC 9112, sections 6 and 7), written to the client's connection with as few writes as
 * can be. Only one answer of a connection may be under way. Names its members as Node's own class does, of which it is the
 * part that the edge uses; each event has one listener at most.
 */
export class ClientAnswer implements AnswerWriter {
  shouldKeepAlive: boolean;
  headersSent = false;
  writableEnded = false;
  writableFinished = false;
  readonly #host: AnswerHost;
  readonly #socket: Socket;
  readonly #isHead: boolean;
  readonly #mayChunk: boolean;
  /** Decided upon, and not yet written. */
  #head = "";
  #chunked = false;
  #bodiless = false;
  #detached = false;
  #trailers: [string, string][] | undefined;
  #onClose: (() => void) | undefined;
  #onDrain: (() => void) | undefined;

  constructor(host: AnswerHost, socket: Socket, to: AnswerTo, keepAlive: boolean) {
    this.#host = host;
    this.#socket = socket;
    this.#isHead = to.method === "HEAD";
    this.#mayChunk = to.httpVersion === "1.1";
    this.shouldKeepAlive = keepAlive;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  /** Throws `RangeError` for a status that is none. Reason and fields must be free of line ends, as all are that a parser has read. */
  writeHead(status: number, reason: string | undefined, fields: string[]): this {
    if (!Number.isInteger(status) || status < 200 || status > 999)
      throw new RangeError(`${status} is not the status of an answer`);
    this.#bodiless = this.#isHead || status === 204 || status === 304;
    let head = `HTTP/1.1 ${status} ${reason ?? ""}\r\n`;
    let hasDate = false;
    let hasLength = false;
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const name = fields[at] ?? "";
      head += `${name}: ${fields[at + 1]}\r\n`;
      if (name.length === 4) hasDate ||= lowerOf(name) === "date";
      else if (name.length === 14) hasLength ||= lowerOf(name) === "content-length";
    }
    if (!hasDate) head += this.#host.standing.date;
    if (!hasLength && !this.#bodiless) {
      this.#chunked = this.#mayChunk;
      if (this.#chunked) head += "Transfer-Encoding: chunked\r\n";
      // To HTTP/1.0 the end of the connection is the end of the body.
      else this.shouldKeepAlive = false;
    }
    head += this.shouldKeepAlive ? this.#host.standing.keepAlive : "Connection: close\r\n";
    this.#head = `${head}\r\n`;
    this.headersSent = true;
    return this;
  }

  write(chunk: Buffer): boolean {
    if (this.#bodiless || chunk.length === 0) return true;
    return this.#sendPart(chunk, this.#chunked ? "\r\n" : "");
  }

  end(chunk: Buffer = NOTHING): this {
    if (this.writableEnded) return this;
    this.writableEnded = true;
    const last = this.#chunked ? this.#lastChunk() : "";
    if (!this.#bodiless && chunk.length > 0) this.#sendPart(chunk, this.#chunked ? `\r\n${last}` : last);
    else this.#send(last);
    if (!this.#isOpen) return this;
    // As a rule the operating system has taken all of it by now.
    if (this.#socket.writableLength === 0) this.#finish();
    else this.#socket.write(NOTHING, () => this.#finish());
    return this;
  }

  addTrailers(trailers: [string, string][]): void {
    this.#trailers = trailers;
  }

  flushHeaders(): void {
    this.#send("");
  }

  writeContinue(): void {
    if (this.#isOpen) this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n", "latin1");
  }

  /** Sends `103 Early Hints` (RFC 8297). Throws `TypeError` for a link that would break the head. */
  writeEarlyHints(hints: { link: string | string[] }): void {
    const link = typeof hints.link === "string" ? hints.link : hints.link.join(", ");
    if (UNSENDABLE.test(link)) throw new TypeError("a link holds a line end");
    if (this.#isOpen) this.#socket.write(`HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n\r\n`, "latin1");
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

  cut(): void {
    // Before HTTP/1.1 the end of the connection is the end of the answer: only a reset tells that it is not whole.
    if (this.#mayChunk) this.#socket.destroy();
    else cutConnection(this.#socket);
  }

  detachSocket(): void {
    this.#detached = true;
  }

  /** The connection has taken all that was written. */
  drained(): void {
    const listener = this.#onDrain;
    this.#onDrain = undefined;
    listener?.();
  }

  get #isOpen(): boolean {
    return !this.#detached && this.#socket.writable;
  }

  /** Sends a part of the body, behind the head if that is still here, and what follows it. */
  #sendPart(chunk: Buffer, behind: string): boolean {
    const head = this.#head;
    this.#head = "";
    const before = this.#chunked ? `${head}${chunk.length.toString(16)}\r\n` : head;
    const socket = this.#socket;
    if (!this.#isOpen) return true;
    if (chunk.length <= COPIED_BYTES) {
      socket.write(`${before}${chunk.toString("latin1")}${behind}`, "latin1");
    } else if (before === "" && behind === "") {
      socket.write(chunk);
    } else {
      socket.cork();
      if (before !== "") socket.write(before, "latin1");
      socket.write(chunk);
      if (behind !== "") socket.write(behind, "latin1");
      socket.uncork();
    }
    // What `write` returns does not know yet what the operating system has taken in the same turn.
    return socket.writableLength < socket.writableHighWaterMark;
  }

  /** Sends the head, if that is still here, and what follows it. */
  #send(behind: string): void {
    const text = this.#head + behind;
    this.#head = "";
    if (text !== "" && this.#isOpen) this.#socket.write(text, "latin1");
  }

  #lastChunk(): string {
    let text = "0\r\n";
    if (this.#trailers) for (const [name, value] of this.#trailers) text += `${name}: ${value}\r\n`;
    return `${text}\r\n`;
  }

  #finish(): void {
    if (this.writableFinished || this.#socket.destroyed) return;
    this.writableFinished = true;
    this.#host.answerFinished(this);
    const listener = this.#onClose;
    this.#onClose = undefined;
    listener?.();
  }
}
