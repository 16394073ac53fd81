/**
 * The names of fields that a proxy has to look at, in their usual spellings: strings that are there already, with their hash, so that
 * they need not be made, put into lower case and hashed again for each message. Pure, and the same for all: nothing that is read is
 * kept.
 */
const NAMES = [
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-request-id",
];

/** By the number of characters: a bit for each letter that such a name begins with. Nearly all other names are told apart by it. */
const LETTERS = new Uint32Array(64);
/** By the number of characters. */
const byLength: string[][] = Array.from({ length: 64 }, () => []);
/** From each spelling to the one in lower case. */
const LOWER = new Map<string, string>();

for (const name of NAMES) {
  const title = name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
  LETTERS[name.length] = (LETTERS[name.length] ?? 0) | bitOf(name.charCodeAt(0));
  for (const spelling of [title, name]) {
    // As keys of objects, strings are kept once.
    const [kept = spelling] = Object.keys({ [spelling]: true });
    byLength[name.length]?.push(kept);
    LOWER.set(kept, name);
  }
}

/** The name that stands in `text` from `start` to `end`, if it is one of those in a usual spelling; one character per byte. */
export function usualName(text: string, start: number, end: number): string | undefined {
  const length = end - start;
  if (((LETTERS[length] ?? 0) & bitOf(text.charCodeAt(start))) === 0) return undefined;
  for (const name of byLength[length] ?? []) if (text.startsWith(name, start)) return name;
  return undefined;
}

/** A field's name in lower case. */
export function lowerOf(name: string): string {
  return LOWER.get(name) ?? name.toLowerCase();
}

/** A letter's own of 26 bits, whatever its case; what is no letter shares another's. */
function bitOf(code: number): number {
  return 1 << (code & 0x1f);
}
