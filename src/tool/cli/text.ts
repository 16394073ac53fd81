import { stripVTControlCharacters } from "node:util";

// A colour sequence (SGR), the one kind of escape that cannot move the cursor, or any other: CSI, OSC, or two bytes long.
const ESCAPE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
  /(\x1b\[[0-9;:]*m)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to find
const CONTROL = /[\x00-\x1a\x1c-\x1f\x7f-\x9f]/g;

/**
 * Text that a process wrote, safe to show in a line of ours: whatever could move the cursor, clear the screen or name the
 * window is dropped; tabs become spaces; colours stay when `colour` is set, and are closed at the end.
 */
export function harmless(text: string, colour: boolean): string {
  let coloured = false;
  const kept = text
    .replace(ESCAPE, (_whole, sgr: string | undefined) => {
      if (!sgr || !colour) return "";
      coloured = true;
      return sgr;
    })
    .replace(/\t/g, "  ")
    .replace(CONTROL, "");
  return coloured ? `${kept}\x1b[0m` : kept;
}

/** How many columns a text takes, its colours aside: wide characters (CJK, emoji) take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += isWide(character) ? 2 : 1;
  return width;
}

/** Fills a text up with spaces. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Fills a text up with spaces on the left. */
export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Cuts a text to at most `width` columns; an ellipsis says that something is missing. Colours are kept and closed. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let taken = "";
  let left = Math.max(0, width - 1);
  let coloured = false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: splits at colour sequences
  for (const piece of text.split(/(\x1b\[[0-9;:]*m)/)) {
    if (piece.startsWith("\x1b[")) {
      taken += piece;
      coloured = true;
      continue;
    }
    for (const character of piece) {
      left -= isWide(character) ? 2 : 1;
      if (left < 0) return `${taken}…${coloured ? "\x1b[0m" : ""}`;
      taken += character;
    }
  }
  return taken;
}

const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function isWide(character: string): boolean {
  const point = character.codePointAt(0) ?? 0;
  return point >= 0x1100 && WIDE.some(([first, last]) => point >= first && point <= last);
}
