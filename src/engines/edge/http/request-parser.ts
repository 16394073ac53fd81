import { ChunkedDecoder } from "./chunked.ts";
import { isTextCharacter, isTokenCharacter, readFieldLines } from "./field-lines.ts";
import { readRequestFraming } from "./request-framing.ts";

/** The head of a request. */
export interface RequestStart {
  readonly method: string;
  /** As it came: in origin form, or in any other. */
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** Names and values in turn. */
  readonly fields: string[];
  /** Whether a body follows, be it of unknown length. */
  readonly hasBody: boolean;
  /** Whether the client would have the connection kept for its next request. */
  readonly keepAlive: boolean;
  /** The protocol that it asks for by `Upgrade`, if any; `Connection` has to name the field too. */
  readonly upgrade: string | undefined;
}

/** What a parser has come upon. */
export type RequestEvent =
  /** Nothing yet: give it more. */
  | "more"
  /** The head of a request: `head`. */
  | "head"
  /** A part of the body: `piece`. */
  | "body"
  /** The request is whole; its trailers are in `trailers`. */
  | "end"
  /** These are not the bytes of an HTTP/1.1 request: `problem`. Nothing else follows. */
  | "failed";

/** What is wrong with a request. */
export type RequestProblem =
  /** It breaks the grammar, or could be read in two ways. */
  | "malformed"
  /** Its head, or its trailers, are larger than the bound. */
  | "head-too-large"
  /** Its chunk extensions are larger than anybody needs. */
  | "extensions-too-large";

type State = "head" | "length" | "chunked" | "ended" | "closed" | "failed";

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const DELETE = 0x7f;
const DIGIT_0 = 0x30;
const HEAD_END = "\r\n\r\n";
/** Empty lines before one request. With no bound, a client that sends nothing else would hold its connection for good. */
const EMPTY_LINES_MAX = 4;
const NOTHING: Buffer = Buffer.alloc(0);
const NO_FIELDS: readonly string[] = Object.freeze([]);

/**
 *     request-line   = method SP request-target SP HTTP-version CRLF      (RFC 9112, sections 2 to 6)
 *     HTTP-message   = request-line *( field-line CRLF ) CRLF [ message-body ]
 *
 * Reads the requests of one connection, one after the other, strictly: what could be read in two ways is not read at all.
 *
 *     parser.feed(bytes);
 *     for (let event = parser.next(); event !== "more"; event = parser.next()) ...
 *
 * `piece` and `rest` share the memory of what was fed, which must stay as it is until `next` says `more`. A request whose body has no bounds that are understood (a transfer
 * coding other than `chunked`, CONNECT) is given out as one without a body, and nothing is read behind it.
 */
export class RequestParser {
  head: RequestStart | undefined;
  piece: Buffer = NOTHING;
  trailers: readonly string[] = NO_FIELDS;
  problem: RequestProblem = "malformed";
  readonly #chunked: ChunkedDecoder;
  #headerBytes: number;
  #state: State = "head";
  #bytes: Buffer = NOTHING;
  #at = 0;
  /** The beginning of a head whose end has not come, and how much of it has been looked at. */
  #held: Buffer = NOTHING;
  #looked = 0;
  /** Empty lines since the last request. */
  #emptyLines = 0;
  /** Bytes of the body still to come, where their number is known. */
  #left = 0;

  /** `headerBytes`: how large a head, and a trailer section, may be. */
  constructor(headerBytes: number) {
    this.#headerBytes = headerBytes;
    this.#chunked = new ChunkedDecoder(headerBytes);
  }

  /** Whether a part of a head has arrived, and the rest of it has not. */
  get isWithinHead(): boolean {
    return this.#held.length > 0;
  }

  /** What was fed and has not been read: behind an upgrade, the first bytes of the other protocol. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  /** Holds for the heads that come next. */
  set headerBytes(headerBytes: number) {
    this.#headerBytes = headerBytes;
  }

  /** Gives it the next bytes of the connection, all of those before having been read. */
  feed(bytes: Buffer): void {
    this.#bytes = this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    this.#at = 0;
  }

  /** Reads on. */
  next(): RequestEvent {
    switch (this.#state) {
      case "head":
        return this.#readHead();
      case "length":
        return this.#readLength();
      case "chunked":
        return this.#readChunked();
      case "ended":
        this.#state = "head";
        return "end";
      case "closed":
        this.#forget();
        return "more";
      case "failed":
        return "failed";
    }
  }

