import type { Balancer, Candidate, Draw } from "./balancer.ts";
import { maglevTable } from "./maglev-table.ts";
import { Roster } from "./roster.ts";
import { KeylessHashes, mixed, stableHash } from "./stable-hash.ts";

const TWO_TO_32 = 4_294_967_296;

/** Products that are whole come out a little above: without this, the next whole number would be the bound. */
const ROUNDING = 1e-9;

/**
 * Slots looked at, for each member, for a better one than a member that starts slowly and would leave the key to
 * another.
 */
const SLOTS_PER_MEMBER = 8;

/**
 * Consistent hashing by Maglev's table, with bounded loads (Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing
 * with bounded loads", 2016): one key goes to one member, found in one look; a change of the members moves the keys
 * of those that left and few others. A member takes a request only if it has afterwards at most ⌈c · fair share⌉
 * under way, where the fair share is its part by weight of all that is under way, the new one included; or else the
 * key walks on to the next in table order. Somebody always has room. Requests are not moved when others end, so what
 * was within the bound then may be above it later.
 *
 * Those that were tried, or refuse, do not count for the fair share. One that starts slowly leaves the keys that it
 * is not yet ready for to the next, each of which comes to it once. Draws without a key are spread over the table
 * evenly. Pure.
 */
export class ConsistentHash<Member extends Candidate> implements Balancer<Member> {
  readonly #loadFactor: number;
  readonly #roster = new Roster<Member>();
  readonly #keyless = new KeylessHashes();
  #hashes = new Uint32Array(0);
  #table = new Uint16Array(0);
  /** Identifies what the table was made of. */
  #madeOf = "";
  /** What a weight of 1 may have under way in the draw at hand. */
  #fairLoad = Number.POSITIVE_INFINITY;

  /** `loadFactor`: above 1; default 1.25; 0: no bound. */
  constructor(options: { loadFactor?: number | undefined } = {}) {
    this.#loadFactor = options.loadFactor ?? 1.25;
  }

  /** @throws RangeError when there are more members than a table can hold: see `MAGLEV_MEMBERS_MAX`. */
  replace(members: readonly Member[]): void {
    const ids = members.map(({ id }) => id);
    const before = this.#roster.members;
    this.#roster.replace(members);
    const madeOf = JSON.stringify([ids, [...this.#roster.ownWeights]]);
    // The table takes a few milliseconds, in which no request moves.
    if (madeOf === this.#madeOf && before.length > 0) return;
    this.#madeOf = madeOf;
    this.#hashes = Uint32Array.from(ids, stableHash);
    this.#table = ids.length > 0 ? maglevTable(ids, this.#roster.ownWeights) : new Uint16Array(0);
  }

  pick({ nowMs, hash }: Draw, tried?: readonly Member[]): Member | undefined {
    const roster = this.#roster;
    const key = hash ?? this.#keyless.next();
    roster.begin(tried);
    for (let left = roster.members.length; left > 0; left--) {
      if (this.#loadFactor > 0) this.#measure(nowMs);
      const at = this.#find(key, nowMs);
      const member = roster.members[at];
      if (!member || member.admit(nowMs)) return member;
      roster.ruleOut(at);
    }
    return undefined;
  }

  #measure(nowMs: number): void {
    const roster = this.#roster;
    const { members } = roster;
    let requests = 1;
    let weights = 0;
    for (let at = 0; at < members.length; at++) {
      if (roster.isOut(at)) continue;
      requests += members[at]?.inFlight ?? 0;
      weights += roster.weightAt(at, nowMs);
    }
    this.#fairLoad = (this.#loadFactor * requests) / weights;
  }

  /** The first member from the key's slot on that is ready and has room; -1 when all are out. */
  #find(key: number, nowMs: number): number {
    const roster = this.#roster;
    const table = this.#table;
    const size = table.length;
    let slowAt = -1;
    let slot = key % size;
    for (let step = 0, last = size; step < last; step++) {
      const at = table[slot] ?? 0;
      slot = slot + 1 === size ? 0 : slot + 1;
      if (at === slowAt || roster.isOut(at) || !this.#hasRoom(at, nowMs)) continue;
      if (this.#isReady(at, key, nowMs)) return at;
      if (slowAt < 0) {
        slowAt = at;
        last = Math.min(size, step + roster.members.length * SLOTS_PER_MEMBER);
      }
    }
    return slowAt;
  }

  #hasRoom(at: number, nowMs: number): boolean {
    if (this.#loadFactor === 0) return true;
    const bound = Math.ceil(this.#fairLoad * this.#roster.weightAt(at, nowMs) - ROUNDING);
    return (this.#roster.members[at]?.inFlight ?? 0) < bound;
  }

  #isReady(at: number, key: number, nowMs: number): boolean {
    const share = this.#roster.shareAt(at, nowMs);
    return share === 1 || mixed(key ^ (this.#hashes[at] ?? 0)) < share * TWO_TO_32;
  }
}
