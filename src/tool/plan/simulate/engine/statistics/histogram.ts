/** Parts of each doubling, all of one width: a value is known to within 1/256 of itself, 0.39 %. */
const PARTS = 256;
const PART_BITS = 8;
/** The least that is told from 0, 2^-14, and the first power of two that is not told apart from greater ones, 2^26: in milliseconds 61 ns and 18 hours. */
const LEAST_EXPONENT = -14;
const END_EXPONENT = 26;
const EXPONENT_BIAS = 1_023;
/** The upper bits of a double, down to the part, are a number that rises with it: this is where the first bucket begins. */
const FIRST = (LEAST_EXPONENT + EXPONENT_BIAS) * PARTS;
const BUCKETS = (END_EXPONENT - LEAST_EXPONENT) * PARTS;

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);
/** Where the half with the exponent is, on this machine. */
const HIGH_WORD = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** A histogram's figures as plain data. Quantiles are within 0.4 % of what they would be of all values sorted, the others exact. */
export interface HistogramSummary {
  readonly count: number;
  readonly mean: number;
  readonly least: number;
  readonly greatest: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
}

/**
 * Counts values of 0 or more in constant memory, 80 KiB from the first on, and tells any quantile of them to within 0.4 %: buckets as wide as
 * 1/256 of the power of two that they belong to, found by the bits of the number. Values below 2^-14 count as 0, those of 2^26 or
 * more as the greatest. Pure.
 */
export class Histogram {
  #counts: Float64Array | undefined;
  #count = 0;
  #sum = 0;
  #zeros = 0;
  #beyond = 0;
  #least = Number.POSITIVE_INFINITY;
  #greatest = 0;

  get count(): number {
    return this.#count;
  }

  /** Their sum by their count; 0 of none. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Values that are no number or below 0 are a mistake of the caller's, and count as 0. */
  record(value: number): void {
    this.#count++;
    if (!(value > 0)) {
      this.#zeros++;
      this.#least = 0;
      return;
    }
    this.#sum += value;
    if (value > this.#greatest) this.#greatest = value;
    if (value < this.#least) this.#least = value;
    FLOAT[0] = value;
    const bucket = ((WORDS[HIGH_WORD] as number) >>> (20 - PART_BITS)) - FIRST;
    if (bucket < 0) this.#zeros++;
    else if (bucket >= BUCKETS) this.#beyond++;
    else {
      this.#counts ??= new Float64Array(BUCKETS);
      this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    }
  }

  /**
   * The value that the given share of all does not exceed, by their rank; values within a bucket are taken as spread evenly. 0 when there is none.
   * `share`: 0 to 1.
   */
  quantile(share: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.min(1, Math.max(0, share)) * this.#count;
    let below = this.#zeros;
    if (rank <= below && below > 0) return this.#least;
    const counts = this.#counts;
    for (let bucket = 0; counts && bucket < BUCKETS; bucket++) {
      const count = counts[bucket] as number;
      if (count === 0 || below + count < rank) {
        below += count;
        continue;
      }
      const low = lowerBound(bucket);
      const value = low + (lowerBound(bucket + 1) - low) * ((rank - below) / count);
      return Math.min(this.#greatest, Math.max(this.#least, value));
    }
    return this.#greatest;
  }

  /** What share of the values exceeds a bound: within the bucket it falls in they are taken as spread evenly. */
  shareAbove(bound: number): number {
    if (this.#count === 0 || bound >= this.#greatest) return 0;
    if (bound < this.#least) return 1;
    let above = this.#beyond;
    for (let bucket = BUCKETS - 1; this.#counts && bucket >= 0; bucket--) {
      const low = lowerBound(bucket);
      const high = lowerBound(bucket + 1);
      if (high <= bound) break;
      const share = bound <= low ? 1 : (high - bound) / (high - low);
      above += (this.#counts[bucket] as number) * share;
    }
    return above / this.#count;
  }

  /** Adds what another has counted. */
  add(other: Histogram): void {
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#zeros += other.#zeros;
    this.#beyond += other.#beyond;
    this.#least = Math.min(this.#least, other.#least);
    this.#greatest = Math.max(this.#greatest, other.#greatest);
    if (!other.#counts) return;
    this.#counts ??= new Float64Array(BUCKETS);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#counts[bucket] = (this.#counts[bucket] as number) + (other.#counts[bucket] as number);
    }
  }

  /** Forgets all. */
  reset(): void {
    this.#counts?.fill(0);
    this.#count = 0;
    this.#sum = 0;
    this.#zeros = 0;
    this.#beyond = 0;
    this.#least = Number.POSITIVE_INFINITY;
    this.#greatest = 0;
  }

  summary(): HistogramSummary {
    return {
      count: this.#count,
      mean: this.mean,
      least: this.#count === 0 ? 0 : this.#least,
      greatest: this.#greatest,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p95: this.quantile(0.95),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
    };
  }

  /** Buckets that hold something, by their upper bounds, in rising order: for a chart, or for `fromHistogram`. */
  buckets(): { readonly from: number; readonly to: number; readonly count: number }[] {
    const found: { from: number; to: number; count: number }[] = [];
    if (this.#zeros > 0) found.push({ from: 0, to: lowerBound(0), count: this.#zeros });
    for (let bucket = 0; this.#counts && bucket < BUCKETS; bucket++) {
      const count = this.#counts[bucket] as number;
      if (count > 0) found.push({ from: lowerBound(bucket), to: lowerBound(bucket + 1), count });
    }
    if (this.#beyond > 0) {
      found.push({ from: lowerBound(BUCKETS), to: this.#greatest, count: this.#beyond });
    }
    return found;
  }
}

function lowerBound(bucket: number): number {
  const octave = Math.floor(bucket / PARTS);
  return 2 ** (LEAST_EXPONENT + octave) * (1 + (bucket - octave * PARTS) / PARTS);
}
