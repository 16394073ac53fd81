import type { Random } from "../../../time/index.ts";
import { KeyHash } from "./key-hash.ts";
import { Slots } from "./slots.ts";

/** The smallest table. */
const CAPACITY_MIN = 64;
/** Slots moved per operation while the table is replaced: enough to be done long before the new one is full. */
const MOVED_PER_OPERATION = 16;
/** Slots looked at for idle keys when a new one comes: more than it takes, so that a stream of new keys makes its own room. */
const SWEPT_PER_NEW_KEY = 4;
/** And now and then, so that a table shrinks when a crowd has gone: how often, in operations, and how many. */
const SWEEP_EVERY = 32;
const SWEPT_NOW_AND_THEN = 16;
/** Keys from which the one to be evicted is chosen. */
const EVICTION_SAMPLE = 8;

/**
 * Numbers per key, for up to `keysMax` keys. No operation takes longer than a few others: the table is swept for idle keys and
 * replaced by a larger or smaller one a few slots at a time, by those who use it.
 *
 * A key is idle, and may be forgotten, from the moment that its first number says. At `keysMax` a new key takes the place of
 * that one, among 8 that lie side by side (keys lie in no order), which is idle or will be soonest: a key that was just seen for
 * the first time goes before one that has used up its limit.
 *
 * Keys themselves are not kept, only 64 bits of a keyed hash: at a million keys one pair in 37 million tables shares them, and
 * would share one limit, which is then too strict for both.
 */
export class KeyTable {
  /** The array in which the last slot found lies. */
  numbers: Float64Array;
  readonly #hash: KeyHash;
  readonly #numbersPerKey: number;
  readonly #keysMax: number;
  readonly #release: ((numbers: Float64Array, at: number) => void) | undefined;
  #slots: Slots;
  #operations = 0;
  #hand = 0;
  /** The table being replaced; `#moved` slots of it, from `#movedFrom`, have been moved to the new one. */
  #leaving: Slots | undefined;
  #movedFrom = 0;
  #moved = 0;

  /** `release` is told of each key that is forgotten, before its numbers go. */
  constructor(options: {
    numbersPerKey: number;
    keysMax: number;
    random: Random;
    release?: ((numbers: Float64Array, at: number) => void) | undefined;
  }) {
    this.#hash = new KeyHash(options.random);
    this.#numbersPerKey = options.numbersPerKey;
    this.#keysMax = options.keysMax;
    this.#release = options.release;
    this.#slots = new Slots(CAPACITY_MIN, options.numbersPerKey);
    this.numbers = this.#slots.numbers;
  }

  get size(): number {
    return this.#slots.size + (this.#leaving?.size ?? 0);
  }

