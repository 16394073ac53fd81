import type { Balancer, Candidate, Draw } from "./balancer.ts";
import { Roster } from "./roster.ts";
import { SmoothTurns } from "./smooth-turns.ts";

/**
 * Turns by weight, spread smoothly: with weights 5, 1 and 1 the order is a a b a c a a, not a a a a a b c. See
 * `SmoothTurns`. Who refuses is left out of the turn, and neither gains nor pays. Pure; a draw looks at all members.
 */
export class WeightedRoundRobin<Member extends Candidate> implements Balancer<Member> {
  readonly #roster = new Roster<Member>();
  readonly #turns = new SmoothTurns();

  replace(members: readonly Member[]): void {
    const before = this.#roster.members;
    this.#roster.replace(members);
    let total = 0;
    for (const weight of this.#roster.ownWeights) total += weight;
    this.#turns.replace(before, members, total);
  }

  pick({ nowMs }: Draw, tried?: readonly Member[]): Member | undefined {
    const roster = this.#roster;
    const turns = this.#turns;
    const { weights } = turns;
    roster.begin(tried);
    for (let at = 0; at < weights.length; at++) {
      weights[at] = roster.isOut(at) ? 0 : roster.weightAt(at, nowMs);
    }
    for (let at = turns.next(); at >= 0; at = turns.next()) {
      const member = roster.members[at];
      if (member?.admit(nowMs)) {
        turns.take(at);
        return member;
      }
      weights[at] = 0;
    }
    return undefined;
  }
}
