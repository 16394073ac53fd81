/** One line of a dump of bytes. */
export interface HexLine {
  /** Where its first byte is, in hexadecimal digits. */
  readonly at: string;
  readonly bytes: string;
  /** ASCII, with a dot for what is not seen. */
  readonly text: string;
}

const PER_LINE = 16;

/** Lays hexadecimal digits out as the lines of a dump; `from` is where the first byte is. Pure. */
export function hexDump(digits: string, from = 0): HexLine[] {
  const lines: HexLine[] = [];
  for (let at = 0; at < digits.length; at += 2 * PER_LINE) {
    const pairs = digits.slice(at, at + 2 * PER_LINE).match(/../g) ?? [];
    lines.push({
      at: (from + at / 2).toString(16).padStart(8, "0"),
      bytes: pairs.join(" "),
      text: pairs.map(letterOf).join(""),
    });
  }
  return lines;
}

function letterOf(pair: string): string {
  const code = Number.parseInt(pair, 16);
  return code > 0x20 && code < 0x7f ? String.fromCharCode(code) : "·";
}
