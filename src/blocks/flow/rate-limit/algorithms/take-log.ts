/**
 * Takes in order of time, in a ring that grows with their number. At `entriesMax` the next one joins the last, which then counts
 * for as long as the later of both: too strict a little, never too lax.
 */
export class TakeLog {
  /** The cost of all entries. */
  sum = 0;
  count = 0;
  /** Moment and cost of each entry, side by side. */
  #ring = new Float64Array(8);
  #head = 0;

  /** The moment of the entry at `position`, counted from the oldest. */
  timeMs(position: number): number {
    return this.#ring[this.#offset(position)] as number;
  }

  cost(position: number): number {
    return this.#ring[this.#offset(position) + 1] as number;
  }

  /** The last entry's moment, or minus infinity. */
  get lastMs(): number {
    return this.count === 0 ? Number.NEGATIVE_INFINITY : this.timeMs(this.count - 1);
  }

  /** `timeMs` is not before the last entry's. */
  push(timeMs: number, cost: number, entriesMax: number): void {
    this.sum += cost;
    const isNewMoment = timeMs !== this.lastMs;
    if (isNewMoment && this.count < entriesMax) {
      if (this.count * 2 === this.#ring.length) this.#grow();
      this.count++;
      this.#ring[this.#offset(this.count - 1) + 1] = 0;
    }
    const offset = this.#offset(this.count - 1);
    this.#ring[offset] = timeMs;
    this.#ring[offset + 1] = (this.#ring[offset + 1] as number) + cost;
  }

  /** Forgets the oldest entry. */
  shift(): void {
    this.sum -= this.cost(0);
    this.#head = (this.#head + 2) & (this.#ring.length - 1);
    this.#dropped();
  }

  /** Takes up to `units` out of the entry at `position`; how many it had. */
  reduce(position: number, units: number): number {
    const offset = this.#offset(position) + 1;
    const taken = Math.min(units, this.#ring[offset] as number);
    this.#ring[offset] = (this.#ring[offset] as number) - taken;
    this.sum -= taken;
    return taken;
  }

  /** Forgets the newest entries that cost nothing any more. */
  trim(): void {
    while (this.count > 0 && this.cost(this.count - 1) <= 0) this.#dropped();
  }

  #dropped(): void {
    this.count--;
    // Sums of fractions are rounded; with nothing left, nothing is left of that.
    if (this.count === 0) this.sum = 0;
  }

  #offset(position: number): number {
    return (this.#head + 2 * position) & (this.#ring.length - 1);
  }

  #grow(): void {
    const grown = new Float64Array(this.#ring.length * 2);
    grown.set(this.#ring.subarray(this.#head));
    grown.set(this.#ring.subarray(0, this.#head), this.#ring.length - this.#head);
    this.#ring = grown;
    this.#head = 0;
  }
}
