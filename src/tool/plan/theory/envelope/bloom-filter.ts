import { requireNotNegative, requirePositive, requireWhole } from "../numerics/ranges.ts";

/** Bloom filters (B. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", CACM 13, 1970). Pure. */

/** How large a filter is. */
export interface BloomFilterSize {
  /** Before rounding up to whole words. */
  readonly bits: number;
  readonly bytes: number;
  /** Hash functions, a whole number of 1 or more. */
  readonly hashes: number;
  /** The share of strangers that it takes for known, with that whole number. */
  readonly falsePositives: number;
}

/**
 * The least filter for `items` (above 0) that takes at most about the share `falsePositives` (above 0 to below 1) of strangers for known:
 * -n ln p / (ln 2)² bits and (bits / items) ln 2 hashes (A. Broder and M. Mitzenmacher, "Network Applications of Bloom Filters: A Survey", 2004).
 *
 * @throws RangeError outside those ranges.
 */
export function bloomFilter(items: number, falsePositives: number): BloomFilterSize {
  requirePositive("the number of items", items);
  if (!(falsePositives > 0 && falsePositives < 1)) {
    throw new RangeError(`the share of false positives is above 0 and below 1, not ${falsePositives}`);
  }
  const bits = (-items * Math.log(falsePositives)) / Math.LN2 ** 2;
  const hashes = Math.max(1, Math.round((bits / items) * Math.LN2));
  return { bits, bytes: bits / 8, hashes, falsePositives: falsePositivesOf({ items, bits, hashes }) };
}

/** The share of strangers that a filter takes for known when so many items are in it: (1 - e^(-k n / m))^k. */
export function falsePositivesOf(filter: {
  readonly items: number;
  readonly bits: number;
  readonly hashes: number;
}): number {
  requireNotNegative("the number of items", filter.items);
  requirePositive("the number of bits", filter.bits);
  requireWhole("the number of hashes", filter.hashes, 1, 1_000);
  return (-Math.expm1((-filter.hashes * filter.items) / filter.bits)) ** filter.hashes;
}
