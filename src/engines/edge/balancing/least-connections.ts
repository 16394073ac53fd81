import type { Balancer, Candidate, Draw } from "./balancer.ts";
import { Roster } from "./roster.ts";
import { SmoothTurns } from "./smooth-turns.ts";

/**
 * Chooses the member with the least under way; `weighted`: the least for its weight. Those that are equal take smooth
 * turns by weight, so that an idle upstream is shared out as round robin would. Unweighted, only a slow start makes
 * weights differ. Pure; a draw looks at all members.
 */
export class LeastConnections<Member extends Candidate> implements Balancer<Member> {
  readonly #weighted: boolean;
  readonly #roster = new Roster<Member>();
  /** Among those with the least. */
  readonly #turns = new SmoothTurns();
  /** Of each member in the draw under way; 0 for those that are out of it. */
  #weights = new Float64Array(0);

  constructor(options: { weighted: boolean }) {
    this.#weighted = options.weighted;
  }

  replace(members: readonly Member[]): void {
    const before = this.#roster.members;
    this.#roster.replace(members);
    let total = 0;
    for (const weight of this.#roster.ownWeights) total += this.#weighted ? weight : 1;
    this.#turns.replace(before, members, total);
    this.#weights = new Float64Array(members.length);
  }

  pick({ nowMs }: Draw, tried?: readonly Member[]): Member | undefined {
    const roster = this.#roster;
    const weights = this.#weights;
    roster.begin(tried);
    for (let at = 0; at < weights.length; at++) {
      if (roster.isOut(at)) weights[at] = 0;
      else weights[at] = this.#weighted ? roster.weightAt(at, nowMs) : roster.shareAt(at, nowMs);
    }
    for (let at = this.#least(); at >= 0; at = this.#least()) {
      const member = roster.members[at];
      if (member?.admit(nowMs)) {
        this.#turns.take(at);
        return member;
      }
      weights[at] = 0;
    }
    return undefined;
  }

  /** Whose turn it is among those with the least; -1 when nobody is left. */
  #least(): number {
    const { members } = this.#roster;
    const weights = this.#weights;
    const contending = this.#turns.weights;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < weights.length; at++) {
      const weight = weights[at] ?? 0;
      contending[at] = 0;
      if (weight === 0) continue;
      // Equal ratios of whole numbers are equal as quotients too: division rounds correctly.
      const load = (members[at]?.inFlight ?? 0) / weight;
      if (load > least) continue;
      if (load < least) contending.fill(0, 0, at);
      least = load;
      contending[at] = weight;
    }
    return this.#turns.next();
  }
}
