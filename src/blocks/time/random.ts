/** Where chance comes from: a number in [0, 1). Whatever draws lots takes one, so that its tests repeat exactly. */
export type Random = () => number;

/** The runtime's own generator. Not for secrets: those come from `node:crypto`. */
export const systemRandom: Random = Math.random;

/**
 * A repeatable generator: equal seeds draw equal numbers (mulberry32, a 32-bit generator that passes gjrand's small
 * tests). `seed` is any integer.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
