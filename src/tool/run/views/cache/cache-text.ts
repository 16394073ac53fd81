import type { CacheText } from "../../../control-api/index.ts";

/** Shows bytes as text where they are UTF-8 without control characters, tabs and ends of lines apart; else as hexadecimal digits. Pure. */
export function cacheText(bytes: Buffer, length: number = bytes.length): CacheText {
  const isCut = length > bytes.length;
  const text = textIn(isCut ? withoutBrokenEnd(bytes) : bytes);
  if (text !== undefined) return { text, form: "text", bytes: length, isCut };
  return { text: bytes.toString("hex"), form: "hex", bytes: length, isCut };
}

function textIn(bytes: Buffer): string | undefined {
  const text = bytes.toString("utf8");
  if (/[^\P{Cc}\t\n\r]/u.test(text)) return undefined;
  return Buffer.from(text, "utf8").equals(bytes) ? text : undefined;
}

/** A cut may have gone through a character: its first bytes are left out. */
function withoutBrokenEnd(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
