import { ChunkedDecoder } from "./chunked.ts";
import { isTextCharacter, readFieldLines } from "./field-lines.ts";
import type { HeadBounds } from "./head-bounds.ts";
import { headEnd, PartialHead } from "./partial-head.ts";
import { readResponseFraming } from "./response-framing.ts";

/** The head of an answer. */
export interface ResponseStart {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn. */
  readonly fields: readonly string[];
  /** The value of `Upgrade`. */
  readonly upgrade: string | undefined;
}

/** What a parser has come upon. */
export type ResponseEvent =
  /** Nothing: it has to be fed. */
  | "more"
  /** The head of an answer that comes before the answer (1xx, but not 101), in `head`. */
  | "interim"
  /** The answer's head, in `head`. */
  | "head"
  /** The protocol is another one from here on: its `head`, and behind it the `rest`. */
  | "switched"
  /** Bytes of the body, in `piece`. */
  | "body"
  /** The answer is whole; `trailers` came behind it. */
  | "end"
  /** This is no answer of HTTP/1.1. Nothing else follows. */
  | "failed";

type State = "head" | "counted" | "chunked" | "until-close" | "ended" | "idle" | "failed";

/** Answers before the answer: an upstream may send some, not keep everybody reading them for ever. */
const INTERIMS = 64;
const NOTHING = Buffer.alloc(0);
const NO_FIELDS: readonly string[] = Object.freeze([]);
const NO_BOUNDS: HeadBounds = { headerBytes: 0, headerFields: 0 };
const NO_HEAD: ResponseStart = Object.freeze({
  status: 0,
  reason: "",
  fields: NO_FIELDS,
  upgrade: undefined,
});

/**
 * Reads the answers that come over one connection, one request after the other (RFC 9112), and strictly: what could be read
 * in two ways is not read at all.
 *
 *     parser.begin("GET", { headerBytes: 16_384, headerFields: 100 });
 *     parser.feed(bytes);
 *     for (let event = parser.next(); event !== "more" && event !== "failed"; event = parser.next()) ...
 *
 * `piece` and `rest` share the memory of what was fed, which must stay as it is until `next` says `more`.
 */
export class ResponseParser {
  head: ResponseStart = NO_HEAD;
  piece: Buffer = NOTHING;
  trailers: readonly string[] = NO_FIELDS;
  /** Whether the connection may serve another request once this answer has ended. */
  persistent = false;
  /** How long the upstream says that it keeps an idle connection, in seconds; -1 when it does not say. */
  keepAliveSeconds = -1;
  readonly #chunked = new ChunkedDecoder();
  readonly #partial = new PartialHead();
  #state: State = "idle";
  #bytes: Buffer = NOTHING;
  #at = 0;
  #left = 0;
  #interims = 0;
  #bodiless = false;
  #bounds = NO_BOUNDS;

