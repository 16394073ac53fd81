import { ChaCha20 } from "./chacha20.ts";

/** A one-to-one map of [0, size) onto itself. */
export interface Permutation {
  readonly size: number;
  /** Where `value` goes. @throws RangeError when it is not a whole number in [0, size). */
  apply(value: number): number;
  /** What `apply` takes there. @throws RangeError when it is not a whole number in [0, size). */
  invert(value: number): number;
}

/** As many as NIST's FF1 runs over the same shape of network (SP 800-38G). */
const ROUNDS = 10;

/** Above this, the product of the two halves could pass 2^53. */
const LARGEST_SIZE = 2 ** 52;

/**
 * Shuffles the numbers of [0, size) under a secret key: a counter goes in, and numbers come out that never repeat and that
 * nobody can order, continue or step between without the key.
 *
 * A Feistel network over two halves of mixed radix, a·b ≥ size with a and b as near the square root as can be (FE2 of
 * Bellare, Ristenpart, Rogaway and Stegers, "Format-preserving encryption", 2009), whose round function is ChaCha20; what
 * falls outside [0, size) goes through again ("cycle walking"; Black and Rogaway, 2002). As a·b exceeds `size` by less than
 * 2·√size + 1, walking is rare.
 *
 * `size` is a whole number from 1 to 2^52, `key` 32 secret bytes. Equal sizes and keys give equal permutations in every
 * release. Below a million or so values, whoever sees most of them can say something about the rest: that is the nature of
 * small domains, whatever the key.
 *
 * @throws RangeError when `size` or the key's length is not as said.
 */
export function keyedPermutation(options: { size: number; key: Uint8Array }): Permutation {
  const { size } = options;
  if (!Number.isSafeInteger(size) || size < 1 || size > LARGEST_SIZE) {
    throw new RangeError(`a permutation has from 1 to 2^52 values, not ${size}`);
  }
  const cipher = new ChaCha20(options.key);
  const leftRadix = Math.ceil(Math.sqrt(size));
  const rightRadix = Math.ceil(size / leftRadix);

  const round = (number: number, half: number, radix: number): number => {
    const words = cipher.block(half, [number, 0, 0]);
    const uniform = (words[0] ?? 0) * 2 ** 21 + ((words[1] ?? 0) >>> 11);
    return uniform % radix;
  };
  const forth = (value: number): number => {
    let right = value % rightRadix;
    let left = (value - right) / rightRadix;
    for (let number = 0; number < ROUNDS; number += 2) {
      left = (left + round(number, right, leftRadix)) % leftRadix;
      right = (right + round(number + 1, left, rightRadix)) % rightRadix;
    }
    return left * rightRadix + right;
  };
  const back = (value: number): number => {
    let right = value % rightRadix;
    let left = (value - right) / rightRadix;
    for (let number = ROUNDS - 2; number >= 0; number -= 2) {
      right = (right - round(number + 1, left, rightRadix) + rightRadix) % rightRadix;
      left = (left - round(number, right, leftRadix) + leftRadix) % leftRadix;
    }
    return left * rightRadix + right;
  };
  const walk = (step: (value: number) => number, value: number): number => {
    if (!Number.isSafeInteger(value) || value < 0 || value >= size) {
      throw new RangeError(`${value} is not a whole number from 0 to ${size - 1}`);
    }
    let next = step(value);
    while (next >= size) next = step(next);
    return next;
  };
  return { size, apply: (value) => walk(forth, value), invert: (value) => walk(back, value) };
}
