import { isTextCharacter, readFieldLines } from "./field-lines.ts";
import type { HeadBounds } from "./head-bounds.ts";

/**
 *     chunked-body = *chunk last-chunk trailer-section CRLF            (RFC 9112, section 7.1)
 *     chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
 *     last-chunk   = 1*"0" [ chunk-ext ] CRLF
 *
 * Where the decoder stands: what the next byte is part of.
 */
const SIZE_FIRST = 0;
const SIZE = 1;
const EXTENSION = 2;
const SIZE_LF = 3;
const DATA = 4;
const DATA_CR = 5;
const DATA_LF = 6;
const TRAILER_FIRST = 7;
const TRAILER = 8;
const LAST_LF = 9;
const DONE = 10;

const SEMICOLON = 0x3b;
const CR = 0x0d;
const LF = 0x0a;
/** Digits of a chunk's size: 2^48 bytes are more than anybody sends, and far from where numbers grow inexact. */
const SIZE_DIGITS = 12;
/** Of all extensions of one body together: nobody uses them but to keep a reader busy. */
const EXTENSION_BYTES = 16 * 1024;

const NOTHING: Buffer = Buffer.alloc(0);
const NO_BOUNDS: HeadBounds = { headerBytes: 0, headerFields: 0 };

/** What is wrong with a chunked body. */
export type ChunkProblem =
  /** It breaks the grammar. */
  | "malformed"
  /** Its chunk extensions are larger than anybody needs. */
  | "extensions"
  /** Its trailers are larger, or more, than the bound. */
  | "trailers";

/**
 * Takes a chunked body apart, slice by slice, however it was cut up. One decoder serves one message after the other:
 * `begin` makes it new.
 *
 *     let at = 0;
 *     while (at < bytes.length && !decoder.isDone && !decoder.problem) {
 *       at = decoder.read(bytes, at);
 *       if (decoder.end > decoder.start) take(bytes.subarray(decoder.start, decoder.end));
 *     }
 *     // What follows the body begins at `at`.
 */
export class ChunkedDecoder {
  /** Where the body's bytes begin that the last `read` came upon, and where they end; equal when there are none. */
  start = 0;
  end = 0;
  /** All of the body that the last `readAll` came upon. Of one chunk it shares the slice's memory. */
  piece: Buffer = NOTHING;
  problem: ChunkProblem | undefined;
  /** Names and values in turn, once the body is done. */
  trailers: string[] = [];
  #bounds: HeadBounds = NO_BOUNDS;
  #state = SIZE_FIRST;
  #size = 0;
  #digits = 0;
  #extensionBytes = 0;
  #trailerText = "";

  /** Whether the body and its trailers have been read to the end. */
  get isDone(): boolean {
    return this.#state === DONE;
  }

  /** Expects the first byte of a body, whose trailers may be as large, and as many, as a head's fields. */
  begin(bounds: HeadBounds): void {
    this.#bounds = bounds;
    this.start = 0;
    this.end = 0;
    this.problem = undefined;
    this.trailers = [];
    this.#state = SIZE_FIRST;
    this.#size = 0;
    this.#digits = 0;
    this.#extensionBytes = 0;
    this.#trailerText = "";
  }

  /**
   * Reads from `at` to the end of the message or of the slice; returns where that is. What is here of the body is one `piece`, however
   * small its chunks: to handle each by itself costs a hundred times what a chunk of one byte costs its sender.
   */
  readAll(bytes: Buffer, at: number): number {
    this.piece = NOTHING;
    let gathered: Buffer | undefined;
    let length = 0;
    while (at < bytes.length && this.#state !== DONE && this.problem === undefined) {
      at = this.read(bytes, at);
      if (this.end === this.start) continue;
      if (length === 0) this.piece = bytes.subarray(this.start, this.end);
      else {
        gathered ??= gatheringOf(this.piece, length + bytes.length - this.start);
        bytes.copy(gathered, length, this.start, this.end);
      }
      length += this.end - this.start;
    }
    if (gathered) this.piece = gathered.subarray(0, length);
    return at;
  }

