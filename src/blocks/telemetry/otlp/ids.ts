/** Ids of traces and spans: bytes on the wire, lower-case hexadecimal here. Pure. */

const DIGITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** 16 digits of the eight bytes from `at`. The 16 arguments make one flat string: added up, it would be kept as a tree of pieces. */
export function hexOf8(bytes: Uint8Array, at: number): string {
  const a = bytes[at] as number;
  const b = bytes[at + 1] as number;
  const c = bytes[at + 2] as number;
  const d = bytes[at + 3] as number;
  const e = bytes[at + 4] as number;
  const f = bytes[at + 5] as number;
  const g = bytes[at + 6] as number;
  const h = bytes[at + 7] as number;
  return String.fromCharCode(
    DIGITS[a >> 4] as number,
    DIGITS[a & 15] as number,
    DIGITS[b >> 4] as number,
    DIGITS[b & 15] as number,
    DIGITS[c >> 4] as number,
    DIGITS[c & 15] as number,
    DIGITS[d >> 4] as number,
    DIGITS[d & 15] as number,
    DIGITS[e >> 4] as number,
    DIGITS[e & 15] as number,
    DIGITS[f >> 4] as number,
    DIGITS[f & 15] as number,
    DIGITS[g >> 4] as number,
    DIGITS[g & 15] as number,
    DIGITS[h >> 4] as number,
    DIGITS[h & 15] as number,
  );
}

const SCRATCH_DIGITS = 32;
const ASCII = new TextDecoder("latin1");

/** Reads ids one after the other, and gives the string that it gave last when the same id comes again, as within a trace. */
export class IdReader {
  readonly #digits = new Uint8Array(SCRATCH_DIGITS);
  readonly #lastTrace = new Uint8Array(16);
  #lastTraceId = "";

  /** 32 digits, or `""` when they are not 16 bytes or all 0. */
  traceId(bytes: Uint8Array, start: number, end: number): string {
    if (end - start !== 16) return "";
    if (this.#isLast(bytes, start)) return this.#lastTraceId;
    let all = 0;
    for (let at = 0; at < 16; at++) {
      const byte = bytes[start + at] as number;
      all |= byte;
      this.#lastTrace[at] = byte;
      this.#digits[2 * at] = DIGITS[byte >> 4] as number;
      this.#digits[2 * at + 1] = DIGITS[byte & 15] as number;
    }
    this.#lastTraceId = all === 0 ? "" : ASCII.decode(this.#digits);
    return this.#lastTraceId;
  }

  /** 16 digits, or `""` when they are not 8 bytes or all 0. */
  spanId(bytes: Uint8Array, start: number, end: number): string {
    if (end - start !== 8) return "";
    for (let at = start; at < end; at++) if (bytes[at] !== 0) return hexOf8(bytes, start);
    return "";
  }

  #isLast(bytes: Uint8Array, start: number): boolean {
    for (let at = 15; at >= 0; at--) if (bytes[start + at] !== this.#lastTrace[at]) return false;
    return this.#lastTraceId !== "";
  }
}

/** An id in hexadecimal of either case, as JSON carries it: in lower case, or `""` when it is none of `digits` digits or all 0. */
export function idOfText(value: unknown, digits: 16 | 32): string {
  if (typeof value !== "string" || value.length !== digits) return "";
  let all = 0;
  for (let at = 0; at < digits; at++) {
    const number = digitOf(value.charCodeAt(at));
    if (number < 0) return "";
    all |= number;
  }
  return all === 0 ? "" : value.toLowerCase();
}

/** The number that a hexadecimal digit stands for, -1 when it is none. */
export function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
