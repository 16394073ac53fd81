import type { Random } from "../../../../../blocks/time/random.ts";

/** As many keys as a double can tell apart well below its last bits. */
const KEYS_MAX = 1e12;

/**
 * Popularity by Zipf's law: of `keys` (1 to 10^12) the one of rank r, from 0, is drawn in proportion to 1 / (r + 1)^exponent. `exponent`: 0
 * (all alike) to 20; web requests have 0.6 to 1.2 (Breslau and others, "Web caching and Zipf-like distributions", 1999).
 *
 * Draws by rejection-inversion (Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
 * distributions", 1996): in constant time and memory. A draw takes one number and seldom more (1.02 on average at worst), so it should have
 * a stream of its own. Pure.
 */
export class Zipf {
  readonly keys: number;
  readonly exponent: number;
  /** The integral of x^-exponent at the ends of what is drawn from: half a key before the first, less its own share, and half behind the last. */
  readonly #low: number;
  readonly #high: number;
  /** Up to so far left of a rank, a point is its own without looking closer. */
  readonly #sure: number;

  /** @throws RangeError when an option is out of its range. */
  constructor(options: { readonly keys: number; readonly exponent: number }) {
    const { keys, exponent } = options;
    if (!(Number.isInteger(keys) && keys >= 1 && keys <= KEYS_MAX)) {
      throw new RangeError(`keys has to be a whole number from 1 to 10^12, not ${keys}`);
    }
    if (!(exponent >= 0 && exponent <= 20)) {
      throw new RangeError(`exponent has to be from 0 to 20, not ${exponent}`);
    }
    this.keys = keys;
    this.exponent = exponent;
    this.#low = this.#integral(1.5) - 1;
    this.#high = this.#integral(keys + 0.5);
    this.#sure = 2 - this.#inverse(this.#integral(2.5) - 2 ** -exponent);
  }

  /** A rank from 0 to keys - 1. */
  draw(random: Random): number {
    for (;;) {
      const area = this.#high + random() * (this.#low - this.#high);
      const point = this.#inverse(area);
      const rank = Math.min(this.keys, Math.max(1, Math.floor(point + 0.5)));
      // The area under the curve up to half behind a rank is at least what the rank is due: points beyond that are drawn anew.
      if (rank - point <= this.#sure) return rank - 1;
      if (area >= this.#integral(rank + 0.5) - Math.exp(-this.exponent * Math.log(rank))) return rank - 1;
    }
  }

  /** The integral of x^-exponent from 1: (x^(1 - exponent) - 1) / (1 - exponent), and the logarithm where the exponent is 1. */
  #integral(x: number): number {
    const log = Math.log(x);
    const power = (1 - this.exponent) * log;
    return Math.abs(power) > 1e-8 ? (Math.expm1(power) / power) * log : (1 + power / 2) * log;
  }

  #inverse(area: number): number {
    const scaled = Math.max(-1, area * (1 - this.exponent));
    const log = Math.abs(scaled) > 1e-8 ? (Math.log1p(scaled) / scaled) * area : (1 - scaled / 2) * area;
    return Math.exp(log);
  }
}
