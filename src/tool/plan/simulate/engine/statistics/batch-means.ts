import { studentQuantile } from "./student-quantile.ts";

/** A mean, and how far the true one may be from it. */
export interface Interval {
  readonly mean: number;
  /** The true mean lies within this of it, with the confidence asked for. Null of too few batches to say. */
  readonly halfWidth: number | null;
  /** Means that it was worked out from. */
  readonly batches: number;
  /**
   * How much neighbouring batches are alike (correlation at lag 1, -1 to 1): well above 0 the run is too short for batches to be independent,
   * and the interval is too narrow.
   */
  readonly correlation: number;
}

/** Means of so many values each, in the order of the values. */
export interface Batches {
  readonly size: number;
  readonly means: readonly number[];
}

/**
 * Means of batches of values that follow each other, in constant memory: when all places are taken, neighbours are put together and
 * batches are twice as long from then on. Requests that follow each other fare alike, so an interval of single values would be far too narrow;
 * means of long batches hardly depend on each other (batch means: Law, "Simulation Modeling and Analysis", section 9.5.3). Pure.
 */
export class BatchMeans {
  readonly #sums: Float64Array;
  #batches = 0;
  #size = 1;
  #sum = 0;
  #inBatch = 0;

  /** `batchesMax`: even, 4 or more; half of it to all of it are in use. Default 64, of which 32 to 64 make an interval. */
  constructor(batchesMax = 64) {
    if (!(Number.isInteger(batchesMax) && batchesMax >= 4 && batchesMax % 2 === 0)) {
      throw new RangeError(`batchesMax has to be even, and 4 or more, not ${batchesMax}`);
    }
    this.#sums = new Float64Array(batchesMax);
  }

  /** Whole batches so far; values of the one that has begun are left out. */
  get batches(): Batches {
    return {
      size: this.#size,
      means: Array.from(this.#sums.subarray(0, this.#batches), (sum) => sum / this.#size),
    };
  }

  record(value: number): void {
    this.#sum += value;
    this.#inBatch++;
    if (this.#inBatch < this.#size) return;
    this.#sums[this.#batches++] = this.#sum;
    this.#sum = 0;
    this.#inBatch = 0;
    if (this.#batches === this.#sums.length) this.#collapse();
  }

  /** `confidence`: how often such intervals hold the true mean, above 0 and below 1; default 0.95. */
  interval(confidence = 0.95): Interval {
    const { means } = this.batches;
    const count = means.length;
    const mean = count === 0 ? 0 : means.reduce((sum, one) => sum + one, 0) / count;
    if (count < 2) return { mean, halfWidth: null, batches: count, correlation: 0 };
    let squares = 0;
    let products = 0;
    let before = 0;
    for (const [at, one] of means.entries()) {
      const apart = one - mean;
      squares += apart * apart;
      if (at > 0) products += apart * before;
      before = apart;
    }
    const deviation = Math.sqrt(squares / (count - 1) / count);
    return {
      mean,
      halfWidth: studentQuantile((1 + confidence) / 2, count - 1) * deviation,
      batches: count,
      correlation: squares === 0 ? 0 : products / squares,
    };
  }

  reset(): void {
    this.#batches = 0;
    this.#size = 1;
    this.#sum = 0;
    this.#inBatch = 0;
  }

  #collapse(): void {
    const sums = this.#sums;
    const half = sums.length / 2;
    for (let at = 0; at < half; at++) {
      sums[at] = (sums[2 * at] as number) + (sums[2 * at + 1] as number);
    }
    this.#batches = half;
    this.#size *= 2;
  }
}
