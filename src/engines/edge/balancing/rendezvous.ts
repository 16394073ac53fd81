import type { Balancer, Candidate, Draw } from "./balancer.ts";
import { Roster } from "./roster.ts";
import { KeylessHashes, mixed, stableHash } from "./stable-hash.ts";

const TWO_TO_32 = 4_294_967_296;

/**
 * One key goes to one member: rendezvous hashing (Thaler and Ravishankar, "Using name-based mappings to increase hit
 * rates", 1998), which is what `ip-hash` does with the client's address. Every key ranks the members; the first that
 * can be used gets it. When a member leaves, only its keys move, each to its second, and they come back when it does;
 * a new member takes its share from all others, and no key moves between those. One that starts slowly gets its keys
 * little by little, each once.
 *
 * The ranking is a race: a member's time is drawn, by a hash of key and member, from the exponential distribution
 * with its weight as the rate, so that it is the first for just its share of the keys. A draw looks at all members.
 * Keyless draws are spread evenly. Pure.
 */
export class Rendezvous<Member extends Candidate> implements Balancer<Member> {
  readonly #roster = new Roster<Member>();
  readonly #keyless = new KeylessHashes();
  #hashes = new Uint32Array(0);

  replace(members: readonly Member[]): void {
    this.#hashes = Uint32Array.from(members, ({ id }) => stableHash(id));
    this.#roster.replace(members);
  }

  pick({ nowMs, hash }: Draw, tried?: readonly Member[]): Member | undefined {
    const roster = this.#roster;
    const key = hash ?? this.#keyless.next();
    roster.begin(tried);
    for (;;) {
      const at = this.#first(key, nowMs);
      const member = roster.members[at];
      if (!member || member.admit(nowMs)) return member;
      roster.ruleOut(at);
    }
  }

  #first(key: number, nowMs: number): number {
    const roster = this.#roster;
    const hashes = this.#hashes;
    let first = -1;
    let best = Number.POSITIVE_INFINITY;
    for (let at = 0; at < hashes.length; at++) {
      if (roster.isOut(at)) continue;
      // Never 0 and never 1, so that the time is neither endless nor none.
      const lot = (mixed(key ^ (hashes[at] ?? 0)) + 0.5) / TWO_TO_32;
      const time = -Math.log(lot) / roster.weightAt(at, nowMs);
      if (time < best) {
        best = time;
        first = at;
      }
    }
    return first;
  }
}
