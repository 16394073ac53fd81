import { KeyHash } from "../../../blocks/flow/rate-limit/keys/key-hash.ts";
import { seededRandom } from "../../../blocks/time/index.ts";

/**
 * Whoever balances by a key has to hash it alike: every worker, every edge beside it, and every release. The seed is
 * therefore fixed and no secret; who wants to crowd one member can find keys for it, as with any hash that is shared.
 * Against that, consistent hashing has its bound.
 */
const SEED = 2016;

const HASH = new KeyHash(seededRandom(SEED));

/**
 * The hash of a text: 32 bits, unsigned, the same in every process. Pure, and free of allocation for texts of Latin
 * 1.
 */
export function stableHash(text: string): number {
  HASH.of(text);
  return HASH.low >>> 0;
}

/** 32 more bits of a text, independent of the first. */
export function secondStableHash(text: string): number {
  HASH.of(text);
  return HASH.high >>> 0;
}

/**
 * Mixes 32 bits one to one so that each depends on all (the finalizer of MurmurHash3, by Austin Appleby). Unsigned.
 */
export function mixed(bits: number): number {
  let mix = bits ^ (bits >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

/**
 * Keys for draws that have none: a walk by the golden ratio, which spreads over all 32 bits evenly from the first on.
 */
export class KeylessHashes {
  #last = 0;

  next(): number {
    this.#last = (this.#last + 0x9e3779b9) >>> 0;
    return this.#last;
  }
}
