/** What a history remembers; plain data. */
export interface SlotHistoryState {
  /** The number of the newest whole slot, counted from the epoch. */
  readonly newest: number;
  /** The means of slots, the newest last; null where nothing was observed. */
  readonly means: readonly (number | null)[];
}

/** The mean of a load for every slot of time, as far back as there is room; single precision, in a ring. */
export class SlotHistory {
  readonly #ring: Float32Array;
  #newest = Number.NaN;

  constructor(length: number, state?: SlotHistoryState) {
    this.#ring = new Float32Array(length).fill(Number.NaN);
    if (!state || !Number.isSafeInteger(state.newest)) return;
    const means = state.means.slice(-length);
    for (const [index, mean] of means.entries())
      this.put(state.newest - means.length + 1 + index, mean ?? Number.NaN);
  }

  /** The number of the newest slot; NaN when there is none. */
  get newest(): number {
    return this.#newest;
  }

  /** The mean of a slot; NaN when nothing was observed in it, or it is too long ago, or yet to come. */
  at(slot: number): number {
    if (!(slot <= this.#newest && slot > this.#newest - this.#ring.length)) return Number.NaN;
    return this.#ring[this.#indexOf(slot)] ?? Number.NaN;
  }

  /** Of the slots after `after` up to `upTo`, those that were observed: their mean, or NaN. */
  mean(after: number, upTo: number): number {
    let [sum, count] = [0, 0];
    for (let slot = after + 1; slot <= upTo; slot++) {
      const mean = this.at(slot);
      if (Number.isNaN(mean)) continue;
      sum += mean;
      count++;
    }
    return sum / count;
  }

  /** Slots come in order; those left out were not observed. */
  put(slot: number, mean: number): void {
    const skipped = Number.isNaN(this.#newest) ? 0 : Math.min(slot - this.#newest - 1, this.#ring.length);
    for (let back = 1; back <= skipped; back++) this.#ring[this.#indexOf(slot - back)] = Number.NaN;
    this.#ring[this.#indexOf(slot)] = mean;
    this.#newest = slot;
  }

  get state(): SlotHistoryState {
    const means: (number | null)[] = [];
    for (let back = this.#ring.length - 1; back >= 0; back--) {
      const mean = this.at(this.#newest - back);
      if (!Number.isNaN(mean)) means.push(mean);
      else if (means.length > 0) means.push(null);
    }
    return { newest: this.#newest, means };
  }

  #indexOf(slot: number): number {
    const { length } = this.#ring;
    return ((slot % length) + length) % length;
  }
}