  /** Whether bytes were fed that belong to no answer. */
  get hasRest(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** What was fed and belongs to no answer. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  /** Expects the answer to a request with this method. The bounds are those of each head, and of all trailers. */
  begin(method: string, bounds: HeadBounds): void {
    this.#state = "head";
    this.#bodiless = method === "HEAD";
    this.#bounds = bounds;
    this.#interims = 0;
    this.trailers = NO_FIELDS;
  }

  /** Takes the connection's next bytes. Those before have been read: `next` has said `more`. */
  feed(bytes: Buffer): void {
    this.#bytes = this.#partial.join(bytes);
    this.#at = 0;
  }

  /** Lets go of the answer that has ended: nobody is to hold it while the connection waits for its next request. */
  forget(): void {
    this.head = NO_HEAD;
    this.trailers = NO_FIELDS;
    this.#more();
  }

  /** Hears that the connection has ended: true when that is how the answer under way ends. */
  finish(): boolean {
    if (this.#state !== "until-close") return false;
    this.#state = "idle";
    return true;
  }

  /** Reads on. */
  next(): ResponseEvent {
    switch (this.#state) {
      case "head":
        return this.#readHead();
      case "counted":
        return this.#readCounted();
      case "chunked":
        return this.#readChunked();
      case "until-close":
        return this.#take(this.#at, this.#bytes.length);
      case "ended":
        this.#state = "idle";
        return "end";
      case "idle":
        return "more";
      case "failed":
        return "failed";
    }
  }

  #readHead(): ResponseEvent {
    const bytes = this.#bytes;
    const at = this.#at;
    const partial = this.#partial;
    const end = headEnd(bytes, Math.max(at, partial.searchFrom));
    const length = (end < 0 ? bytes.length : end + 4) - at;
    if (length > this.#bounds.headerBytes) return this.#fail();
    if (end < 0) return partial.hold(bytes, at) ? this.#more() : this.#fail();
    partial.drop();
    this.#at = at + length;
    return this.#readLines(bytes.toString("latin1", at, end + 2));
  }

  /** `text`: the status line and the field lines, each with its CRLF. */
  #readLines(text: string): ResponseEvent {
    const status = statusOf(text);
    const reasonEnd = endOfReason(text);
    if (status < 100 || reasonEnd < 0) return this.#fail();
    const fields: string[] = [];
    if (!readFieldLines(text, reasonEnd + 2, fields, this.#bounds.headerFields)) return this.#fail();
    const framing = readResponseFraming(fields, text.charCodeAt(7) - 0x30);
    if (!framing) return this.#fail();
    this.head = { status, reason: text.slice(13, reasonEnd), fields, upgrade: framing.upgrade };
    if (status === 101) {
      // A switch that does not say to what is none (RFC 9110, section 15.2.2).
      if (framing.upgrade === undefined || !framing.upgrades) return this.#fail();
      this.#state = "idle";
      return "switched";
    }
    if (status < 200) {
      this.#interims += 1;
      return this.#interims > INTERIMS ? this.#fail() : "interim";
    }
    this.persistent = framing.persistent;
    this.keepAliveSeconds = framing.keepAliveSeconds;
    // A body that must not be there may follow all the same, and would be taken for the next answer.
    if (status === 204 && (framing.chunked || framing.length > 0)) this.persistent = false;
    if (this.#bodiless || status === 204 || status === 304 || framing.length === 0) this.#state = "ended";
    else if (framing.chunked) {
      this.#chunked.begin(this.#bounds);
      this.#state = "chunked";
    } else if (framing.length > 0) {
      this.#left = framing.length;
      this.#state = "counted";
    } else {
      this.persistent = false;
      this.#state = "until-close";
    }
    return "head";
  }

  #readCounted(): ResponseEvent {
    const end = Math.min(this.#bytes.length, this.#at + this.#left);
    this.#left -= end - this.#at;
    if (this.#left === 0) this.#state = "ended";
    return this.#take(this.#at, end);
  }

  #readChunked(): ResponseEvent {
    const chunked = this.#chunked;
    this.#at = chunked.readAll(this.#bytes, this.#at);
    if (chunked.piece.length > 0) {
      this.piece = chunked.piece;
      return "body";
    }
    if (chunked.problem) return this.#fail();
    if (!chunked.isDone) return this.#more();
    this.trailers = chunked.trailers;
    this.#state = "idle";
    return "end";
  }

  #take(start: number, end: number): ResponseEvent {
    if (start === end) return this.#more();
    this.piece = this.#bytes.subarray(start, end);
    this.#at = end;
    return "body";
  }

  #more(): ResponseEvent {
    this.#bytes = NOTHING;
    this.#at = 0;
    this.piece = NOTHING;
    return "more";
  }

  #fail(): ResponseEvent {
    this.#more();
    this.#partial.drop();
    this.#state = "failed";
    return "failed";
  }
}

/** The status of a line such as `HTTP/1.1 200 OK`; 0 when it is not such a line. */
function statusOf(text: string): number {
  if (!text.startsWith("HTTP/1.1 ") && !text.startsWith("HTTP/1.0 ")) return 0;
  let status = 0;
  for (let at = 9; at < 12; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return 0;
    status = status * 10 + digit;
  }
  return status;
}

/** Where the reason phrase ends, which may be left out, and the space before it too; -1 when there is rubbish in it. */
function endOfReason(text: string): number {
  let at = 12;
  if (text.charCodeAt(at) !== 0x0d && text.charCodeAt(at) !== 0x20) return -1;
  while (isTextCharacter(text.charCodeAt(at))) at += 1;
  return text.charCodeAt(at) === 0x0d && text.charCodeAt(at + 1) === 0x0a ? at : -1;
}
