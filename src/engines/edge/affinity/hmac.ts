import { hash } from "node:crypto";

/** Bytes that SHA-256 takes at a time. */
const BLOCK_BYTES = 64;

/** Messages up to here are hashed without a buffer being made for each. */
const SHORT_BYTES = 512;

/**
 * HMAC-SHA256 (RFC 2104) under one key. Made of two calls of the one-shot hash, since the runtime's own `createHmac`
 * takes ten times as long for short messages, and this runs for every request with a cookie.
 */
export class HmacSha256 {
  /** The inner key's block, and room for a message behind it. */
  readonly #inner = Buffer.alloc(BLOCK_BYTES + SHORT_BYTES);
  /** The outer key's block, and room for the inner hash. */
  readonly #outer = Buffer.alloc(BLOCK_BYTES + 32);

  constructor(key: Uint8Array) {
    const short = key.length > BLOCK_BYTES ? hash("sha256", key, "buffer") : key;
    for (let at = 0; at < BLOCK_BYTES; at++) {
      const byte = short[at] ?? 0;
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** The 32 bytes for a text in UTF-8, as 43 characters of base64url (RFC 4648, section 5). */
  of(text: string): string {
    // No character takes more than three bytes for each of its code units.
    const isShort = text.length * 3 <= SHORT_BYTES;
    const message = isShort
      ? this.#inner.subarray(0, BLOCK_BYTES + this.#inner.write(text, BLOCK_BYTES, "utf8"))
      : Buffer.concat([this.#inner.subarray(0, BLOCK_BYTES), Buffer.from(text, "utf8")]);
    // Strings, since a buffer made for a result costs several times the hash.
    this.#outer.write(hash("sha256", message, "binary"), BLOCK_BYTES, "latin1");
    return hash("sha256", this.#outer, "base64url");
  }
}
