const ESCAPE = 0x1b;
const BELL = 7;

/**
 * A line without the terminal's colours and links: control sequences (CSI) and operating system commands (OSC) of ECMA-48 are left
 * out. One that does not end takes the rest of the line along. Pure.
 */
export function withoutAnsi(line: string): string {
  let start = line.indexOf("\u001b");
  if (start < 0) return line;
  let plain = "";
  let from = 0;
  while (start >= 0) {
    plain += line.slice(from, start);
    from = endOfSequence(line, start + 1);
    start = line.indexOf("\u001b", from);
  }
  return plain + line.slice(from);
}

/** Where what follows the escape character ends. */
function endOfSequence(line: string, start: number): number {
  const kind = line[start];
  if (kind === "[") {
    for (let at = start + 1; at < line.length; at++) {
      const code = line.charCodeAt(at);
      if (code >= 0x40 && code <= 0x7e) return at + 1;
      // Nothing of a control sequence lies there: it was none.
      if (code < 0x20 || code > 0x7e) return at;
    }
    return line.length;
  }
  if (kind === "]") {
    for (let at = start + 1; at < line.length; at++) {
      const code = line.charCodeAt(at);
      if (code === BELL) return at + 1;
      if (code === ESCAPE) return line[at + 1] === "\\" ? at + 2 : at;
    }
    return line.length;
  }
  return Math.min(line.length, start + 1);
}
