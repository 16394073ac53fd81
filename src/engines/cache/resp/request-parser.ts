import type { CacheLimits } from "../options.ts";
import { flat } from "./flat.ts";
import { splitInline } from "./inline.ts";

/**
 * Requests of the Redis serialization protocol, versions 2 and 3 alike:
 *
 *     request   = multibulk / inline
 *     multibulk = "*" count CRLF count( "$" length CRLF length(OCTET) CRLF )
 *     inline    = words (LF / CRLF)
 *
 * A count of 0 or less is an empty request and is passed over. An element that is not a bulk string (a nested array, for
 * one) is refused, as in Redis.
 */
export type ParserState =
  /** `args` holds a whole request. */
  | "request"
  /** What has come so far is used up. */
  | "more"
  /** `problem` says why nothing of this client can be understood any more. */
  | "broken";

const CR = 13;
const LF = 10;
const ASTERISK = 42;
const DOLLAR = 36;
const MINUS = 45;
const DIGIT_ZERO = 48;
/** Digits and sign of a length: the longest number that Redis itself would send, with room. */
const LENGTH_LINE_BYTES_MAX = 32;
/** What an argument costs beside its bytes: a string's head and its place in the list. */
export const ARGUMENT_OVERHEAD_BYTES = 32;
/** The least that is set aside for a request that came in part. */
const ROOM_MIN = 64;

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Cuts a byte stream into requests, in whatever pieces it comes. Arguments are byte strings: each character is one byte
 * (Latin-1), so that keys and values are binary-safe, compact, and compared and hashed by the runtime.
 *
 * What a piece leaves over is copied once into a buffer that grows by doubling: memory follows what was received, never
 * what was announced, and a value that comes byte by byte costs linear time.
 */
export class RequestParser {
  /** The request found by the last `next()`; a new list each time. */
  args: string[] = [];
  /** Words for the client, when the state is `broken`. */
  problem = "";
  /** While true, the small bounds of a client without a password given are in force. */
  restricted = false;
  readonly #limits: CacheLimits;
  #buffer: Buffer = NOTHING;
  #start = 0;
  #end = 0;
  /** Whether `#buffer` is ours to write to, or a piece that was handed in. */
  #owned = false;
  #argsLeft = 0;
  #bulkBytes = -1;
  #requestBytes = 0;
  #broken = false;
  #length = 0;

  constructor(limits: CacheLimits) {
    this.#limits = limits;
  }

  /** Bytes received and not understood yet. */
  get pendingBytes(): number {
    return this.#end - this.#start;
  }

