/**
 * An open-addressing table of one size: a fingerprint of 64 bits and the key's numbers side by side in one array, so that a
 * decision touches one line of memory. Linear probing; deletion moves the followers back, so that nothing dead is left behind.
 *
 * A slot's place is given as the index of its first number in `numbers`; the fingerprint is the number before.
 */
export class Slots {
  readonly numbers: Float64Array;
  readonly mask: number;
  size = 0;
  readonly #stride: number;
  readonly #strideBits: number;
  readonly #words: Int32Array;

  /** `capacity` is a power of two. */
  constructor(capacity: number, numbersPerKey: number) {
    this.#stride = strideOf(numbersPerKey);
    this.#strideBits = 31 - Math.clz32(this.#stride);
    this.mask = capacity - 1;
    this.numbers = new Float64Array(capacity * this.#stride);
    this.#words = new Int32Array(this.numbers.buffer);
  }

  /** The slot of a fingerprint, or, when it has none, the free one where it would go, less one, negated. */
  find(low: number, high: number): number {
    const words = this.#words;
    const strideBits = this.#strideBits;
    const mask = this.mask;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = (slot << strideBits) + 1;
      const foundLow = words[at * 2 - 2] as number;
      const foundHigh = words[at * 2 - 1] as number;
      if (foundLow === low && foundHigh === high) return at;
      if (foundLow === 0 && foundHigh === 0) return -at - 1;
    }
  }

  /** Puts a fingerprint into the free slot at `at`, as new at `nowMs`. */
  insert(at: number, low: number, high: number, nowMs: number): void {
    this.#words[at * 2 - 2] = low;
    this.#words[at * 2 - 1] = high;
    this.numbers[at] = nowMs;
    for (let index = at + 1; index < at + this.#stride - 1; index++) this.numbers[index] = 0;
    this.size++;
  }

  /** The place of the slot with a number from 0; the mask wraps it. */
  at(slot: number): number {
    return (slot & this.mask) * this.#stride + 1;
  }

  isFree(at: number): boolean {
    return this.#words[at * 2 - 2] === 0 && this.#words[at * 2 - 1] === 0;
  }

  low(at: number): number {
    return this.#words[at * 2 - 2] as number;
  }

  high(at: number): number {
    return this.#words[at * 2 - 1] as number;
  }

  /** Copies a slot out of another table of the same kind of key. */
  copy(from: Slots, fromAt: number): void {
    const low = from.low(fromAt);
    const high = from.high(fromAt);
    const at = -this.find(low, high) - 1;
    this.insert(at, low, high, 0);
    for (let index = 0; index < this.#stride - 1; index++)
      this.numbers[at + index] = from.numbers[fromAt + index] as number;
  }

  /** Frees a slot whose followers are about to be freed or moved too. */
  clear(at: number): void {
    this.numbers[at - 1] = 0;
    this.size--;
  }

  /** Frees a slot, and moves back those behind it that it had pushed on. */
  remove(at: number): void {
    const stride = this.#stride;
    const mask = this.mask;
    let hole = (at - 1) / stride;
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const here = slot * stride + 1;
      if (this.isFree(here)) break;
      const home = this.low(here) & mask;
      // It may move back to the hole unless its home lies between.
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      const there = hole * stride + 1;
      // As integers: a fingerprint read as a number may be a NaN, whose bits a copy need not keep.
      this.#words[there * 2 - 2] = this.low(here);
      this.#words[there * 2 - 1] = this.high(here);
      for (let index = 0; index < stride - 1; index++)
        this.numbers[there + index] = this.numbers[here + index] as number;
      hole = slot;
    }
    this.clear(hole * stride + 1);
  }
}

/**
 * Numbers from one slot to the next: the power of two above, so that no small slot lies across two lines of memory. By bits,
 * as a power is a floating-point number to the compiler, and each address then takes a tenth longer to find.
 */
function strideOf(numbersPerKey: number): number {
  return 1 << (32 - Math.clz32(numbersPerKey));
}
