import { malformed } from "../errors.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** How a field's value is written: the low three bits of its tag. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const TWO_32 = 4_294_967_296;

/**
 * Reads a message of Protocol Buffers (https://protobuf.dev/programming-guides/encoding/) field by field, without a copy. One reader
 * walks all nested messages: `enter` narrows `end` to a message within, `leave` widens it again. Whoever reads loops
 * `while (reader.at < reader.end)` over `tag()`, and calls `skip` for what it does not know.
 *
 * Throws `MALFORMED_OTLP` for whatever reaches beyond its message, a varint of more than ten bytes, a field of number 0, a group, or
 * a known field of another wire type. Pure.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  readonly vocabulary: Vocabulary;
  /** The next byte. */
  at: number;
  /** Behind the last byte of the message being read. */
  end: number;
  readonly #view: DataView;
  /** The two halves of the last varint that was long. */
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array, vocabulary: Vocabulary) {
    this.bytes = bytes;
    this.vocabulary = vocabulary;
    this.at = 0;
    this.end = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Number and wire type of the field that follows, as `number << 3 | type`. */
  tag(): number {
    const tag = this.varint();
    if (tag < 8 || tag >= TWO_32) throw malformed("no field has this tag", this.at);
    return tag;
  }

  /** A varint without sign. Beyond 2^53 its last digits are lost. */
  varint(): number {
    const { at } = this;
    if (at < this.end) {
      const first = this.bytes[at] as number;
      if (first < 128) {
        this.at = at + 1;
        return first;
      }
    }
    this.#halves();
    return this.#high * TWO_32 + this.#low;
  }

  /** A varint of an `int64` or `int32`: in two's complement. Beyond 2^53 its last digits are lost. */
  signed(): number {
    const { at } = this;
    if (at < this.end) {
      const first = this.bytes[at] as number;
      if (first < 128) {
        this.at = at + 1;
        return first;
      }
    }
    this.#halves();
    return (this.#high | 0) * TWO_32 + this.#low;
  }

  /** A varint of a `sint32`: small numbers of either sign are short. */
  zigzag(): number {
    const raw = this.varint();
    return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
  }

  /** Eight bytes without sign. Beyond 2^53 their last digits are lost. */
  fixed64(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true);
  }

  /** Eight bytes of an `sfixed64`. */
  signedFixed64(): number {
    const at = this.#take(8);
    return this.#view.getInt32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true);
  }

  /** Nanoseconds since the Unix epoch in eight bytes, as whole microseconds: exact, although the nanoseconds fit no double. */
  timeUs(): number {
    const at = this.#take(8);
    const low = this.#view.getUint32(at, true);
    const high = this.#view.getUint32(at + 4, true);
    // 2^32 ns are 4,294,967 microseconds and 296 ns.
    return high * 4_294_967 + Math.floor((high * 296 + low) / 1_000);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  string(): string {
    const length = this.#length();
    const start = this.at;
    this.at = start + length;
    return this.vocabulary.word(this.bytes, start, this.at);
  }

  /** A view, valid as long as the request's bytes are. */
  view(): Uint8Array {
    const length = this.#length();
    const start = this.at;
    this.at = start + length;
    return this.bytes.subarray(start, this.at);
  }

  /** Begins a nested message; what it returns belongs to `leave`. */
  enter(): number {
    const length = this.#length();
    const outer = this.end;
    this.end = this.at + length;
    return outer;
  }

  /** Ends it, at its end. */
  leave(outer: number): void {
    this.at = this.end;
    this.end = outer;
  }

  /** Goes past a field's value. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.varint();
        return;
      case WIRE.fixed64:
        this.#take(8);
        return;
      case WIRE.bytes: {
        // Not `+=`, which would look at the place before the length was read.
        const length = this.#length();
        this.at += length;
        return;
      }
      case WIRE.fixed32:
        this.#take(4);
        return;
      default:
        throw malformed(`wire type ${tag & 7} is not in use`, this.at);
    }
  }

  #length(): number {
    const length = this.varint();
    if (length > this.end - this.at) throw malformed("a field reaches beyond its message", this.at);
    return length;
  }

  #take(count: number): number {
    const { at } = this;
    if (count > this.end - at) throw malformed("the message ends within a field", at);
    this.at = at + count;
    return at;
  }

  #halves(): void {
    const { bytes, end } = this;
    let low = 0;
    let high = 0;
    let { at } = this;
    for (let shift = 0; at < end && shift < 70; shift += 7) {
      const byte = bytes[at++] as number;
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 60) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 128) {
        this.at = at;
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw malformed("a number does not end", this.at);
  }
}
