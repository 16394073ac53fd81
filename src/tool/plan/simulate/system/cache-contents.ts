import type { Random } from "../../../../blocks/time/random.ts";
import { RecentKeys, Zipf } from "../engine/index.ts";
import { drawn } from "./lots.ts";

/** Reads by which a cache is filled before a run, at most: a second of work, and as many for each item. */
const WARMING_READS = 10_000_000;
const READS_PER_ITEM = 100;

/** What all classes with keys of one kind draw from. Keys of different kinds are different numbers. */
export class KeySpace {
  readonly zipf: Zipf;
  /** What its keys begin with. */
  readonly first: number;

  constructor(keys: { readonly count: number; readonly skew: number }, first: number) {
    this.zipf = new Zipf({ keys: keys.count, exponent: keys.skew });
    this.first = first;
  }

  draw(random: Random): number {
    return this.first + this.zipf.draw(random);
  }
}

/**
 * What a cache holds: the keys themselves, least recently used leaving first, where requests have keys; and for those that have none a share of
 * hits, which falls with a flush and comes back as misses fill the cache anew. Pure.
 */
export class CacheContents {
  /** Reads since the warm-up, and hits of them. */
  askedSince = 0;
  hitsSince = 0;
  // In the window under way.
  #asked = 0;
  #hits = 0;
  readonly #items: number;
  readonly #hitRatio: number;
  readonly #keys: RecentKeys;
  readonly #random: Random;
  /** Items, as far as those without keys know. */
  #filled: number;

  /** `items`: 0 or more; `hitRatio`: of requests without keys. */
  constructor(items: number, hitRatio: number, random: Random) {
    this.#items = Math.max(0, Math.floor(items));
    this.#hitRatio = hitRatio;
    this.#keys = new RecentKeys(Math.max(1, this.#items));
    this.#random = random;
    this.#filled = this.#items;
  }

  /** Whether it has what is asked for; -1 is something of which only the popularity is known. */
  read(key: number): boolean {
    this.askedSince++;
    this.#asked++;
    const isHit =
      key < 0
        ? this.#random() * Math.max(1, this.#items) < this.#hitRatio * this.#filled
        : this.#items > 0 && this.#keys.has(key);
    if (!isHit) return false;
    this.hitsSince++;
    this.#hits++;
    return true;
  }

  /** The warm-up is over. */
  counted(): void {
    this.askedSince = 0;
    this.hitsSince = 0;
  }

  /** Hits by reads since it was asked for last; null when there were no reads. */
  takeRatio(): number | null {
    const ratio = this.#asked > 0 ? this.#hits / this.#asked : null;
    this.#asked = 0;
    this.#hits = 0;
    return ratio;
  }

  put(key: number): void {
    if (key >= 0 && this.#items > 0) this.#keys.put(key);
    else if (key < 0 && this.#filled < this.#items) this.#filled++;
  }

  remove(key: number): void {
    if (key >= 0) this.#keys.remove(key);
  }

  flush(): void {
    this.#keys.clear();
    this.#filled = 0;
  }

  /**
   * Fills it with what it would hold after a long time of such reads. What is least recently used depends on the last times alone, so reads are drawn
   * from now backwards: the first of each key is its last, and as many keys as the cache has room for are what it holds. Where it takes very long to
   * come to so many, some of the rarest are left out.
   */
  warm(readers: readonly { readonly space: KeySpace; readonly rate: number }[], random: Random): void {
    const rates = readers.map(({ rate }) => rate);
    if (!rates.some((rate) => rate > 0)) return;
    const spaces = new Set(readers.map(({ space }) => space));
    const keys = [...spaces].reduce((sum, { zipf }) => sum + zipf.keys, 0);
    const room = Math.min(this.#items, keys);
    const drawsMax = Math.min(WARMING_READS, READS_PER_ITEM * room);
    const held = new Set<number>();
    for (let draws = 0; draws < drawsMax && held.size < room; draws++) {
      const reader = readers[drawn(rates, random)];
      if (reader) held.add(reader.space.draw(random));
    }
    for (const key of [...held].reverse()) this.#keys.put(key);
  }
}
