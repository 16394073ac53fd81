const DIGIT_0 = 0x30;
/** Digits of a length: as many as a number holds exactly. */
const DIGITS_MAX = 15;

/**
 *     Content-Length = 1*DIGIT                                        (RFC 9110, section 8.6)
 *
 * The number that a `Content-Length` says; -1 when it says none, or more than can be counted exactly. A list of lengths is refused,
 * even of equal ones, which the RFC would let pass. Pure.
 */
export function readContentLength(value: string): number {
  const { length } = value;
  if (length === 0 || length > DIGITS_MAX) return -1;
  let bytes = 0;
  for (let at = 0; at < length; at++) {
    const digit = value.charCodeAt(at) - DIGIT_0;
    if (!(digit >= 0 && digit <= 9)) return -1;
    bytes = bytes * 10 + digit;
  }
  return bytes;
}

/** A valid length as it is sent on: without zeros before it, which somebody might take for the sign of an octal number. */
export function plainContentLength(value: string): string {
  return value.length > 1 && value.charCodeAt(0) === DIGIT_0 ? String(readContentLength(value)) : value;
}
