/** How much waits to be sent, at most. */
export interface QueueLimits {
  readonly itemsMax: number;
  /** By what the items were said to take. */
  readonly sizeBytesMax: number;
}

/**
 * What waits to be sent, within bounds. Where it is full the newest are turned away and counted: to refuse costs nothing, and
 * what was taken first is of traces that are whole. Pure.
 */
export class ExportQueue<Item> {
  readonly #limits: QueueLimits;
  #items: Item[] = [];
  #sizes: number[] = [];
  #sizeBytes = 0;
  #turnedAway = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#items.length;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** How many were turned away since the beginning. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** False when there was no room. */
  offer(item: Item, sizeBytes: number): boolean {
    const { itemsMax, sizeBytesMax } = this.#limits;
    if (this.#items.length >= itemsMax || this.#sizeBytes + sizeBytes > sizeBytesMax) {
      this.#turnedAway++;
      return false;
    }
    this.#items.push(item);
    this.#sizes.push(sizeBytes);
    this.#sizeBytes += sizeBytes;
    return true;
  }

  /** Takes the oldest, within limits, and one at least where there is any. */
  take(limits: QueueLimits): Item[] {
    let count = 0;
    let sizeBytes = 0;
    while (count < this.#items.length && count < limits.itemsMax) {
      const size = this.#sizes[count] ?? 0;
      if (count > 0 && sizeBytes + size > limits.sizeBytesMax) break;
      sizeBytes += size;
      count++;
    }
    const taken = this.#items.slice(0, count);
    this.#items = this.#items.slice(count);
    this.#sizes = this.#sizes.slice(count);
    this.#sizeBytes -= sizeBytes;
    return taken;
  }
}
