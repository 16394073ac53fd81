/** Text from anywhere as harmless pieces: what cannot be seen, or would lead the eye astray, is written out. Pure. */
export interface TextPiece {
  readonly text: string;
  /** `escape` stands for a character that is not shown itself; `match` is what was searched for. */
  readonly kind: "plain" | "escape" | "match";
}

/**
 * Controls (C0 without the tab, DEL, C1), marks that change the direction of what follows (Unicode Standard Annex 9), characters without a
 * width, separators of lines, tags (U+E0000 to U+E007F), and halves of pairs. Joiners stay: emoji and several scripts are written with them.
 */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\u001b": "\\e", "\0": "\\0" };

/** How such a character is written: `\n`, `\x07`, `\u202E`, `\u{E0041}`. */
export function escapeOf(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16).toUpperCase();
  if (code > 0xffff) return `\\u{${digits}}`;
  return code < 0x100 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/** The pieces of a text. `marked` are looked for in any case, in lower case; `keepsLines` leaves line breaks for a place that has lines. */
export function visiblePieces(
  text: string,
  marked: readonly string[] = [],
  { keepsLines = false }: { readonly keepsLines?: boolean } = {},
): TextPiece[] {
  const pieces: TextPiece[] = [];
  let at = 0;
  for (const found of text.matchAll(UNSEEN)) {
    if (keepsLines && found[0] === "\n") continue;
    addPlain(pieces, text.slice(at, found.index), marked);
    pieces.push({ text: escapeOf(found[0]), kind: "escape" });
    at = found.index + found[0].length;
  }
  addPlain(pieces, text.slice(at), marked);
  return pieces;
}

function addPlain(pieces: TextPiece[], text: string, marked: readonly string[]): void {
  if (text === "") return;
  const lower = text.toLowerCase();
  // A few letters are longer in lower case: then places in the one are not places in the other.
  const words = lower.length === text.length ? marked.filter((word) => word !== "") : [];
  let at = 0;
  while (words.length > 0) {
    const next = nextMatch(lower, words, at);
    if (!next) break;
    if (next.from > at) pieces.push({ text: text.slice(at, next.from), kind: "plain" });
    pieces.push({ text: text.slice(next.from, next.to), kind: "match" });
    at = next.to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), kind: "plain" });
}

function nextMatch(
  lower: string,
  words: readonly string[],
  at: number,
): { from: number; to: number } | undefined {
  let best: { from: number; to: number } | undefined;
  for (const word of words) {
    const from = lower.indexOf(word, at);
    if (
      from < 0 ||
      (best && (from > best.from || (from === best.from && word.length <= best.to - best.from)))
    )
      continue;
    best = { from, to: from + word.length };
  }
  return best;
}

/** The beginning of a text that may be very long, never half a pair; and how many characters were left out. */
export function beginningOf(
  text: string,
  lengthMax: number,
): { readonly text: string; readonly leftOut: number } {
  if (text.length <= lengthMax) return { text, leftOut: 0 };
  const isHalf = /[\ud800-\udbff]/.test(text[lengthMax - 1] ?? "");
  const cut = text.slice(0, isHalf ? lengthMax - 1 : lengthMax);
  return { text: cut, leftOut: text.length - cut.length };
}
