const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The value of each ASCII character as a digit, or -1. */
const VALUES = new Int8Array(128).fill(-1);
for (let digit = 0; digit < ALPHABET.length; digit++) VALUES[ALPHABET.charCodeAt(digit)] = digit;

/**
 * Writes `value` in base 62 with the digits `0-9A-Za-z`, padded with zeros to `width` characters (default 1), so that
 * texts of one width sort as their numbers do.
 *
 * @throws RangeError when `value` is not a whole number from 0 to 2^53 - 1, or needs more than `width` characters while a
 * width is given.
 */
export function encodeBase62(value: number, width?: number): string {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`base 62 writes whole numbers from 0 to 2^53 - 1, not ${value}`);
  }
  let text = "";
  let rest = value;
  do {
    const digit = rest % 62;
    text = ALPHABET.charAt(digit) + text;
    rest = (rest - digit) / 62;
  } while (rest > 0);
  if (width === undefined) return text;
  if (text.length > width) throw new RangeError(`${value} needs more than ${width} base-62 characters`);
  return text.padStart(width, "0");
}

/**
 * Reads what `encodeBase62` writes, leading zeros included. `undefined` for anything else: an empty text, a character
 * outside `0-9A-Za-z`, a number above 2^53 - 1.
 */
export function decodeBase62(text: string): number | undefined {
  if (text.length === 0) return undefined;
  let value = 0;
  for (let index = 0; index < text.length; index++) {
    const digit = VALUES[text.charCodeAt(index)] ?? -1;
    if (digit < 0) return undefined;
    value = value * 62 + digit;
    if (value > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return value;
}
