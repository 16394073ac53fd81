/** A piece of a text: to be shown as it is, or a character that would not be seen or would turn the text around, by its name. */
export interface LetterPiece {
  readonly text: string;
  readonly isHidden: boolean;
}

/** Controls other than tabs and ends of lines, format characters (bidirectional ones among them), halves of pairs and odd ends of lines. */
const HIDDEN = /[^\P{C}\t\n\r]|[\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;
/** A text of nothing else would become many times as long. */
const HIDDEN_MAX = 2_000;

/** Takes a text apart at the characters that could deceive whoever reads it: they are named as `U+202E`. Pure. */
export function hiddenLetters(text: string): LetterPiece[] {
  const pieces: LetterPiece[] = [];
  let from = 0;
  for (const { 0: letter, index } of text.matchAll(HIDDEN)) {
    if (pieces.length >= 2 * HIDDEN_MAX) break;
    if (index > from) pieces.push({ text: text.slice(from, index), isHidden: false });
    const code = letter.codePointAt(0) ?? 0;
    pieces.push({ text: `U+${code.toString(16).toUpperCase().padStart(4, "0")}`, isHidden: true });
    from = index + letter.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from), isHidden: false });
  return pieces;
}
