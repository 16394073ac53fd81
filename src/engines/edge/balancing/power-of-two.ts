import type { Random } from "../../../blocks/time/index.ts";
import type { Balancer, Candidate, Draw } from "./balancer.ts";
import { Lots } from "./lots.ts";
import { Roster } from "./roster.ts";

/**
 * The less busy of two different members, drawn by lot according to their weights (Mitzenmacher, "The power of two
 * choices in randomized load balancing", 2001): nearly as even as looking at all, at the cost of looking at two, and
 * without every edge running to the same member when each knows only its own requests. Busy is what is under way, for
 * its weight. Pure.
 */
export class PowerOfTwo<Member extends Candidate> implements Balancer<Member> {
  readonly #roster = new Roster<Member>();
  readonly #lots: Lots<Member>;

  constructor(random: Random) {
    this.#lots = new Lots(this.#roster, random);
  }

  replace(members: readonly Member[]): void {
    this.#roster.replace(members);
    this.#lots.prepare();
  }

  pick({ nowMs }: Draw, tried?: readonly Member[]): Member | undefined {
    const roster = this.#roster;
    roster.begin(tried);
    for (;;) {
      const at = this.#lots.lesserOfTwo(nowMs, this.#load, 1);
      const member = roster.members[at];
      if (!member || member.admit(nowMs)) return member;
      roster.ruleOut(at);
    }
  }

  readonly #load = (at: number, nowMs: number): number =>
    (this.#roster.members[at]?.inFlight ?? 0) / this.#roster.weightAt(at, nowMs);
}
