import type { HistogramReading } from "../metric-reader.ts";
import type { BucketLayout } from "./bucket-layout.ts";
import type { Entry } from "./strip.ts";

/** Counts by bucket of one layout; only the stretch of buckets that took something takes memory. Pure. */
export class Tally {
  readonly layout: BucketLayout;
  total = 0;
  #low = 0;
  #counts: Float64Array = NONE;

  constructor(layout: BucketLayout) {
    this.layout = layout;
  }

  /** Buckets below `low` and from `high` on are empty. */
  get low(): number {
    return this.#low;
  }

  get high(): number {
    return this.#low + this.#counts.length;
  }

  get(id: number): number {
    return this.#counts[id - this.#low] ?? 0;
  }

  add(id: number, count: number): void {
    if (id < this.#low || id >= this.high) this.#widen(id);
    const place = id - this.#low;
    this.#counts[place] = (this.#counts[place] ?? 0) + count;
    this.total += count;
  }

  clear(): void {
    this.#counts = NONE;
    this.total = 0;
  }

  /** How many lie at or below a value; within a bucket they are taken to lie evenly. */
  below(value: number): number {
    const { layout } = this;
    const id = layout.idOf(value);
    let sum = 0;
    for (let each = this.#low; each < Math.min(id, this.high); each++) sum += this.get(each);
    const here = this.get(id);
    if (here === 0) return sum;
    const lower = layout.lower(id);
    const width = layout.upper(id) - lower;
    return sum + here * (width > 0 ? Math.min(1, (value - lower) / width) : value >= lower ? 1 : 0);
  }

  /** The value at or below which `count` of them lie. */
  valueAt(count: number): number {
    let before = 0;
    let last = 0;
    for (let id = this.#low; id < this.high; id++) {
      const here = this.get(id);
      if (here <= 0) continue;
      last = this.layout.upper(id);
      if (before + here >= count) {
        const lower = this.layout.lower(id);
        return lower + ((last - lower) * Math.max(0, count - before)) / here;
      }
      before += here;
    }
    return last;
  }

  #widen(id: number): void {
    const size = this.layout.size;
    const isEmpty = this.#counts.length === 0;
    // A little more than asked for on the side that grows, or values that rise one by one would copy each time.
    const spare = Math.min(8, 2 + (this.#counts.length >> 1));
    const low = isEmpty ? id : id < this.#low ? Math.max(0, id - spare) : this.#low;
    const high = isEmpty ? id + 1 : id >= this.high ? Math.min(size, id + 1 + spare) : this.high;
    const wider = new Float64Array(high - low);
    if (!isEmpty) wider.set(this.#counts, this.#low - low);
    this.#low = low;
    this.#counts = wider;
  }
}

const NONE = new Float64Array(0);

/** Histograms added up, whatever their buckets: nothing is mapped, each layout keeps counts of its own. Pure. */
export class Distribution implements HistogramReading {
  count = 0;
  sum = 0;
  readonly tallies: Tally[] = [];

  /** Adds a share (0 to 1) of an entry. */
  addEntry(layout: BucketLayout, entry: Entry, share: number): void {
    const tally = this.tallyOf(layout);
    for (let index = 0; index < entry.used; index++) {
      const count = share * (entry.counts[index] ?? 0);
      tally.add(entry.ids[index] ?? 0, count);
      this.count += count;
    }
    this.sum += share * entry.value;
  }

  tallyOf(layout: BucketLayout): Tally {
    for (const tally of this.tallies) if (tally.layout === layout) return tally;
    const tally = new Tally(layout);
    this.tallies.push(tally);
    return tally;
  }

  percentile(rank: number): number {
    const target = Math.min(1, Math.max(0, rank)) * this.count;
    const [first] = this.tallies;
    if (!first) return 0;
    // A histogram without bounds knows nothing but its mean.
    if (this.tallies.every(({ layout }) => layout.size === 1)) return this.sum / this.count;
    if (this.tallies.length === 1) return first.valueAt(target);
    return this.#bisect(target);
  }

  above(value: number): number {
    return Math.max(0, this.count - this.below(value));
  }

  /** How many lie at or below a value. */
  below(value: number): number {
    let sum = 0;
    for (const tally of this.tallies) sum += tally.below(value);
    return sum;
  }

  /** Of several layouts: the sum of their counts below a value rises with it, so halving the range finds the value. */
  #bisect(target: number): number {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { layout, low: from, high: to } of this.tallies) {
      low = Math.min(low, layout.lower(from));
      high = Math.max(high, layout.upper(to - 1));
    }
    for (let round = 0; round < 60 && high > low; round++) {
      const middle = (low + high) / 2;
      if (middle === low || middle === high) break;
      if (this.below(middle) >= target) high = middle;
      else low = middle;
    }
    return high;
  }
}
