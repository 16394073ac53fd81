import type { Random } from "../../../blocks/time/index.ts";
import type { Candidate } from "./balancer.ts";
import type { Roster } from "./roster.ts";

/** Lots that may fall on members that are out before all that are left are weighed. */
const QUICK_DRAWS = 8;

/**
 * Draws members by lot, each as likely as its weight says. Pure. A draw costs one lot when all weights are equal, and
 * a binary search where they are not; one that falls on a member that is out, or on what one that starts slowly lacks
 * of its weight, is drawn again, which leaves the others' chances in proportion. After a few in vain, those that are
 * left are weighed one by one.
 */
export class Lots<Member extends Candidate> {
  readonly #roster: Roster<Member>;
  readonly #random: Random;
  /** Sums of the own weights up to each place; empty when all are equal. */
  #sums = new Float64Array(0);

  constructor(roster: Roster<Member>, random: Random) {
    this.#roster = roster;
    this.#random = random;
  }

  /** Takes over the roster's weights. */
  prepare(): void {
    const { ownWeights } = this.#roster;
    let sum = 0;
    const isEven = ownWeights.every((weight) => weight === ownWeights[0]);
    this.#sums = isEven
      ? new Float64Array(0)
      : ownWeights.map((weight) => {
          sum += weight;
          return sum;
        });
  }

  /** A member's place, among those that are not out of the roster's draw and not `besides`; -1 when there is none. */
  draw(nowMs: number, besides: number): number {
    const roster = this.#roster;
    if (roster.members.length === 0) return -1;
    for (let count = 0; count < QUICK_DRAWS; count++) {
      const at = this.#byOwnWeight();
      if (at === besides || roster.isOut(at)) continue;
      const share = roster.shareAt(at, nowMs);
      if (share === 1 || this.#random() < share) return at;
    }
    return this.#weighed(nowMs, besides);
  }

  /**
   * Draws two different members by lot, and takes the second only if it costs less than `margin` times what the first does:
   * between those that are alike, the lots have decided. The first if there is no second; -1 if there is none at all.
   */
  lesserOfTwo(nowMs: number, cost: (at: number, nowMs: number) => number, margin: number): number {
    const first = this.draw(nowMs, -1);
    if (first < 0) return first;
    const second = this.draw(nowMs, first);
    return second >= 0 && cost(second, nowMs) < cost(first, nowMs) * margin ? second : first;
  }

  #byOwnWeight(): number {
    const sums = this.#sums;
    if (sums.length === 0) return Math.floor(this.#random() * this.#roster.members.length);
    const lot = this.#random() * (sums[sums.length - 1] ?? 0);
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sums[middle] ?? 0) > lot) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #weighed(nowMs: number, besides: number): number {
    const roster = this.#roster;
    const count = roster.members.length;
    let total = 0;
    for (let at = 0; at < count; at++) {
      if (at !== besides && !roster.isOut(at)) total += roster.weightAt(at, nowMs);
    }
    let lot = this.#random() * total;
    let last = -1;
    for (let at = 0; at < count; at++) {
      if (at === besides || roster.isOut(at)) continue;
      last = at;
      lot -= roster.weightAt(at, nowMs);
      if (lot < 0) return at;
    }
    return last;
  }
}
