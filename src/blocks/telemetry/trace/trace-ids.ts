import type { Random } from "../../time/random.ts";

/** The characters of the sixteen digits. */
const DIGIT = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/**
 * Draws the ids of traces and spans: random in all bits, so that the trace's id serves whoever samples as its lot (level 2 of the
 * recommendation, `FLAG_RANDOM`). A generator of its own with 128 bits of state (sfc32, which passes PractRand and BigCrush), seeded
 * from `random`: two numbers a draw would cost more than the rest of a span. Pure; the ids are no secrets, and can be foretold.
 */
export class TraceIds {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(random: Random) {
    this.#a = bitsOf(random);
    this.#b = bitsOf(random);
    this.#c = bitsOf(random);
    // The first numbers of like seeds are alike.
    for (let round = 0; round < 12; round++) this.#next();
  }

  /** 32 hexadecimal digits, not all 0. */
  traceId(): string {
    const first = this.#next();
    const second = this.#next();
    const third = this.#next();
    // One bit, so that no id is all zeros; not among the last 56, which are lots.
    return text32(first | 1, second, third, this.#next());
  }

  /** 16 hexadecimal digits, not all 0. */
  spanId(): string {
    let first = this.#next();
    const second = this.#next();
    if (first === 0 && second === 0) first = 1;
    return text16(first, second);
  }

  #next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }
}

function bitsOf(random: Random): number {
  return (random() * 4_294_967_296) | 0;
}

/** The character of the digit at bits `shift` to `shift + 3`. */
function at(value: number, shift: number): number {
  return DIGIT[(value >>> shift) & 15] ?? 0;
}

// Made of their characters at once, the texts are flat: joined from pieces they would be put together again by whoever reads them.

// biome-ignore format: one digit after the other
function text16(a: number, b: number): string {
  return String.fromCharCode(
    at(a, 28), at(a, 24), at(a, 20), at(a, 16), at(a, 12), at(a, 8), at(a, 4), at(a, 0),
    at(b, 28), at(b, 24), at(b, 20), at(b, 16), at(b, 12), at(b, 8), at(b, 4), at(b, 0),
  );
}

// biome-ignore format: one digit after the other
function text32(a: number, b: number, c: number, d: number): string {
  return String.fromCharCode(
    at(a, 28), at(a, 24), at(a, 20), at(a, 16), at(a, 12), at(a, 8), at(a, 4), at(a, 0),
    at(b, 28), at(b, 24), at(b, 20), at(b, 16), at(b, 12), at(b, 8), at(b, 4), at(b, 0),
    at(c, 28), at(c, 24), at(c, 20), at(c, 16), at(c, 12), at(c, 8), at(c, 4), at(c, 0),
    at(d, 28), at(d, 24), at(d, 20), at(d, 16), at(d, 12), at(d, 8), at(d, 4), at(d, 0),
  );
}