  #readHead(): RequestEvent {
    const bytes = this.#bytes;
    // An empty line before a request is passed over, as old clients send one behind a body (RFC 9112, section 2.2).
    while (this.#looked <= 1 && bytes[this.#at] === CR && bytes[this.#at + 1] === LF) {
      this.#at += 2;
      this.#looked = 0;
      this.#emptyLines += 1;
      if (this.#emptyLines > EMPTY_LINES_MAX) return this.#fail("malformed");
    }
    const at = this.#at;
    const end = bytes.indexOf(HEAD_END, at + Math.max(0, this.#looked - 3), "latin1");
    if (end < 0) return this.#holdHead(at);
    this.#held = NOTHING;
    this.#looked = 0;
    this.#emptyLines = 0;
    this.#at = end + 4;
    if (this.#at - at > this.#headerBytes) return this.#fail("head-too-large");
    return this.#readLines(bytes.toString("latin1", at, end + 2));
  }

  /** Keeps the beginning of a head until the rest is here, if it can become one. */
  #holdHead(at: number): RequestEvent {
    const held = this.#bytes.subarray(at);
    if (!mayBecomeHead(held, this.#looked)) return this.#fail("malformed");
    if (held.length > this.#headerBytes) return this.#fail("head-too-large");
    // What was fed will be written over.
    this.#held = Buffer.from(held);
    this.#looked = held.length;
    this.#forget();
    return "more";
  }

  /** `text`: the request line and the field lines, each with its CRLF. */
  #readLines(text: string): RequestEvent {
    const methodEnd = tokenEnd(text);
    const targetEnd = visibleEnd(text, methodEnd + 1);
    if (methodEnd === 0 || text.charCodeAt(methodEnd) !== SPACE) return this.#fail("malformed");
    if (targetEnd === methodEnd + 1 || !text.startsWith(" HTTP/1.", targetEnd))
      return this.#fail("malformed");
    const minor = text.charCodeAt(targetEnd + 8) - DIGIT_0;
    const lineEnd = targetEnd + 9;
    if ((minor !== 0 && minor !== 1) || !text.startsWith("\r\n", lineEnd)) return this.#fail("malformed");
    const fields: string[] = [];
    if (!readFieldLines(text, lineEnd + 2, fields)) return this.#fail("malformed");
    const framing = readRequestFraming(fields);
    if (!framing) return this.#fail("malformed");

    const method = text.slice(0, methodEnd);
    if (framing.coding === "other" || method === "CONNECT") this.#state = "closed";
    else if (framing.coding === "chunked") {
      this.#state = "chunked";
      this.#chunked.begin(this.#headerBytes);
    } else {
      this.#left = Math.max(0, framing.length);
      this.#state = this.#left > 0 ? "length" : "ended";
    }
    this.trailers = NO_FIELDS;
    this.head = {
      method,
      target: text.slice(methodEnd + 1, targetEnd),
      version: minor === 1 ? "1.1" : "1.0",
      fields,
      hasBody: this.#state === "length" || this.#state === "chunked",
      keepAlive: !framing.closes && (framing.keepAlive || minor === 1) && this.#state !== "closed",
      upgrade: framing.asksUpgrade ? framing.upgrade : undefined,
    };
    return "head";
  }

  #readLength(): RequestEvent {
    const { length } = this.#bytes;
    if (this.#at >= length) {
      this.#forget();
      return "more";
    }
    const end = Math.min(length, this.#at + this.#left);
    this.piece = this.#bytes.subarray(this.#at, end);
    this.#left -= end - this.#at;
    this.#at = end;
    if (this.#left === 0) this.#state = "ended";
    return "body";
  }

  #readChunked(): RequestEvent {
    const decoder = this.#chunked;
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      this.#at = decoder.read(bytes, this.#at);
      if (decoder.problem) {
        if (decoder.problem === "malformed") return this.#fail("malformed");
        return this.#fail(decoder.problem === "trailers" ? "head-too-large" : "extensions-too-large");
      }
      if (decoder.end > decoder.start) {
        this.piece = bytes.subarray(decoder.start, decoder.end);
        return "body";
      }
      if (decoder.isDone) {
        this.trailers = decoder.trailers;
        this.#state = "head";
        return "end";
      }
    }
    this.#forget();
    return "more";
  }

  #fail(problem: RequestProblem): RequestEvent {
    this.#state = "failed";
    this.problem = problem;
    this.#held = NOTHING;
    this.#forget();
    return "failed";
  }

  /** Lets go of what was fed. */
  #forget(): void {
    this.#bytes = NOTHING;
    this.#at = 0;
    this.piece = NOTHING;
  }
}

/** Where the token ends that the text begins with. */
function tokenEnd(text: string): number {
  let at = 0;
  while (isTokenCharacter(text.charCodeAt(at))) at += 1;
  return at;
}

/** Where the first blank or control character stands. */
function visibleEnd(text: string, at: number): number {
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === DELETE) break;
  }
  return at;
}

/**
 * Whether these bytes can be the beginning of a head: who sends anything else would otherwise wait for its answer until the
 * head is overdue. The first `looked` bytes have been found good before.
 */
function mayBecomeHead(bytes: Buffer, looked: number): boolean {
  if (looked === 0) {
    const first = bytes[0] ?? 0;
    if (bytes.length > 0 && first !== CR && !isTokenCharacter(first)) return false;
  }
  for (let at = looked; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === LF) {
      if (bytes[at - 1] !== CR) return false;
    } else if (bytes[at - 1] === CR) return false;
    else if (byte !== CR && !isTextCharacter(byte)) return false;
  }
  return true;
}
