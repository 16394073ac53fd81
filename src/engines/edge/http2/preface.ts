/** Whether a connection opens with HTTP/2. Pure. */

/**
 *     PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n      (RFC 9113, section 3.4)
 *
 * To a parser of HTTP/1.1 it looks like a request of another version, whose head ends with the eighteenth byte: a parser that
 * refuses a connection's first head asks here, and one that accepts it has asked nothing. The six bytes behind it are checked by
 * whoever serves HTTP/2.
 */
const PREFACE_HEAD = "PRI * HTTP/2.0\r\n\r\n";

/** Bytes that decide. */
export const PREFACE_HEAD_BYTES: number = PREFACE_HEAD.length;

/** Whether these may be the first bytes of such a connection: any longer, they would have to decide. */
export function beginsHttp2(first: Uint8Array): boolean {
  const length = Math.min(first.length, PREFACE_HEAD_BYTES);
  // Requests whose first byte is another are by far the most.
  for (let at = 0; at < length; at++) if (first[at] !== PREFACE_HEAD.charCodeAt(at)) return false;
  return true;
}

/** Whether a connection whose first bytes these are speaks HTTP/2 with prior knowledge. Fewer than the deciding bytes are not enough. */
export function opensHttp2(first: Uint8Array): boolean {
  if (first.length < PREFACE_HEAD_BYTES) return false;
  for (let at = 0; at < PREFACE_HEAD_BYTES; at++) {
    if (first[at] !== PREFACE_HEAD.charCodeAt(at)) return false;
  }
  return true;
}
