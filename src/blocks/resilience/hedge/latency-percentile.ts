/** Values below this many microseconds have a bucket each; above, each doubling has this many buckets. */
const BUCKETS_PER_DOUBLING = 16;
const BUCKETS = 28 * BUCKETS_PER_DOUBLING;
const LONGEST_US = 2 ** 31 - 1;
/** Fewer say nothing of a percentile. */
const SAMPLES_MIN = 100;
/** A percentile hardly moves within so few samples; to find it anew takes as long as some hundred notes. */
const SAMPLES_PER_READING = 64;
/** After so many samples those before count half. */
const SAMPLES_PER_HALVING = 1_000;

/**
 * A percentile of the latencies that were noted lately: a histogram with logarithmic buckets, as in HdrHistogram. What it says
 * is never below the percentile of what it weighs, and above it by at most a sixteenth (6.25 %) and a microsecond; it is found
 * anew every 64 notes. The weight of a note halves with every 1,000 that follow, so that it follows a service whose speed changes.
 *
 * Pure, of fixed size (3.5 KiB). To note is O(1) and allocates nothing.
 */
export class LatencyPercentile {
  readonly #share: number;
  readonly #weights = new Float64Array(BUCKETS);
  #total = 0;
  #samples = 0;
  #ms: number | undefined;

  /** `share`: which percentile, above 0 and below 1, as in 0.95. Throws a `RangeError` for any other. */
  constructor(share: number) {
    if (!(share > 0 && share < 1))
      throw new RangeError(`latencyPercentile: share has to be above 0 and below 1, not ${share}`);
    this.#share = share;
  }

  /** The percentile in milliseconds; undefined until 100 latencies are noted. */
  get ms(): number | undefined {
    return this.#ms;
  }

  /** Notes a latency, in milliseconds; what lies outside of 0 to 2,147 seconds counts as the nearest of those. */
  note(latencyMs: number): void {
    const us = latencyMs > 0 ? Math.min(LONGEST_US, latencyMs * 1_000) : 0;
    const bucket = bucketOf(Math.trunc(us));
    this.#weights[bucket] = (this.#weights[bucket] ?? 0) + 1;
    this.#total++;
    this.#samples++;
    if (this.#samples >= SAMPLES_MIN && (this.#samples % SAMPLES_PER_READING === 0 || this.#ms === undefined))
      this.#ms = this.#read();
    if (this.#samples % SAMPLES_PER_HALVING === 0) this.#halve();
  }

  #read(): number {
    const enough = this.#total * this.#share;
    let weight = 0;
    let bucket = 0;
    for (; bucket < BUCKETS - 1; bucket++) {
      weight += this.#weights[bucket] ?? 0;
      if (weight >= enough) break;
    }
    return endOf(bucket) / 1_000;
  }

  #halve(): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.#weights[bucket] = (this.#weights[bucket] ?? 0) / 2;
    this.#total /= 2;
  }
}

/** The doubling of a value is where its highest bit stands, and the four bits below tell the buckets of a doubling apart. */
function bucketOf(us: number): number {
  if (us < BUCKETS_PER_DOUBLING) return us;
  const shift = 27 - Math.clz32(us);
  return shift * BUCKETS_PER_DOUBLING + (us >>> shift);
}

/** The first value, in microseconds, that is beyond a bucket. */
function endOf(bucket: number): number {
  if (bucket < BUCKETS_PER_DOUBLING) return bucket + 1;
  const shift = Math.floor(bucket / BUCKETS_PER_DOUBLING) - 1;
  return (bucket - shift * BUCKETS_PER_DOUBLING + 1) * 2 ** shift;
}
