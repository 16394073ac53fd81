/** Whether a connection opens with HTTP/2. Pure. */

/**
 *     PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n      (RFC 9113, section 3.4)
 *
 * To a parser of HTTP/1.1 it looks like a request of another version, whose head ends with the eighteenth byte: that many decide.
 * The six bytes behind them are checked by whoever serves HTTP/2.
 */
const PREFACE_HEAD = "PRI * HTTP/2.0\r\n\r\n";

/** Bytes that decide. */
const PREFACE_HEAD_BYTES = PREFACE_HEAD.length;

/**
 * Whether a connection's first bytes are the beginning of the preface, be it a part of it or all: `PRI` is no method of HTTP, so
 * that nothing else begins like it but `P`, `PR` (`PROPFIND`) and the empty connection.
 */
export function beginsHttp2(first: Uint8Array): boolean {
  const length = Math.min(first.length, PREFACE_HEAD_BYTES);
  for (let at = 0; at < length; at++) if (first[at] !== PREFACE_HEAD.charCodeAt(at)) return false;
  return true;
}

/** Whether a connection whose first bytes these are speaks HTTP/2 with prior knowledge. Fewer than the deciding bytes are not enough. */
export function opensHttp2(first: Uint8Array): boolean {
  return first.length >= PREFACE_HEAD_BYTES && beginsHttp2(first);
}
