import type { Random } from "../../../time/index.ts";

/**
 * Hashes strings to 64 bits under a secret: HalfSipHash-1-3 (Aumasson and Bernstein, 2012; the variant that Linux keeps its hash
 * tables with) over pairs of UTF-16 units. Who does not know the secret cannot make keys collide, which a hash that is merely
 * well mixed does not promise: some pairs of strings collide in it under every seed.
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

  /** Hashes `key` into `low` and `high`. The rounds are written out, since this is most of what a decision costs. */
  of(key: string): void {
    const length = key.length;
    let v0 = this.#key0;
    let v1 = this.#key1;
    let v2 = 0x6c796765 ^ v0;
    let v3 = 0x74656462 ^ v1;
    // The length is in the last word, so that no key is another's beginning.
    for (let at = 0; at <= length; at += 2) {
      const word =
        at + 1 < length
          ? key.charCodeAt(at) | (key.charCodeAt(at + 1) << 16)
          : (at < length ? key.charCodeAt(at) : 0) | (length << 16);
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
    v2 ^= 0xee;
    for (let round = 0; round < 3; round++) {
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
    }
    this.low = v1 ^ v3;
    this.high = v0 ^ v2;
  }
}
