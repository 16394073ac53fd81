import type { Balancer, Candidate, Draw } from "./balancer.ts";
import { carriedOver, Roster } from "./roster.ts";
import { SmoothTurns } from "./smooth-turns.ts";

/**
 * Takes turns over the members that admit requests, whatever their weights. Of n members each is chosen once in any n
 * draws in a row. One that starts slowly is passed over in as many of its turns as it lacks of its weight. Pure; a
 * draw looks at one member as a rule.
 */
export class RoundRobin<Member extends Candidate> implements Balancer<Member> {
  readonly #roster = new Roster<Member>();
  /** Among members that all start slowly. */
  readonly #turns = new SmoothTurns();
  /** What members that start slowly have saved up for their next turn, which costs 1. */
  #savings = new Float64Array(0);
  #next = 0;

  get members(): readonly Member[] {
    return this.#roster.members;
  }

  /** Whose turn it is stays: the member that is next, or the first behind it that stays too. */
  replace(members: readonly Member[]): void {
    const before = this.#roster.members;
    this.#next = placeOfNext(before, this.#next, members);
    this.#savings = carriedOver(before, members, this.#savings);
    this.#turns.replace(before, members, members.length);
    this.#roster.replace(members);
  }

  pick({ nowMs }: Draw, tried?: readonly Member[]): Member | undefined {
    const roster = this.#roster;
    const { members } = roster;
    const count = members.length;
    roster.begin(tried);
    for (let step = 0; step < count; step++) {
      const at = this.#next;
      this.#next = at + 1 === count ? 0 : at + 1;
      if (roster.isOut(at) || !this.#isDue(at, nowMs)) continue;
      const member = members[at];
      if (member?.admit(nowMs)) return member;
      roster.ruleOut(at);
    }
    return this.#pickOfSlow(nowMs);
  }

  #isDue(at: number, nowMs: number): boolean {
    const share = this.#roster.shareAt(at, nowMs);
    if (share === 1) return true;
    const saved = (this.#savings[at] ?? 0) + share;
    this.#savings[at] = saved >= 1 ? saved - 1 : saved;
    return saved >= 1;
  }

  /** Nobody was due: of those that are left, all starting slowly, each gets its share. */
  #pickOfSlow(nowMs: number): Member | undefined {
    const roster = this.#roster;
    const turns = this.#turns;
    const { weights } = turns;
    for (let at = 0; at < weights.length; at++) {
      weights[at] = roster.isOut(at) ? 0 : roster.shareAt(at, nowMs);
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

function placeOfNext<Member>(before: readonly Member[], next: number, after: readonly Member[]): number {
  const places = new Map(after.map((member, at) => [member, at]));
  for (let step = 0; step < before.length; step++) {
    const member = before[(next + step) % before.length];
    const at = member === undefined ? undefined : places.get(member);
    if (at !== undefined) return at;
  }
  return 0;
}
