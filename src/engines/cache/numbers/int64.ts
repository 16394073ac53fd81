/** A 64-bit signed integer: a number where that is exact, a bigint beyond. */
export type Int64 = number | bigint;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** Digits that a double holds exactly, whatever they are. */
const EXACT_DIGITS_MAX = 15;

/**
 * Reads the canonical decimal form of a 64-bit signed integer: no blanks, no plus sign, no leading zeros, no `-0`.
 * Undefined for everything else.
 */
export function parseInt64(text: string): Int64 | undefined {
  const negative = text.charCodeAt(0) === 45;
  const start = negative ? 1 : 0;
  const digits = text.length - start;
  if (digits < 1 || digits > 19) return undefined;
  let value = 0;
  for (let at = start; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (text.charCodeAt(start) === 48) return digits === 1 && !negative ? 0 : undefined;
  if (digits <= EXACT_DIGITS_MAX) return negative ? -value : value;
  return withinInt64(BigInt(text));
}

/** The sum, or undefined when it does not fit 64 bits. */
export function addInt64(left: Int64, right: Int64): Int64 | undefined {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return withinInt64(BigInt(left) + BigInt(right));
}

/** The product, or undefined when it does not fit 64 bits. */
export function multiplyInt64(left: Int64, right: Int64): Int64 | undefined {
  return withinInt64(BigInt(left) * BigInt(right));
}

/** The nearest whole number that a double holds exactly: for sizes and times, which never come near the ends. */
export function toSafeNumber(value: Int64): number {
  if (typeof value === "number") return value;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
}

function withinInt64(value: bigint): Int64 | undefined {
  if (value < INT64_MIN || value > INT64_MAX) return undefined;
  const exact = Number(value);
  return Number.isSafeInteger(exact) ? exact : value;
}
