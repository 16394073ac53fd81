/** What was delivered and is not yet acknowledged, and how far everything is. Sequence numbers only rise. */
export class AckWindow<Entry extends { readonly sequence: number }> {
  /** In the order of delivery, which is that of sequence numbers. */
  readonly #outstanding = new Map<number, Entry>();
  #passed: number;

  /** Everything up to `acknowledged` is done with. */
  constructor(acknowledged: number) {
    this.#passed = acknowledged;
  }

  /** How many are delivered and not acknowledged. */
  get size(): number {
    return this.#outstanding.size;
  }

  /** What is delivered and not acknowledged, in its order. */
  get entries(): Iterable<Entry> {
    return this.#outstanding.values();
  }

  /** Everything up to here is acknowledged, though later items may be too. */
  get acknowledged(): number {
    for (const sequence of this.#outstanding.keys()) return sequence - 1;
    return this.#passed;
  }

  deliver(entry: Entry): void {
    this.#outstanding.set(entry.sequence, entry);
    this.#passed = entry.sequence;
  }

  /** What there is up to `sequence` will never be delivered. */
  skip(sequence: number): void {
    this.#passed = Math.max(this.#passed, sequence);
  }

  /** False when it was acknowledged before. */
  acknowledge(sequence: number): boolean {
    return this.#outstanding.delete(sequence);
  }
}
