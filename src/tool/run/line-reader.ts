/** No line is longer; the rest of one that is goes into lines of its own. */
export const LINE_BYTES_MAX = 16 * 1024;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Cuts a stream of bytes into lines of text, holding back at most one unfinished line. */
export class LineReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The lines that `chunk` completes. Bytes that are not UTF-8 become U+FFFD. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    for (;;) {
      const end = bytes.indexOf(NEWLINE);
      if (end >= 0 && end <= LINE_BYTES_MAX) {
        lines.push(textOf(bytes.subarray(0, end)));
        bytes = bytes.subarray(end + 1);
      } else if (bytes.length > LINE_BYTES_MAX) {
        const cut = characterStart(bytes, LINE_BYTES_MAX);
        lines.push(textOf(bytes.subarray(0, cut)));
        bytes = bytes.subarray(cut);
      } else {
        break;
      }
    }
    // A copy, or a short rest would keep the whole chunk in memory.
    this.#rest = Buffer.from(bytes);
    return lines;
  }

  /** The last line, when the stream ended without a newline. */
  end(): string[] {
    const last = this.#rest;
    this.#rest = Buffer.alloc(0);
    return last.length > 0 ? [textOf(last)] : [];
  }
}

/** The last place up to `at` where a UTF-8 character begins; `at` itself where the bytes are not UTF-8. */
function characterStart(bytes: Buffer, at: number): number {
  for (let start = at; start > at - 4; start--) {
    const isContinuation = ((bytes[start] ?? 0) & 0b1100_0000) === 0b1000_0000;
    if (!isContinuation) return start;
  }
  return at;
}

function textOf(line: Buffer): string {
  const end = line.length > 0 && line[line.length - 1] === CARRIAGE_RETURN ? line.length - 1 : line.length;
  return line.toString("utf8", 0, end);
}
