import type { Random } from "../../../../../blocks/time/random.ts";

/**
 * Independent sources of chance, one for each purpose, all from one seed: `streams.of("arrivals of front")` draws the same numbers however much
 * is drawn for other purposes, and in whatever order streams were asked for. So a change to one part does not shift the draws of
 * the others, and two runs that differ in one setting differ by that setting and not by luck (common random numbers: Law,
 * "Simulation Modeling and Analysis", section 11.2). For that, name streams by what draws, never by a running number, and draw
 * a request's needs when it arrives, not when it happens to be served.
 *
 * Each is a xoshiro128++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state hashed from seed
 * and name; of 2^128 states, two streams that overlap are out of the question. A draw is a multiple of 2^-53 in [0, 1). Pure.
 */
export class Streams {
  readonly #seed: number;

  /** `seed`: a whole number; all of its 53 bits count. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`seed has to be a whole number, not ${seed}`);
    this.#seed = seed;
  }

  /** The stream of that name, from its beginning. */
  of(name: string): Random {
    let hash = mixed((this.#seed | 0) ^ 0x9e37_79b9);
    hash = mixed(hash ^ Math.floor(this.#seed / 4_294_967_296));
    for (let at = 0; at < name.length; at++) hash = mixed(hash ^ name.charCodeAt(at));
    // Four words out of two that went different ways through the name, so that a coincidence of one is none of all.
    let other = mixed((this.#seed | 0) + 0x7f4a_7c15);
    for (let at = name.length - 1; at >= 0; at--) other = mixed(other + name.charCodeAt(at) + 1);
    return xoshiro128(hash, other, mixed(hash + 0x6a09_e667), mixed(other ^ 0xbb67_ae85));
  }

  /** Streams of a part's own: its names are apart from those of others. */
  within(name: string): Streams {
    const draw = this.of(`\u0000${name}`);
    return new Streams(Math.floor(draw() * Number.MAX_SAFE_INTEGER));
  }
}

/** Mixes the bits of 32 (the finalizer of MurmurHash3, which maps no two to one). */
function mixed(word: number): number {
  let bits = word;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return bits ^ (bits >>> 16);
}

/** The four words of its state: whole, of 32 bits. They must not all be 0. */
export function xoshiro128(first: number, second: number, third: number, fourth: number): Random {
  let a = first | 0;
  let b = second | 0;
  let c = third | 0;
  let d = fourth | 0;
  if ((a | b | c | d) === 0) a = 1;
  const next = (): number => {
    const sum = (a + d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + a) | 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return () => {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  };
}
