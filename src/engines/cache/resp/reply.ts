/** The versions of the protocol that a client may choose with HELLO. */
export type ProtocolVersion = 2 | 3;

/**
 * The answers of one client, in order, until they are written: a byte string (one character per byte) that the runtime
 * joins without copying and the socket writes in one go.
 *
 * Types that RESP2 lacks become what Redis makes of them there: maps and sets arrays, doubles and verbatim text bulk
 * strings, booleans integers.
 */
export class Reply {
  protocol: ProtocolVersion = 2;
  /** What is to be written. */
  text = "";
  /** Set when an answer was longer than the limit: the client cannot be told the rest and has to go. */
  overflowed = false;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Everything so far, which is then forgotten. */
  take(): string {
    const text = this.text;
    this.text = "";
    return text;
  }

  /** `+OK` */
  ok(): void {
    this.text += "+OK\r\n";
  }

  /** A short text without line breaks. */
  simple(text: string): void {
    this.text += `+${text}\r\n`;
  }

  /** An error, its first word being its kind (`ERR`, `WRONGPASS`). Line breaks in it become blanks. */
  error(message: string): void {
    this.text += `-${message.replace(/[\r\n]/g, " ")}\r\n`;
  }

  integer(value: number | bigint): void {
    this.text += `:${value}\r\n`;
  }

  /** A byte string. */
  bulk(value: string): void {
    if (this.text.length + value.length > this.#bytesMax) {
      this.overflowed = true;
      return;
    }
    this.text += `$${value.length}\r\n`;
    this.text += value;
    this.text += "\r\n";
  }

  /** The absence of a value. */
  null(): void {
    this.text += this.protocol === 3 ? "_\r\n" : "$-1\r\n";
  }

  /** The absence of an array. */
  nullArray(): void {
    this.text += this.protocol === 3 ? "_\r\n" : "*-1\r\n";
  }

  /** The head of an array: `count` answers must follow. */
  array(count: number): void {
    this.text += `*${count}\r\n`;
  }

  /** The head of a map: `pairs` times a key and a value must follow. */
  map(pairs: number): void {
    this.text += this.protocol === 3 ? `%${pairs}\r\n` : `*${pairs * 2}\r\n`;
  }

  /** The head of a set: `count` answers must follow. */
  set(count: number): void {
    this.text += this.protocol === 3 ? `~${count}\r\n` : `*${count}\r\n`;
  }

  /** Text for people. */
  verbatim(value: string): void {
    if (this.protocol === 2) this.bulk(value);
    else this.text += `=${value.length + 4}\r\ntxt:${value}\r\n`;
  }

  /** An array of byte strings. */
  bulks(values: readonly string[]): void {
    this.array(values.length);
    for (const value of values) this.bulk(value);
  }
}
