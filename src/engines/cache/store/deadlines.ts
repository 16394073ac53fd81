const CAPACITY_MIN = 64;

/**
 * When entries expire. Only those that do take room: they stand close together in one list, and each slot of the store
 * knows its place there.
 */
export class Deadlines {
  /** By slot of the store: its place in the list, or -1. */
  #places = new Int32Array(CAPACITY_MIN).fill(-1);
  /** By place in the list. */
  #slots = new Int32Array(CAPACITY_MIN);
  #atMs = new Float64Array(CAPACITY_MIN);
  #size = 0;

  /** How many entries expire. */
  get size(): number {
    return this.#size;
  }

  /** The wall time at which the slot expires, or -1 when it never does. */
  of(slot: number): number {
    const place = this.#places[slot] ?? -1;
    return place < 0 ? -1 : (this.#atMs[place] ?? -1);
  }

  /** The slot at a place from 0 to `size - 1`. */
  slotAt(place: number): number {
    return this.#slots[place] ?? -1;
  }

  set(slot: number, atMs: number): void {
    let place = this.#places[slot] ?? -1;
    if (place < 0) {
      if (this.#size === this.#slots.length) this.#resizeList(this.#size * 2);
      if (slot >= this.#places.length) this.#resizePlaces(Math.max(slot + 1, this.#places.length * 2));
      place = this.#size++;
      this.#places[slot] = place;
      this.#slots[place] = slot;
    }
    this.#atMs[place] = atMs;
  }

  /** The slot never expires from now on. */
  clear(slot: number): void {
    const place = this.#places[slot] ?? -1;
    if (place < 0) return;
    const last = --this.#size;
    const moved = this.#slots[last] ?? 0;
    this.#slots[place] = moved;
    this.#atMs[place] = this.#atMs[last] ?? 0;
    this.#places[moved] = place;
    this.#places[slot] = -1;
    if (last > CAPACITY_MIN && last < this.#slots.length / 4) this.#resizeList(this.#slots.length / 2);
  }

  /** What was at slot `from` is at slot `to` from now on; `to` must not expire any more. */
  move(from: number, to: number): void {
    const place = this.#places[from] ?? -1;
    if (place < 0) return;
    this.#places[from] = -1;
    this.#places[to] = place;
    this.#slots[place] = to;
  }

  #resizeList(capacity: number): void {
    const slots = new Int32Array(capacity);
    slots.set(this.#slots.subarray(0, this.#size));
    this.#slots = slots;
    const atMs = new Float64Array(capacity);
    atMs.set(this.#atMs.subarray(0, this.#size));
    this.#atMs = atMs;
  }

  #resizePlaces(capacity: number): void {
    const places = new Int32Array(capacity).fill(-1);
    places.set(this.#places);
    this.#places = places;
  }
}
