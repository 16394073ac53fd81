import { timingSafeEqual } from "node:crypto";
import { HmacSha256 } from "./hmac.ts";

/** Bytes, each a multiple of three, so that base64url has one way to write them. */
const TAG_BYTES = 9;
const TIME_BYTES = 6;
const SIGNATURE_BYTES = 18;

const TAG_END = (TAG_BYTES / 3) * 4;
const TIME_END = TAG_END + (TIME_BYTES / 3) * 4;

/** How long a value is: its characters are all of base64url. */
export const SIGNED_TAG_LENGTH = TIME_END + (SIGNATURE_BYTES / 3) * 4;

/**
 * Makes and reads the values of affinity's cookies:
 *
 * ```
 * value     = tag time signature        ; 44 characters of base64url (RFC 4648, section 5)
 * tag       = HMAC(secret, ["endpoint", upstream] id), its first 72 bits
 * time      = when it was made, in whole seconds since 1970, 48 bits
 * signature = HMAC(secret, ["cookie", upstream] tag time), its first 144 bits
 * ```
 *
 * The tag tells an endpoint from the others of its upstream and, without the secret, nothing about it. HMAC is HMAC-SHA256.
 */
export class SignedTags {
  readonly #hmac: HmacSha256;
  readonly #tagPrefix: string;
  readonly #signaturePrefix: string;

  constructor(secret: Uint8Array, upstream: string) {
    this.#hmac = new HmacSha256(secret);
    // JSON says where the name ends.
    this.#tagPrefix = JSON.stringify(["endpoint", upstream]);
    this.#signaturePrefix = JSON.stringify(["cookie", upstream]);
  }

  /** What stands for an endpoint. */
  tagOf(id: string): string {
    return this.#hmac.of(this.#tagPrefix + id).slice(0, TAG_END);
  }

  /** A value for a tag, made at `wallMs` (Unix milliseconds). */
  issue(tag: string, wallMs: number): string {
    const time = Buffer.alloc(TIME_BYTES);
    time.writeUIntBE(Math.floor(wallMs / 1_000), 0, TIME_BYTES);
    const signed = tag + time.toString("base64url");
    return signed + this.#signatureOf(signed);
  }

  /**
   * When a value was made, in Unix milliseconds; undefined for one that was not made with this secret, for this
   * upstream.
   */
  issuedMs(value: string): number | undefined {
    if (value.length !== SIGNED_TAG_LENGTH) return undefined;
    const given = Buffer.from(value.slice(TIME_END));
    const right = Buffer.from(this.#signatureOf(value.slice(0, TIME_END)));
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    return Buffer.from(value.slice(TAG_END, TIME_END), "base64url").readUIntBE(0, TIME_BYTES) * 1_000;
  }

  /** The tag within a value whose signature is right. */
  tagIn(value: string): string {
    return value.slice(0, TAG_END);
  }

  #signatureOf(signed: string): string {
    return this.#hmac.of(this.#signaturePrefix + signed).slice(0, SIGNED_TAG_LENGTH - TIME_END);
  }
}
