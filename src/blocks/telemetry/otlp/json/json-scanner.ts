import { malformed, type OtlpError } from "../errors.ts";

const QUOTE = 34;
const BACKSLASH = 92;
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Levels of a value that is passed over. `JSON.parse` itself has no bound. */
const DEPTH_MAX = 128;

/**
 * Walks over JSON (RFC 8259) without parsing all of it, so that a long document can be read piece by piece: the outer objects and lists
 * are entered, what lies within is found by its brackets and given to `JSON.parse` by itself. Throws `MALFORMED_OTLP` where the
 * brackets do not match or the text ends too soon. Pure.
 */
export class JsonScanner {
  readonly bytes: Uint8Array;
  /** The next byte. */
  at: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    // A byte-order mark, which RFC 8259 lets a reader ignore.
    this.at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  }

  /** Enters an object; false, and past it, when the value is something else. */
  object(): boolean {
    return this.#enters(123);
  }

  /** Enters a list; false, and past it, when the value is something else. */
  list(): boolean {
    return this.#enters(91);
  }

  /** The next member's name, with the scanner before its value; undefined at the object's end, and past it. */
  member(): string | undefined {
    if (!this.#hasMore(125)) return undefined;
    if (this.bytes[this.at] !== QUOTE) throw malformed("a member has no name", this.at);
    const start = this.at;
    this.#string();
    const name = this.#nameOf(start);
    this.#space();
    if (this.bytes[this.at++] !== 58) throw malformed("a member has no value", this.at - 1);
    return name;
  }

  /** Whether an element follows, with the scanner before it; past the list's end otherwise. */
  element(): boolean {
    return this.#hasMore(93);
  }

  /** Past a value; where it began. */
  skip(): number {
    this.#space();
    const start = this.at;
    const { bytes } = this;
    let depth = 0;
    do {
      const byte = bytes[this.at];
      if (byte === undefined) throw malformed("the text ends too soon", this.at);
      if (byte === QUOTE) this.#string();
      else if (byte === 123 || byte === 91) {
        if (++depth > DEPTH_MAX) throw malformed(`more than ${DEPTH_MAX} levels`, this.at);
        this.at++;
      } else if (byte === 125 || byte === 93) {
        if (--depth < 0) throw malformed("a value is missing", this.at);
        this.at++;
      } else if (depth === 0) this.#word();
      else this.at++;
    } while (depth > 0);
    return start;
  }

  /** Parses a value by itself; undefined when it is none, or longer than `bytesMax`. The scanner is past it either way. */
  value(bytesMax: number): unknown {
    const start = this.skip();
    if (this.at - start > bytesMax) return undefined;
    try {
      return JSON.parse(DECODER.decode(this.bytes.subarray(start, this.at)));
    } catch {
      return undefined;
    }
  }

  /** What is wrong here. */
  problem(what: string): OtlpError {
    return malformed(what, this.at);
  }

  /** Nothing but space is left. */
  finish(): void {
    this.#space();
    if (this.at < this.bytes.length) throw malformed("more text follows the value", this.at);
  }

  #enters(bracket: number): boolean {
    this.#space();
    if (this.bytes[this.at] === bracket) {
      this.at++;
      return true;
    }
    this.skip();
    return false;
  }

  #hasMore(closing: number): boolean {
    this.#space();
    if (this.bytes[this.at] === 44) {
      this.at++;
      this.#space();
    }
    const byte = this.bytes[this.at];
    if (byte === undefined) throw malformed("the text ends too soon", this.at);
    if (byte !== closing) return true;
    this.at++;
    return false;
  }

  #space(): void {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.at];
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return;
      this.at++;
    }
  }

  #string(): void {
    const { bytes } = this;
    for (let at = this.at + 1; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) {
        this.at = at + 1;
        return;
      }
    }
    throw malformed("a string does not end", this.at);
  }

  /** A number, `true`, `false` or `null`, outside of anything. */
  #word(): void {
    const { bytes } = this;
    const start = this.at;
    for (; this.at < bytes.length; this.at++) {
      const byte = bytes[this.at] as number;
      const isPart = (byte | 32) >= 97 ? (byte | 32) <= 122 : byte >= 43 && byte <= 57 && byte !== 44;
      if (!isPart) break;
    }
    if (this.at === start) throw malformed("no value begins like this", start);
  }

  #nameOf(start: number): string {
    try {
      const name: unknown = JSON.parse(DECODER.decode(this.bytes.subarray(start, this.at)));
      if (typeof name === "string") return name;
    } catch {
      // Said below.
    }
    throw malformed("a member's name is no string", start);
  }
}