  /** Reads from `at` to the end of the next bytes of the body, of the message, or of the slice; returns where that is. */
  read(bytes: Buffer, at: number): number {
    this.start = at;
    this.end = at;
    const { length } = bytes;
    while (at < length && this.problem === undefined) {
      switch (this.#state) {
        case DATA: {
          this.start = at;
          this.end = Math.min(length, at + this.#size);
          this.#size -= this.end - at;
          if (this.#size === 0) this.#state = DATA_CR;
          return this.end;
        }
        case TRAILER:
          at = this.#readTrailer(bytes, at);
          break;
        case DONE:
          return at;
        default:
          this.#readFraming(bytes[at] ?? 0);
          // The first byte of a trailer is read again, as a part of its line.
          if (this.#state !== TRAILER) at += 1;
      }
    }
    return at;
  }

  /** One byte of what stands around the data. */
  #readFraming(byte: number): void {
    switch (this.#state) {
      case SIZE_FIRST:
      case SIZE:
        this.#readSize(byte);
        return;
      case EXTENSION:
        if (byte === CR) this.#state = SIZE_LF;
        else if (!isTextCharacter(byte)) this.problem = "malformed";
        else if (++this.#extensionBytes > EXTENSION_BYTES) this.problem = "extensions";
        return;
      case SIZE_LF:
        this.#expect(byte, LF, this.#size === 0 ? TRAILER_FIRST : DATA);
        return;
      case DATA_CR:
        this.#expect(byte, CR, DATA_LF);
        return;
      case DATA_LF:
        this.#expect(byte, LF, SIZE_FIRST);
        return;
      case TRAILER_FIRST:
        this.#state = byte === CR ? LAST_LF : TRAILER;
        return;
      case LAST_LF:
        this.#expect(byte, LF, DONE);
        this.#takeTrailers();
        return;
    }
  }

  #readSize(byte: number): void {
    const digit = hexadecimal(byte);
    if (digit >= 0) {
      if (this.#state === SIZE_FIRST) {
        this.#state = SIZE;
        this.#size = 0;
        this.#digits = 0;
      }
      this.#size = this.#size * 16 + digit;
      if (++this.#digits > SIZE_DIGITS) this.problem = "malformed";
    } else if (this.#state === SIZE && byte === CR) this.#state = SIZE_LF;
    else if (this.#state === SIZE && byte === SEMICOLON) this.#state = EXTENSION;
    else this.problem = "malformed";
  }

  /** The rest of a trailer's line, as far as it is here; its grammar is looked at once all are. */
  #readTrailer(bytes: Buffer, at: number): number {
    const lineEnd = bytes.indexOf(LF, at);
    const end = lineEnd < 0 ? bytes.length : lineEnd + 1;
    if (this.#trailerText.length + end - at > this.#bounds.headerBytes) {
      this.problem = "trailers";
      return at;
    }
    this.#trailerText += bytes.toString("latin1", at, end);
    if (lineEnd >= 0) this.#state = TRAILER_FIRST;
    return end;
  }

  #takeTrailers(): void {
    const { headerFields } = this.#bounds;
    if (readFieldLines(this.#trailerText, 0, this.trailers, headerFields)) return;
    this.problem = this.trailers.length > 2 * headerFields ? "trailers" : "malformed";
  }

  #expect(byte: number, wanted: number, next: number): void {
    if (byte === wanted) this.#state = next;
    else this.problem = "malformed";
  }
}

/** Memory for so many bytes, the first of which are those of `piece`. */
function gatheringOf(piece: Buffer, sizeBytes: number): Buffer {
  const gathering = Buffer.allocUnsafe(sizeBytes);
  piece.copy(gathering);
  return gathering;
}

/** The value of a hexadecimal digit; -1 for any other byte. */
function hexadecimal(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
