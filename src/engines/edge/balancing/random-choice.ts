import type { Random } from "../../../blocks/time/index.ts";
import type { Balancer, Candidate, Draw } from "./balancer.ts";
import { Lots } from "./lots.ts";
import { Roster } from "./roster.ts";

/** Draws lots, by weight. Knows nothing of what is under way, and so needs nothing kept between draws. Pure. */
export class RandomChoice<Member extends Candidate> implements Balancer<Member> {
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
    for (let at = this.#lots.draw(nowMs, -1); at >= 0; at = this.#lots.draw(nowMs, -1)) {
      const member = roster.members[at];
      if (member?.admit(nowMs)) return member;
      roster.ruleOut(at);
    }
    return undefined;
  }
}