  /** Takes the next piece. It may be kept until `next()` has answered `more`. */
  push(chunk: Buffer): void {
    if (this.#start === this.#end) {
      this.#buffer = chunk;
      this.#start = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    this.#reserve(chunk.length);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /** Finds the next request in what was pushed. After `broken` it is `broken` for ever. */
  next(): ParserState {
    if (this.#broken) return "broken";
    for (;;) {
      if (this.#argsLeft === 0) {
        if (this.#start === this.#end) return this.#more();
        const state = this.#buffer[this.#start] === ASTERISK ? this.#multibulk() : this.#inline();
        if (state === "again") continue;
        if (state !== "arguments") return state;
      }
      while (this.#argsLeft > 0) {
        const state = this.#argument();
        if (state !== "request") return state;
      }
      return "request";
    }
  }

  #multibulk(): ParserState | "again" | "arguments" {
    const state = this.#lengthLine("too big mbulk count string", "invalid multibulk length");
    if (state !== "request") return state;
    const count = this.#length;
    if (count > this.#limits.requestArguments) return this.#refuse("invalid multibulk length");
    if (count <= 0) return "again";
    if (this.restricted && count > this.#limits.unauthenticatedArguments)
      return this.#refuse("unauthenticated multibulk length");
    this.args = [];
    this.#argsLeft = count;
    this.#requestBytes = 0;
    return "arguments";
  }

  #argument(): ParserState {
    if (this.#bulkBytes < 0) {
      if (this.#start === this.#end) return this.#more();
      const first = this.#buffer[this.#start] ?? 0;
      if (first !== DOLLAR) return this.#refuse(`expected '$', got '${String.fromCharCode(first)}'`);
      const state = this.#lengthLine("too big bulk count string", "invalid bulk length");
      if (state !== "request") return state;
      if (this.#length < 0 || this.#length > this.#limits.bulkBytes)
        return this.#refuse("invalid bulk length");
      if (this.restricted && this.#length > this.#limits.unauthenticatedBulkBytes)
        return this.#refuse("unauthenticated bulk length");
      this.#requestBytes += this.#length + ARGUMENT_OVERHEAD_BYTES;
      if (this.#requestBytes > this.#limits.requestBytes) return this.#refuse("request too large");
      this.#bulkBytes = this.#length;
    }
    const end = this.#start + this.#bulkBytes;
    if (end + 2 > this.#end) return this.#more();
    if (this.#buffer[end] !== CR || this.#buffer[end + 1] !== LF)
      return this.#refuse("expected CRLF after a bulk string");
    this.args.push(this.#buffer.toString("latin1", this.#start, end));
    this.#start = end + 2;
    this.#bulkBytes = -1;
    this.#argsLeft--;
    return "request";
  }

  /** Reads `<type byte><number>CRLF` into `#length`. The number is decimal, with nothing before or after it. */
  #lengthLine(tooLong: string, invalid: string): ParserState {
    const buffer = this.#buffer;
    let at = this.#start + 1;
    const negative = buffer[at] === MINUS && at < this.#end;
    if (negative) at++;
    const firstDigit = at;
    const until = Math.min(this.#end, this.#start + LENGTH_LINE_BYTES_MAX);
    let length = 0;
    for (; at < until; at++) {
      const byte = buffer[at] ?? 0;
      if (byte === CR) break;
      const digit = byte - DIGIT_ZERO;
      if (digit < 0 || digit > 9) return this.#refuse(invalid);
      length = length * 10 + digit;
    }
    if (at >= this.#start + LENGTH_LINE_BYTES_MAX) return this.#refuse(tooLong);
    if (at + 1 >= this.#end) return this.#more();
    const digits = at - firstDigit;
    const leadingZero = digits > 1 && buffer[firstDigit] === DIGIT_ZERO;
    if (digits === 0 || leadingZero || (negative && length === 0) || buffer[at + 1] !== LF)
      return this.#refuse(invalid);
    this.#length = negative ? -length : length;
    this.#start = at + 2;
    return "request";
  }

  #inline(): ParserState | "again" {
    const limit = this.restricted
      ? Math.min(this.#limits.inlineBytes, this.#limits.unauthenticatedBulkBytes)
      : this.#limits.inlineBytes;
    const end = this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + limit + 1)).indexOf(LF);
    if (end < 0) return this.pendingBytes > limit ? this.#refuse("too big inline request") : this.#more();
    const args = splitInline(this.#buffer.toString("latin1", this.#start, this.#start + end));
    this.#start += end + 1;
    if (!args) return this.#refuse("unbalanced quotes in request");
    if (args.length === 0) return "again";
    this.args = args.map(flat);
    return "request";
  }

  #refuse(problem: string): "broken" {
    this.#broken = true;
    this.problem = problem;
    this.args = [];
    this.#buffer = NOTHING;
    this.#start = this.#end = 0;
    return "broken";
  }

  /** Keeps a copy of the rest, so that a few bytes do not hold on to the large piece that they came in. */
  #more(): "more" {
    const rest = this.#end - this.#start;
    if (rest === 0) {
      this.#buffer = NOTHING;
      this.#start = this.#end = 0;
      this.#owned = false;
    } else if (!this.#owned) {
      this.#reserve(0);
    }
    return "more";
  }

  /** Makes `#buffer` our own, with room for `extra` bytes after the rest. */
  #reserve(extra: number): void {
    const rest = this.#end - this.#start;
    if (this.#owned && this.#end + extra <= this.#buffer.length) return;
    const needed = rest + extra;
    // In place only where that frees a good part, or moving the rest about would cost more than it saves.
    if (this.#owned && needed <= this.#buffer.length / 2) {
      this.#buffer.copy(this.#buffer, 0, this.#start, this.#end);
    } else {
      const grown = Buffer.allocUnsafeSlow(this.#roomFor(needed));
      this.#buffer.copy(grown, 0, this.#start, this.#end);
      this.#buffer = grown;
      this.#owned = true;
    }
    this.#start = 0;
    this.#end = rest;
  }

  /** Twice what is needed now, or just what the value under way will fill, whichever is less. */
  #roomFor(needed: number): number {
    const value = Math.max(needed, this.#bulkBytes + 2);
    return Math.max(ROOM_MIN, Math.min(needed * 2, value));
  }
}
