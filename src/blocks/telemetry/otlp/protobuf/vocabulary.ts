/** Strings that are longer are not kept: they rarely come twice. */
const WORD_BYTES_MAX = 40;
/** A power of two. */
const WORDS = 2_048;

/**
 * Strings that were read before. Telemetry says the same few thousand words over and over (names of attributes, routes, services): one
 * that is here already costs a comparison instead of a decoding, and all who keep it keep the same string. Each word has one place,
 * where a newer one replaces it, so that it never holds more than 2,048 strings of 40 bytes. Pure.
 */
export class Vocabulary {
  /** Made with the first word: a request that is only counted has none. */
  #words: string[] | undefined;

  /** The string that UTF-8 bytes say; what is no UTF-8 becomes U+FFFD. */
  word(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start;
    if (length === 0) return "";
    if (length > WORD_BYTES_MAX) return DECODER.decode(bytes.subarray(start, end));
    let hash = length;
    let all = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      hash = Math.imul(hash ^ byte, 0x01000193);
      all |= byte;
    }
    if (all > 127) return DECODER.decode(bytes.subarray(start, end));
    const place = (hash ^ (hash >>> 15)) & (WORDS - 1);
    this.#words ??= new Array<string>(WORDS).fill("");
    const known = this.#words[place] as string;
    if (known.length === length && isSame(known, bytes, start)) return known;
    const word = DECODER.decode(bytes.subarray(start, end));
    this.#words[place] = word;
    return word;
  }
}

function isSame(word: string, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < word.length; at++) if (word.charCodeAt(at) !== bytes[start + at]) return false;
  return true;
}

/** Without state between calls. A byte-order mark is a character like any other. */
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
