import type { Random } from "../../../time/index.ts";

/**
 * Hashes strings to 64 bits under a secret: HalfSipHash-1-3 (Aumasson and Bernstein, 2012; the variant that Linux keeps its hash
 * tables with). Who does not know the secret cannot make keys collide, which a hash that is merely well mixed does not promise:
 * some pairs of strings collide in it under every seed.
 */
export class KeyHash {
  /** The hash of the last key, as two 32-bit integers. */
  low = 0;
  high = 0;
  readonly #key0: number;
  readonly #key1: number;

  /** Two draws of `random` are the secret. */
  constructor(random: Random) {
    this.#key0 = (random() * 4_294_967_296) | 0;
    this.#key1 = (random() * 4_294_967_296) | 0;
  }

  /** Hashes `key` into `low` and `high`. */
  of(key: string): void {
    if (!this.#hash(key, 0)) this.#hash(inBytes(key), 1);
  }

  /** Four characters of Latin 1 make a word; false, and no hash, for a key that has others. */
  #hash(key: string, kind: 0 | 1): boolean {
    const length = key.length;
    const whole = length & ~3;
    let units = 0;
    let v0 = this.#key0;
    let v1 = this.#key1;
    let v2 = 0x6c796765 ^ v0 ^ kind;
    let v3 = 0x74656462 ^ v1;
    // A round for each word, the last of which holds what is left and the length, and three more.
    for (let at = 0; at <= whole + 12; at += 4) {
      let word = 0;
      if (at < whole) {
        const first = key.charCodeAt(at);
        const second = key.charCodeAt(at + 1);
        const third = key.charCodeAt(at + 2);
        const fourth = key.charCodeAt(at + 3);
        units |= first | second | third | fourth;
        word = first | (second << 8) | (third << 16) | (fourth << 24);
      } else if (at === whole) {
        const first = length > whole ? key.charCodeAt(whole) : 0;
        const second = length > whole + 1 ? key.charCodeAt(whole + 1) : 0;
        const third = length > whole + 2 ? key.charCodeAt(whole + 2) : 0;
        units |= first | second | third;
        word = first | (second << 8) | (third << 16) | (length << 24);
      } else if (at === whole + 4) v2 ^= 0xee;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    this.low = v1 ^ v3;
    this.high = v0 ^ v2;
    return units <= 0xff;
  }
}

/** Each UTF-16 unit as two characters of Latin 1. Hashed as another kind, so that no key is taken for another's bytes. */
function inBytes(key: string): string {
  let bytes = "";
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at);
    bytes += String.fromCharCode(unit & 0xff, unit >>> 8);
  }
  return bytes;
}
