import { ChunkedDecoder } from "./chunked.ts";
import { readFieldLines } from "./field-lines.ts";
import type { HeadBounds } from "./head-bounds.ts";
import { headEnd, PartialHead } from "./partial-head.ts";
import { readRequestFraming } from "./request-framing.ts";
import { RequestLine, type RequestLineProblem } from "./request-line.ts";

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
  | RequestLineProblem
  /** Its line is longer than half of what a head may have. */
  | "line-too-long"
  /** Its head, or its trailers, are larger than the bound. */
  | "head-too-large"
  /** Its head has more fields than the bound. */
  | "too-many-fields"
  /** Its chunk extensions are larger than anybody needs. */
  | "extensions-too-large";

type State = "head" | "length" | "chunked" | "ended" | "closed" | "failed";

const CR = 0x0d;
const LF = 0x0a;
/** A request's line may have one in so many of the bytes that a head may. */
const LINE_SHARE = 2;
/** Empty lines before one request. With no bound, a client that sends nothing else would hold its connection for good. */
const EMPTY_LINES_MAX = 4;
const NOTHING: Buffer = Buffer.alloc(0);
const NO_FIELDS: readonly string[] = Object.freeze([]);

/**
 *     HTTP-message   = request-line *( field-line CRLF ) CRLF [ message-body ]      (RFC 9112, sections 2 to 6)
 *
 * Reads the requests of one connection, one after the other, strictly: what could be read in two ways is not read at all.
 *
 *     parser.feed(bytes);
 *     for (let event = parser.next(); event !== "more"; event = parser.next()) ...
 *
 * `piece` and `rest` share the memory of what was fed, which must stay as it is until `next` says `more`. A request whose body has
 * no bounds that are understood (a transfer coding other than `chunked`, CONNECT) is given out as one without a body, and nothing
 * is read behind it.
 */
export class RequestParser {
  head: RequestStart | undefined;
  piece: Buffer = NOTHING;
  trailers: readonly string[] = NO_FIELDS;
  problem: RequestProblem = "malformed";
  readonly #chunked = new ChunkedDecoder();
  readonly #line = new RequestLine();
  readonly #partial = new PartialHead();
  #bounds: HeadBounds;
  #state: State = "head";
  #bytes: Buffer = NOTHING;
  #at = 0;
  /** Empty lines since the last request. */
  #emptyLines = 0;
  /** Bytes of the body still to come, where their number is known. */
  #left = 0;

  constructor(bounds: HeadBounds) {
    this.#bounds = bounds;
  }

  /** Whether a part of a head has arrived, and the rest of it has not. */
  get isWithinHead(): boolean {
    return this.#partial.length > 0;
  }

  /** What was fed and has not been read: behind an upgrade, the first bytes of the other protocol. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  /** Hold for the heads that come next. */
  set bounds(bounds: HeadBounds) {
    this.#bounds = bounds;
  }

  /** Gives it the next bytes of the connection, all of those before having been read. */
  feed(bytes: Buffer): void {
    this.#bytes = this.#partial.join(bytes);
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
    const partial = this.#partial;
    // An empty line before a request is passed over, as old clients send one behind a body (RFC 9112, section 2.2).
    while (bytes[this.#at] === CR && bytes[this.#at + 1] === LF) {
      this.#at += 2;
      this.#emptyLines += 1;
      if (this.#emptyLines > EMPTY_LINES_MAX) return this.#fail("malformed");
    }
    const at = this.#at;
    const end = headEnd(bytes, Math.max(at, partial.searchFrom));
    if (end < 0) return this.#holdHead(at);
    partial.drop();
    this.#emptyLines = 0;
    this.#at = end + 4;
    if (this.#at - at > this.#bounds.headerBytes) {
      return this.#fail(this.#isLineTooLong(bytes.subarray(at)) ? "line-too-long" : "head-too-large");
    }
    return this.#readLines(bytes.toString("latin1", at, end + 2));
  }

  /** Keeps the beginning of a head until the rest is here, if it can become one. */
  #holdHead(at: number): RequestEvent {
    const partial = this.#partial;
    if (!partial.hold(this.#bytes, at)) return this.#fail("malformed");
    if (this.#isLineTooLong(partial.held)) return this.#fail("line-too-long");
    if (partial.length > this.#bounds.headerBytes) return this.#fail("head-too-large");
    this.#forget();
    return "more";
  }

  /** Whether the line of a head is over its bound, though its end may not be here. */
  #isLineTooLong(head: Buffer): boolean {
    const lineBytes = this.#bounds.headerBytes / LINE_SHARE;
    if (head.length <= lineBytes) return false;
    const end = head.indexOf(LF);
    return end < 0 || end + 1 > lineBytes;
  }

  /** `text`: the request line and the field lines, each with its CRLF. */
  #readLines(text: string): RequestEvent {
    const line = this.#line;
    const { headerBytes, headerFields } = this.#bounds;
    const problem = line.read(text);
    if (line.end > headerBytes / LINE_SHARE) return this.#fail("line-too-long");
    if (problem) return this.#fail(problem);
    const fields: string[] = [];
    const areFields = readFieldLines(text, line.end, fields, headerFields);
    if (fields.length > 2 * headerFields) return this.#fail("too-many-fields");
    const framing = areFields ? readRequestFraming(fields, line.minor) : undefined;
    if (!framing) return this.#fail("malformed");

    const { method, minor } = line;
    if (framing.coding === "other" || method === "CONNECT") this.#state = "closed";
    else if (framing.coding === "chunked") {
      this.#state = "chunked";
      this.#chunked.begin(this.#bounds);
    } else {
      this.#left = Math.max(0, framing.length);
      this.#state = this.#left > 0 ? "length" : "ended";
    }
    this.trailers = NO_FIELDS;
    this.head = {
      method,
      target: line.target,
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
    const chunked = this.#chunked;
    this.#at = chunked.readAll(this.#bytes, this.#at);
    if (chunked.piece.length > 0) {
      this.piece = chunked.piece;
      return "body";
    }
    if (chunked.problem) {
      if (chunked.problem === "malformed") return this.#fail("malformed");
      return this.#fail(chunked.problem === "trailers" ? "head-too-large" : "extensions-too-large");
    }
    if (chunked.isDone) {
      this.trailers = chunked.trailers;
      this.#state = "head";
      return "end";
    }
    this.#forget();
    return "more";
  }

  #fail(problem: RequestProblem): RequestEvent {
    this.#state = "failed";
    this.problem = problem;
    this.#partial.drop();
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
