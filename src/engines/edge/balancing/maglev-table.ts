import { secondStableHash, stableHash } from "./stable-hash.ts";

/** Primes, as the permutations need them; the paper's own two. */
const SMALL_SIZE = 65_537;
const LARGE_SIZE = 655_373;

/** Slots for each member that keep their shares within a percent of one another, by the paper. */
const SLOTS_PER_MEMBER = 100;

/** Most members of a table: their places have 16 bits, and 0 is none. */
export const MAGLEV_MEMBERS_MAX = 65_535;

/**
 * A Maglev lookup table (Eisenbud et al., "Maglev: a fast and reliable software network load balancer", NSDI 2016,
 * section 3.4): in each slot the place of a member in `ids`. Every member goes through the slots in an order of its
 * own, made of two hashes of its id, and in turns each takes the first that is free: in every round the heaviest, the
 * others in as many as their `weights` say. All get at least one slot.
 *
 * Ids are taken in their own order, so that the table does not depend on how they were listed. Pure.
 *
 * @throws RangeError when there are no members, or more than `MAGLEV_MEMBERS_MAX`.
 */
export function maglevTable(ids: readonly string[], weights: Float64Array): Uint16Array<ArrayBuffer> {
  if (ids.length === 0 || ids.length > MAGLEV_MEMBERS_MAX) {
    throw new RangeError(`a Maglev table has from 1 to ${MAGLEV_MEMBERS_MAX} members, not ${ids.length}`);
  }
  const size = ids.length * SLOTS_PER_MEMBER <= SMALL_SIZE ? SMALL_SIZE : LARGE_SIZE;
  const order = Uint16Array.from(ids.keys()).sort((one, other) => compare(ids[one], ids[other]));
  const positions = Float64Array.from(ids, (id) => stableHash(id) % size);
  const skips = Float64Array.from(ids, (id) => (secondStableHash(id) % (size - 1)) + 1);
  const heaviest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  // What a slot costs is the heaviest's weight. All begin with the price of one, less what the first round brings.
  const savings = weights.map((weight) => heaviest - weight);
  // Places from 1 on, until all slots are taken.
  const table = new Uint16Array(size);
  for (let taken = 0; taken < size; ) {
    for (let turn = 0; turn < order.length && taken < size; turn++) {
      const at = order[turn] ?? 0;
      const saved = (savings[at] ?? 0) + (weights[at] ?? 0);
      savings[at] = saved;
      if (saved < heaviest) continue;
      savings[at] = saved - heaviest;
      const skip = skips[at] ?? 1;
      let slot = positions[at] ?? 0;
      while (table[slot] !== 0) slot = slot + skip >= size ? slot + skip - size : slot + skip;
      table[slot] = at + 1;
      positions[at] = slot;
      taken += 1;
    }
  }
  for (let slot = 0; slot < size; slot++) table[slot] = (table[slot] ?? 1) - 1;
  return table;
}

/** By code units, as in every process, whatever its language. */
function compare(one = "", other = ""): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
