/** What a terminal of endless height would show after these writes: text, newlines, "up n lines" and "clear below". */
export function shownAfter(written: string, columns: number): string[] {
  const lines: string[] = [""];
  let row = 0;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: reads what a terminal reads
  for (const [piece] of written.matchAll(/\x1b\[[0-9;]*[A-Za-z]|[\s\S]/g)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: reads what a terminal reads
    const up = /^\x1b\[(\d+)A$/.exec(piece)?.[1];
    if (up !== undefined) row = Math.max(0, row - Number(up));
    else if (piece === "\x1b[J") {
      lines.length = row + 1;
      lines[row] = (lines[row] ?? "").slice(0, column);
    } else if (piece === "\r") column = 0;
    else if (piece === "\n") {
      row += 1;
      column = 0;
      lines[row] ??= "";
    } else if (!piece.startsWith("\x1b")) {
      if (column === columns) {
        row += 1;
        column = 0;
      }
      const line = (lines[row] ?? "").padEnd(column);
      lines[row] = line.slice(0, column) + piece + line.slice(column + 1);
      column += 1;
    }
  }
  return lines;
}
