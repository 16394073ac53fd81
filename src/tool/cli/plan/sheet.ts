import type { Paint } from "../paint.ts";
import { cut, harmless, widthOf } from "../text.ts";

/** What a report is written on. */
export interface Sheet {
  readonly columns: number;
  readonly paint: Paint;
}

/** Wider lines are hard to read, however wide the terminal. */
const COLUMNS_MAX = 100;
const COLUMNS_MIN = 40;

/** The sheet of an output so wide. */
export function sheetOf(output: { readonly columns: number }, paint: Paint): Sheet {
  return { columns: Math.max(COLUMNS_MIN, Math.min(COLUMNS_MAX, output.columns)), paint };
}

/** A section: its title, its lines indented by two columns, and an empty line before. None where it has no lines. */
export function section(title: string, lines: readonly string[], { paint }: Sheet): string[] {
  return lines.length === 0
    ? []
    : ["", paint("bold", title), ...lines.map((line) => (line === "" ? "" : `  ${line}`))];
}

/** Lines of words that fit a width. A word that is longer has a line of its own, and is cut where the sheet ends. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** The lines as they may be written: nothing of a design or a file can move the cursor, and none is wider than the sheet. */
export function finished(lines: readonly string[], { columns }: Sheet, colour: boolean): string {
  return lines.map((line) => `${cut(harmless(line, colour), columns)}\n`).join("");
}
