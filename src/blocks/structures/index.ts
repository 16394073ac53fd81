/** Numbers as short texts. */
export { decodeBase62, encodeBase62 } from "./base62.ts";
/** A secret shuffle of [0, size): ids that do not repeat and cannot be guessed from one another. */
export { keyedPermutation, type Permutation } from "./keyed-permutation.ts";
