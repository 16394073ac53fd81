import { widened } from "../widened.ts";

const NONE = -1;
const FIRST_CAPACITY = 64;

/**
 * The keys that a cache of so many entries holds, the least recently used leaving first (LRU): what is needed of a cache to know its hits, without
 * the values. A key is a number, by convention a rank of `Zipf`. Times are simulated milliseconds. Pure.
 */
export class RecentKeys {
  readonly #entriesMax: number;
  readonly #places = new Map<number, number>();
  #keys = new Float64Array(FIRST_CAPACITY);
  #expireMs = new Float64Array(FIRST_CAPACITY);
  /** Neighbours, from the most to the least recently used; `newer` of a free place: the next free one. */
  #older = new Int32Array(FIRST_CAPACITY);
  #newer = new Int32Array(FIRST_CAPACITY);
  #newest = NONE;
  #oldest = NONE;
  #free = NONE;
  #fresh = 0;

  /** `entriesMax`: 1 or more; as many as memory by an entry's size. */
  constructor(entriesMax: number) {
    if (!(Number.isInteger(entriesMax) && entriesMax >= 1 && entriesMax < 2 ** 30)) {
      throw new RangeError(`entriesMax has to be a whole number from 1, not ${entriesMax}`);
    }
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Whether the key is there and not past its time; it is the most recently used then. One past its time is forgotten. */
  has(key: number, nowMs = 0): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    if ((this.#expireMs[place] as number) <= nowMs) {
      this.#remove(place);
      return false;
    }
    if (place !== this.#newest) {
      this.#unlink(place);
      this.#link(place);
    }
    return true;
  }

  /** Puts a key in, or its time anew; the least recently used makes room. `expiresMs`: when it is past its time; default never. */
  put(key: number, expiresMs = Number.POSITIVE_INFINITY): void {
    let place = this.#places.get(key);
    if (place !== undefined) this.#unlink(place);
    else {
      if (this.#places.size === this.#entriesMax) this.#remove(this.#oldest);
      place = this.#take();
      this.#places.set(key, place);
      this.#keys[place] = key;
    }
    this.#expireMs[place] = expiresMs;
    this.#link(place);
  }

  /** Takes a key out, as a write that invalidates does. False when it is not there. */
  remove(key: number): boolean {
    const place = this.#places.get(key);
    if (place === undefined) return false;
    this.#remove(place);
    return true;
  }

  /** Forgets all: the cache was restarted. */
  clear(): void {
    this.#places.clear();
    this.#newest = NONE;
    this.#oldest = NONE;
    this.#free = NONE;
    this.#fresh = 0;
  }

  #remove(place: number): void {
    this.#unlink(place);
    this.#places.delete(this.#keys[place] as number);
    this.#newer[place] = this.#free;
    this.#free = place;
  }

  #take(): number {
    if (this.#free !== NONE) {
      const place = this.#free;
      this.#free = this.#newer[place] as number;
      return place;
    }
    if (this.#fresh === this.#keys.length) {
      const length = Math.min(this.#entriesMax, this.#keys.length * 2);
      this.#keys = widened(this.#keys, new Float64Array(length));
      this.#expireMs = widened(this.#expireMs, new Float64Array(length));
      this.#older = widened(this.#older, new Int32Array(length));
      this.#newer = widened(this.#newer, new Int32Array(length));
    }
    return this.#fresh++;
  }

  #link(place: number): void {
    this.#older[place] = this.#newest;
    this.#newer[place] = NONE;
    if (this.#newest === NONE) this.#oldest = place;
    else this.#newer[this.#newest] = place;
    this.#newest = place;
  }

  #unlink(place: number): void {
    const older = this.#older[place] as number;
    const newer = this.#newer[place] as number;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
  }
}