  /** Where in `numbers` the key's own begin; one that is not known gets `nowMs` as its first and zeros behind. */
  locate(key: string, nowMs: number): number {
    if ((++this.#operations & (SWEEP_EVERY - 1)) === 0) this.#sweepAndShrink(nowMs);
    const slots = this.#tableOf(key, nowMs);
    const { low, high } = this.#hash;
    const at = slots.find(low, high);
    if (this.numbers !== slots.numbers) this.numbers = slots.numbers;
    return at > 0 ? at : this.#insert(slots, nowMs);
  }

  /** Where in `numbers` the key's own begin, or -1. */
  find(key: string, nowMs: number): number {
    const slots = this.#tableOf(key, nowMs);
    const at = slots.find(this.#hash.low, this.#hash.high);
    this.numbers = slots.numbers;
    return at > 0 ? at : -1;
  }

  delete(key: string, nowMs: number): void {
    const slots = this.#tableOf(key, nowMs);
    const at = slots.find(this.#hash.low, this.#hash.high);
    if (at > 0) this.#remove(slots, at);
  }

  /** Hashes the key, and finds which of two tables it belongs to. */
  #tableOf(key: string, nowMs: number): Slots {
    const hash = this.#hash;
    hash.of(key);
    // All zeros is what a free slot has.
    if (hash.low === 0 && hash.high === 0) hash.high = 1;
    return this.#leaving === undefined ? this.#slots : this.#move(this.#leaving, nowMs);
  }

  #insert(slots: Slots, nowMs: number): number {
    const { low, high } = this.#hash;
    let table = slots;
    this.#sweep(nowMs, SWEPT_PER_NEW_KEY);
    if (this.size >= this.#keysMax) this.#evict();
    else if (!this.#leaving && this.#isToGrow(slots)) {
      this.#replace((slots.mask + 1) * 2);
      table = this.#move(slots, nowMs);
    }
    // Its place is looked for last, since keys that go move others.
    const at = -table.find(low, high) - 1;
    table.insert(at, low, high, nowMs);
    this.numbers = table.numbers;
    return at;
  }

  /**
   * From three quarters on, probing becomes long. A table that `keysMax` fills hardly more than that stays: as a table is moved
   * before it takes a sixteenth more, nothing has to be evicted while there are two.
   */
  #isToGrow(slots: Slots): boolean {
    const capacity = slots.mask + 1;
    return slots.size >= capacity * 0.75 && this.#keysMax > capacity * 0.8125 + 1;
  }

  #remove(slots: Slots, at: number): void {
    this.#release?.(slots.numbers, at);
    slots.remove(at);
  }

  #sweepAndShrink(nowMs: number): void {
    this.#sweep(nowMs, SWEPT_NOW_AND_THEN);
    const capacity = this.#slots.mask + 1;
    if (!this.#leaving && capacity > CAPACITY_MIN && this.#slots.size * 8 < capacity)
      this.#replace(capacity / 2);
  }

  /** A clock's hand: looks at the next few slots for keys to forget. */
  #sweep(nowMs: number, count: number): void {
    if (this.#leaving) return;
    const slots = this.#slots;
    for (let step = 0; step < count; step++) {
      const at = slots.at(this.#hand);
      // After a removal the next key may have moved here.
      if (!slots.isFree(at) && (slots.numbers[at] as number) <= nowMs) this.#remove(slots, at);
      else this.#hand = (this.#hand + 1) & slots.mask;
    }
  }

  #evict(): void {
    const slots = this.#slots;
    let soonest = -1;
    for (let sampled = 0; sampled < EVICTION_SAMPLE && sampled < slots.size; ) {
      this.#hand = (this.#hand + 1) & slots.mask;
      const at = slots.at(this.#hand);
      if (slots.isFree(at)) continue;
      sampled++;
      if (soonest < 0 || (slots.numbers[at] as number) < (slots.numbers[soonest] as number)) soonest = at;
    }
    if (soonest > 0) this.#remove(slots, soonest);
  }

  #replace(capacity: number): void {
    const leaving = this.#slots;
    this.#slots = new Slots(capacity, this.#numbersPerKey);
    this.#leaving = leaving;
    this.#hand = 0;
    this.#moved = 0;
    // Behind a free slot no run of neighbours is torn apart.
    this.#movedFrom = 0;
    while (!leaving.isFree(leaving.at(this.#movedFrom - 1))) this.#movedFrom++;
  }

  /**
   * Moves some slots on, and says where the key just hashed belongs. Keys move by whole runs of neighbours: what is moved ends
   * behind a free slot, so that the home of a key alone tells in which table it is.
   */
  #move(leaving: Slots, nowMs: number): Slots {
    const capacity = leaving.mask + 1;
    for (let step = 0; ; step++) {
      const at = leaving.at(this.#movedFrom + this.#moved);
      const isFree = leaving.isFree(at);
      if (isFree && this.#moved >= capacity) {
        this.#leaving = undefined;
        return this.#slots;
      }
      this.#moved++;
      if (!isFree) this.#moveOne(leaving, at, nowMs);
      else if (step >= MOVED_PER_OPERATION) break;
    }
    const homeFrom = ((this.#hash.low & leaving.mask) - this.#movedFrom) & leaving.mask;
    return homeFrom < this.#moved ? this.#slots : leaving;
  }

  #moveOne(leaving: Slots, at: number, nowMs: number): void {
    if ((leaving.numbers[at] as number) <= nowMs) this.#release?.(leaving.numbers, at);
    else this.#slots.copy(leaving, at);
    leaving.clear(at);
  }
}
