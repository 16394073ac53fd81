import type { Random } from "../../../blocks/time/index.ts";

/**
 * Shares requests between several places by weight. Pure, and immutable.
 *
 * Each request is drawn for by itself: in the long run the shares are exactly those of the weights, and no pattern in the
 * order of requests can favour a place, as it can where turns are taken (of two that alternate, one would get every second
 * request, which may be every write). Nor is anything lost when another configuration takes the place of this one.
 */
export class WeightedSplit<Place> {
  readonly #places: readonly Place[];
  /** The sums of the weights up to and with each place. */
  readonly #sums: readonly number[];
  readonly #total: number;
  readonly #random: Random;

  /** Weights are whole numbers from 0, of which one is above 0; a weight of 0 is never drawn. */
  constructor(shares: readonly { readonly to: Place; readonly weight: number }[], random: Random) {
    const drawn = shares.filter(({ weight }) => weight > 0);
    let total = 0;
    this.#places = drawn.map(({ to }) => to);
    this.#sums = drawn.map(({ weight }) => {
      total += weight;
      return total;
    });
    this.#total = total;
    this.#random = random;
  }

  /** All places that can be drawn. */
  get places(): readonly Place[] {
    return this.#places;
  }

  /** The place of the next request; undefined only when no weight is above 0. */
  draw(): Place | undefined {
    const drawn = this.#random() * this.#total;
    const sums = this.#sums;
    let at = 0;
    while (at < sums.length - 1 && drawn >= (sums[at] ?? 0)) at++;
    return this.#places[at];
  }
}
