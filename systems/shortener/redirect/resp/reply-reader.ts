/** What a server answers to one command; an error is the server's own refusal, such as `ERR unknown command`. */
export type Reply = string | number | null | { readonly error: string };

/** The server sent what this client never asks for, or not RESP at all. */
export class ProtocolError extends Error {
  readonly code = "PROTOCOL";
}

/** The largest value that is taken; far above the longest URL. */
const BULK_BYTES_MAX = 1024 * 1024;
const CR = 0x0d;

/**
 * Reads the replies of RESP2 out of the pieces in which they arrive (https://valkey.io/topics/protocol/).
 *
 *     reply   = simple / error / integer / bulk
 *     simple  = "+" line        error = "-" line
 *     integer = ":" number      bulk  = "$" length CRLF bytes CRLF / "$-1" CRLF
 *
 * Arrays are refused: no command that is used here answers with one.
 */
export class ReplyReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Takes the next piece and tells of each reply that is whole. @throws ProtocolError */
  push(piece: Buffer, onReply: (reply: Reply) => void): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let start = 0;
    while (start < bytes.length) {
      const lineEnd = endOfLine(bytes, start);
      if (lineEnd < 0) break;
      const line = bytes.toString("latin1", start + 1, lineEnd);
      const afterLine = lineEnd + 2;
      if (bytes[start] !== 0x24 /* $ */) {
        onReply(shortReply(bytes[start], line));
        start = afterLine;
        continue;
      }
      const length = lengthIn(line);
      if (length < 0) {
        onReply(null);
        start = afterLine;
        continue;
      }
      const end = afterLine + length;
      if (bytes.length < end + 2) break;
      onReply(bytes.toString("utf8", afterLine, end));
      start = end + 2;
    }
    this.#rest = bytes.subarray(start);
  }
}

function shortReply(type: number | undefined, line: string): Reply {
  if (type === 0x2b /* + */) return line;
  if (type === 0x2d /* - */) return { error: line };
  if (type === 0x3a /* : */ && /^[+-]?\d{1,16}$/.test(line)) return Number(line);
  throw new ProtocolError("the cache sent a reply that no command asked for");
}

function lengthIn(line: string): number {
  if (line === "-1") return -1;
  const length = /^\d{1,7}$/.test(line) ? Number(line) : Number.NaN;
  if (length <= BULK_BYTES_MAX) return length;
  throw new ProtocolError("the cache sent a value of no sane length");
}

/** Where the CRLF of the line at `start` is, or -1 when it has not arrived. */
function endOfLine(bytes: Buffer, start: number): number {
  const at = bytes.indexOf(CR, start + 1);
  if (at < 0 || at + 1 >= bytes.length) {
    if (bytes.length - start > 4096 && bytes[start] !== 0x24)
      throw new ProtocolError("the cache sent a line without end");
    return -1;
  }
  if (bytes[at + 1] !== 0x0a) throw new ProtocolError("the cache sent a line that does not end in CRLF");
  return at;
}
