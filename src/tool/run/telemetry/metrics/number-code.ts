/**
 * Numbers as bytes, few for those that are common: counts and lengths of time are small whole numbers. Pure.
 *
 * A length is a varint: seven bits a byte, the lowest first, the top bit set while more follow. A number is a varint whose two
 * lowest bits say what it is:
 *
 *   n·4        a whole number from 0
 *   n·4 + 3    the whole number -n
 *   1          a 32-bit float follows (where that is exact, and for NaN)
 *   2          a 64-bit float follows
 */

const WHOLE = 0;
const FLOAT32 = 1;
const FLOAT64 = 2;
const NEGATIVE = 3;
/** A whole number up to here times four is still exact. */
const WHOLE_MAX = 2 ** 50;

/** Bytes that grow as they are written. */
export class ByteWriter {
  bytes = new Uint8Array(1_024);
  length = 0;
  #view = new DataView(this.bytes.buffer);

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    if (this.length + 8 > this.bytes.length) this.#grow();
    let rest = value;
    while (rest >= 0x8000_0000) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  byte(value: number): void {
    if (this.length + 1 > this.bytes.length) this.#grow();
    this.bytes[this.length++] = value;
  }

  /** A whole number below 2^24 in three bytes, the lowest first. */
  fixed3(value: number): void {
    this.byte(value & 255);
    this.byte((value >> 8) & 255);
    this.byte(value >> 16);
  }

  number(value: number): void {
    if (Number.isInteger(value) && value >= -WHOLE_MAX && value <= WHOLE_MAX) {
      this.varint(value >= 0 ? value * 4 + WHOLE : -value * 4 + NEGATIVE);
      return;
    }
    if (this.length + 9 > this.bytes.length) this.#grow();
    if (Math.fround(value) === value || Number.isNaN(value)) {
      this.bytes[this.length++] = FLOAT32;
      this.#view.setFloat32(this.length, value, true);
      this.length += 4;
    } else {
      this.bytes[this.length++] = FLOAT64;
      this.#view.setFloat64(this.length, value, true);
      this.length += 8;
    }
  }

  #grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

const floatBytes = new DataView(new ArrayBuffer(8));

/** Reads what a `ByteWriter` wrote. The bytes are the program's own: a reading beyond them is a fault of the program. */
export class ByteReader {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;

  varint(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at++] ?? 0;
    if (byte < 128) return byte;
    let value = byte & 127;
    let unit = 128;
    do {
      byte = bytes[this.at++] ?? 0;
      value += (byte & 127) * unit;
      unit *= 128;
    } while (byte >= 128);
    return value;
  }

  fixed3(): number {
    const bytes = this.bytes;
    return (bytes[this.at++] ?? 0) + 256 * (bytes[this.at++] ?? 0) + 65_536 * (bytes[this.at++] ?? 0);
  }

  number(): number {
    const tagged = this.varint();
    switch (tagged % 4) {
      case WHOLE:
        return tagged / 4;
      case NEGATIVE:
        return -(tagged - NEGATIVE) / 4;
      case FLOAT32:
        this.#copy(4);
        return floatBytes.getFloat32(0, true);
      default:
        this.#copy(8);
        return floatBytes.getFloat64(0, true);
    }
  }

  #copy(count: number): void {
    for (let index = 0; index < count; index++) floatBytes.setUint8(index, this.bytes[this.at++] ?? 0);
  }
}
