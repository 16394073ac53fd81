import type { Random } from "../../time/index.ts";

/** Slots to begin with. A ring grows by doubling, so that a large bound costs nothing until it is used. */
const SLOTS_AT_FIRST = 16;

/** Draws for a place that holds something before the next such place is taken: at a quarter full, one in 10^8 gets that far. */
const DRAWS_MAX = 64;

/**
 * First in, first out, in a circle of slots: O(1) for each verb, amortised where it grows. `undefined` marks an empty slot,
 * so it cannot be held itself.
 *
 * What `evict` takes out of the middle leaves a hole that `shift` passes over: closing it would move half of the others.
 */
export class Ring<T> {
  #slots: (T | undefined)[] = new Array(SLOTS_AT_FIRST).fill(undefined);
  #head = 0;
  /** Slots from the first item to the last, holes included. */
  #span = 0;
  #length = 0;

  /** How many it holds. */
  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#span === this.#slots.length) this.#makeRoom();
    this.#slots[(this.#head + this.#span) & (this.#slots.length - 1)] = item;
    this.#span++;
    this.#length++;
  }

  /** Takes the oldest; `undefined` when it is empty. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#length--;
    this.#passHoles();
    return item;
  }

  /** Takes any one with equal chance, and leaves the others in their order; `undefined` when it is empty. */
  evict(random: Random): T | undefined {
    if (this.#length === 0) return undefined;
    const mask = this.#slots.length - 1;
    let at = 0;
    for (let draws = 0; draws < DRAWS_MAX; draws++) {
      at = (this.#head + Math.floor(random() * this.#span)) & mask;
      if (this.#slots[at] !== undefined) break;
    }
    while (this.#slots[at] === undefined) at = (at + 1) & mask;
    const item = this.#slots[at];
    this.#slots[at] = undefined;
    this.#length--;
    this.#passHoles();
    return item;
  }

  /** The first slot of the span always holds something, unless nothing does. */
  #passHoles(): void {
    if (this.#length === 0) {
      this.#span = 0;
      return;
    }
    const mask = this.#slots.length - 1;
    while (this.#slots[this.#head] === undefined) {
      this.#head = (this.#head + 1) & mask;
      this.#span--;
    }
  }

  /** Closes the holes, and doubles when at least half of the slots are used. */
  #makeRoom(): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const size = this.#length * 2 > slots.length ? slots.length * 2 : slots.length;
    const roomier: (T | undefined)[] = new Array(size).fill(undefined);
    let count = 0;
    for (let step = 0; step < this.#span; step++) {
      const item = slots[(this.#head + step) & mask];
      if (item !== undefined) roomier[count++] = item;
    }
    this.#slots = roomier;
    this.#head = 0;
    this.#span = count;
  }
}
