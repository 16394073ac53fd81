import type { Candidate } from "./balancer.ts";

/** Stands in for a weight that is not above 0, against the contract: whoever has it comes last, and is not lost. */
const LEAST_WEIGHT = 1e-6;

/** Draws are numbered up to here, then anew: small enough to be kept without a box. */
const DRAWS = 0x3fff_ffff;

/**
 * The members that a balancer chooses from, by their places in a list, and which of them are out of the draw under
 * way. Pure.
 *
 * A draw begins with `begin`. Whoever refuses to be chosen is ruled out, and the algorithm chooses among the rest;
 * nothing is allocated for that.
 */
export class Roster<Member extends Candidate> {
  #members: readonly Member[] = [];
  #ownWeights = new Float64Array(0);
  /** The number of the last draw that a member was out of. */
  #outOf = new Uint32Array(0);
  #draw = 0;

  get members(): readonly Member[] {
    return this.#members;
  }

  /** The weights of members that do not start slowly, by place. */
  get ownWeights(): Float64Array<ArrayBuffer> {
    return this.#ownWeights;
  }

  replace(members: readonly Member[]): void {
    this.#members = members;
    this.#ownWeights = Float64Array.from(members, (member) => {
      const weight = member.weightAt(Number.POSITIVE_INFINITY);
      return weight > 0 && weight < Number.POSITIVE_INFINITY ? weight : 1;
    });
    this.#outOf = new Uint32Array(members.length);
    this.#draw = 0;
  }

  /** Begins a draw, with those that were tried left out. */
  begin(tried: readonly Member[] | undefined): void {
    if (this.#draw === DRAWS) {
      this.#outOf.fill(0);
      this.#draw = 0;
    }
    this.#draw += 1;
    if (tried === undefined) return;
    for (const member of tried) {
      const at = this.#members.indexOf(member);
      if (at >= 0) this.#outOf[at] = this.#draw;
    }
  }

  /** Whether a member was tried, or ruled out, in the draw under way. */
  isOut(at: number): boolean {
    return this.#outOf[at] === this.#draw;
  }

  ruleOut(at: number): void {
    this.#outOf[at] = this.#draw;
  }

  /** A member's weight now, above 0. */
  weightAt(at: number, nowMs: number): number {
    const weight = this.#members[at]?.weightAt(nowMs) ?? 0;
    return weight > 0 ? weight : LEAST_WEIGHT;
  }

  /** What part of its own weight a member has now, above 0 to 1: 1 unless it starts slowly. */
  shareAt(at: number, nowMs: number): number {
    const own = this.#ownWeights[at] ?? 1;
    const weight = this.weightAt(at, nowMs);
    return weight >= own ? 1 : weight / own;
  }
}

/** Values by place in `before`, brought to the places in `after`; 0 for members that are new. */
export function carriedOver<Member>(
  before: readonly Member[],
  after: readonly Member[],
  values: Float64Array<ArrayBuffer>,
): Float64Array<ArrayBuffer> {
  const places = new Map(before.map((member, at) => [member, at]));
  return Float64Array.from(after, (member) => {
    const at = places.get(member);
    return at === undefined ? 0 : (values[at] ?? 0);
  });
}
