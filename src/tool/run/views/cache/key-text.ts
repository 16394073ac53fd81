/**
 * Keys are bytes, and JSON, addresses and pages hold text. A key is written as it reads where it is printable UTF-8; every other byte, and
 * those of characters that are not seen or that turn the direction of writing, as `\xHH`, and a backslash as `\\`. Pure.
 */

const BACKSLASH = 0x5c;
/** Characters that mean something in a pattern of `SCAN`. */
const GLOB = new Set([..."*?[]^-\\"].map((letter) => letter.charCodeAt(0)));

/** Writes a key as text. Every key has one such text, and no two share it. */
export function keyText(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at);
    const piece = Buffer.from(bytes.subarray(at, at + Math.max(1, length)));
    const letter = length > 0 ? piece.toString("utf8") : "";
    text += letter === "\\" ? "\\\\" : isSeen(letter) ? letter : hexOf(piece);
    at += piece.length;
  }
  return text;
}

/** Reads what `keyText` wrote. A backslash before anything else stands for itself. */
export function keyBytes(text: string): Buffer {
  return unescaped(text, (byte) => [byte], [BACKSLASH]);
}

/** Reads a pattern: as the server has it, except that `\xHH` is that byte and nothing else. */
export function patternBytes(text: string): Buffer {
  return unescaped(text, (byte) => (GLOB.has(byte) ? [BACKSLASH, byte] : [byte]), [BACKSLASH, BACKSLASH]);
}

function unescaped(
  text: string,
  ofHex: (byte: number) => readonly number[],
  ofPair: readonly number[],
): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { 0: found, 1: hex, index } of text.matchAll(/\\(?:x([0-9a-fA-F]{2})|\\)/g)) {
    pieces.push(Buffer.from(text.slice(from, index), "utf8"));
    pieces.push(Buffer.from(hex === undefined ? ofPair : ofHex(Number.parseInt(hex, 16))));
    from = index + found.length;
  }
  pieces.push(Buffer.from(text.slice(from), "utf8"));
  return Buffer.concat(pieces);
}

/** How many bytes the character there has; 0 when it is no UTF-8. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const piece = Buffer.from(bytes.subarray(at, at + length));
  // What a decoder would put in its place is longer or other than what stands there.
  return Buffer.from(piece.toString("utf8"), "utf8").equals(piece) ? length : 0;
}

/** Neither a control nor a format character, nor a separator of lines, nor one that nobody has defined. */
function isSeen(letter: string): boolean {
  return letter !== "" && !/^[\p{C}\p{Zl}\p{Zp}]$/u.test(letter);
}

function hexOf(piece: Uint8Array): string {
  return [...piece].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}
