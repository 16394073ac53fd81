import { digitOf } from "../ids.ts";

const FIRST_BYTES = 4_096;
const TWO_32 = 4_294_967_296;

/**
 * Writes a message of Protocol Buffers from its last byte to its first: the length of a nested message stands before it and is known only
 * when it is written, so that nothing has to be measured beforehand or moved afterwards. Whoever writes therefore names the fields from
 * the last to the first, and of a list the last element first. `mark` before a nested message's fields, `message` behind them.
 *
 * Fields that hold their default are left out by the caller where the protocol wants it. Pure.
 */
export class ProtobufWriter {
  #bytes = new Uint8Array(FIRST_BYTES);
  #view = new DataView(this.#bytes.buffer);
  /** The byte that was written last. */
  #at = FIRST_BYTES;

  /** What was written, as a copy of its own; the writer is empty again and keeps its memory. */
  finish(): Uint8Array {
    const bytes = this.#bytes.slice(this.#at);
    this.#at = this.#bytes.length;
    return bytes;
  }

  /** How much has been written. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  /** The end of a nested message that is about to be written. */
  mark(): number {
    return this.length;
  }

  /** Closes the message that ends at the mark: its length, then its tag. */
  message(field: number, mark: number): void {
    this.#varint(this.length - mark);
    this.#varint((field << 3) | 2);
  }

  string(field: number, text: string): void {
    const mark = this.length;
    this.#text(text);
    this.message(field, mark);
  }

  raw(field: number, bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#at -= bytes.length;
    this.#bytes.set(bytes, this.#at);
    this.#varint(bytes.length);
    this.#varint((field << 3) | 2);
  }

  /** Bytes that are written as hexadecimal digits here. */
  hex(field: number, digits: string): void {
    const count = digits.length >> 1;
    this.#reserve(count);
    let at = this.#at;
    for (let digit = 2 * count - 2; digit >= 0; digit -= 2) {
      this.#bytes[--at] = (digitOf(digits.charCodeAt(digit)) << 4) | digitOf(digits.charCodeAt(digit + 1));
    }
    this.#at = at;
    this.#varint(count);
    this.#varint((field << 3) | 2);
  }

  /** A whole number of at least 0. */
  unsigned(field: number, value: number): void {
    this.#varint(value);
    this.#varint(field << 3);
  }

  /** A whole number of either sign, as `int64` is written. */
  signed(field: number, value: number): void {
    if (value >= 0) this.#varint(value);
    else {
      const low = (value % TWO_32) >>> 0;
      this.#tenBytes(low, Math.floor(value / TWO_32) >>> 0);
    }
    this.#varint(field << 3);
  }

  /** A whole number of either sign, as `sint32` is written. */
  zigzag(field: number, value: number): void {
    this.unsigned(field, value >= 0 ? value * 2 : -value * 2 - 1);
  }

  bool(field: number, value: boolean): void {
    this.unsigned(field, value ? 1 : 0);
  }

  double(field: number, value: number): void {
    this.doubleElement(value);
    this.#varint((field << 3) | 1);
  }

  /** An element of a packed list. */
  doubleElement(value: number): void {
    this.#reserve(8);
    this.#at -= 8;
    this.#view.setFloat64(this.#at, value, true);
  }

  fixed64(field: number, value: number): void {
    this.fixed64Element(value);
    this.#varint((field << 3) | 1);
  }

  /** An element of a packed list: a whole number of at least 0. */
  fixed64Element(value: number): void {
    this.#eightBytes(value >>> 0, Math.floor(value / TWO_32));
  }

  /** An element of a packed list of varints. */
  varintElement(value: number): void {
    this.#varint(value);
  }

  /** Microseconds, as nanoseconds in eight bytes. What is no moment since the Unix epoch becomes 0. */
  timeUs(field: number, us: number): void {
    const whole = us > 0 ? Math.floor(us) : 0;
    const low = (whole >>> 0) * 1_000;
    this.#eightBytes(low >>> 0, Math.floor(whole / TWO_32) * 1_000 + Math.floor(low / TWO_32));
    this.#varint((field << 3) | 1);
  }

  #eightBytes(low: number, high: number): void {
    this.#reserve(8);
    this.#at -= 8;
    this.#view.setUint32(this.#at, low, true);
    this.#view.setUint32(this.#at + 4, high, true);
  }

  #varint(value: number): void {
    this.#reserve(10);
    if (value < 128) {
      this.#bytes[--this.#at] = value;
      return;
    }
    let length = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
    const start = this.#at - length;
    let rest = value;
    for (let at = start; at < this.#at - 1; at++) {
      this.#bytes[at] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at - 1] = rest;
    this.#at = start;
  }

  /** A varint of 64 bits whose highest is set. */
  #tenBytes(low: number, high: number): void {
    this.#reserve(10);
    this.#at -= 10;
    let lower = low;
    let upper = high;
    for (let at = this.#at; at < this.#at + 9; at++) {
      this.#bytes[at] = (lower & 127) | 128;
      lower = ((lower >>> 7) | (upper << 25)) >>> 0;
      upper >>>= 7;
    }
    this.#bytes[this.#at + 9] = lower;
  }

  /** UTF-8, from the last character to the first. Half of a pair becomes U+FFFD. */
  #text(text: string): void {
    this.#reserve(text.length * 3);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let index = text.length - 1; index >= 0; index--) {
      let code = text.charCodeAt(index);
      if (code < 0x80) {
        bytes[--at] = code;
        continue;
      }
      if (code >= 0xd800 && code <= 0xdfff) {
        const before = code >= 0xdc00 && index > 0 ? text.charCodeAt(index - 1) : 0;
        if (before >= 0xd800 && before <= 0xdbff) {
          code = 0x10000 + ((before - 0xd800) << 10) + (code - 0xdc00);
          index--;
        } else code = 0xfffd;
      }
      at = multibyte(bytes, at, code);
    }
    this.#at = at;
  }

  #reserve(count: number): void {
    if (this.#at >= count) return;
    const { length } = this.#bytes;
    let wanted = length * 2;
    while (wanted - length + this.#at < count) wanted *= 2;
    const grown = new Uint8Array(wanted);
    const at = wanted - length + this.#at;
    grown.set(this.#bytes.subarray(this.#at), at);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
    this.#at = at;
  }
}

/** Writes a character beyond ASCII so that it ends before `end`; where it begins. */
function multibyte(bytes: Uint8Array, end: number, code: number): number {
  let at = end;
  bytes[--at] = 0x80 | (code & 0x3f);
  if (code < 0x800) {
    bytes[--at] = 0xc0 | (code >> 6);
    return at;
  }
  bytes[--at] = 0x80 | ((code >> 6) & 0x3f);
  if (code < 0x10000) {
    bytes[--at] = 0xe0 | (code >> 12);
    return at;
  }
  bytes[--at] = 0x80 | ((code >> 12) & 0x3f);
  bytes[--at] = 0xf0 | (code >> 18);
  return at;
}
