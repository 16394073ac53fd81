import type { HistogramReading } from "../metric-reader.ts";

/** Eight bounds for each doubling, from 10 µs to some 20 minutes: neighbours are 9 % apart. */
const PER_OCTAVE = 8;
const LOWEST_MS = 0.01;
const OCTAVES = 27;

/**
 * A fixed set of bounds in milliseconds, the required ones among them, so that what lies above those is counted exactly and not
 * guessed. Rising, without repeats.
 */
export function boundsWith(requiredMs: readonly number[]): readonly number[] {
  const regular = Array.from(
    { length: OCTAVES * PER_OCTAVE + 1 },
    (_, at) => LOWEST_MS * 2 ** (at / PER_OCTAVE),
  );
  return [...new Set([...regular, ...requiredMs])].sort((one, other) => one - other);
}

/**
 * Counts of durations by fixed bounds. The metric store forgets the details of what is long past; these can be added up over a
 * run of any length in constant memory. Pure.
 */
export class LatencyBuckets {
  readonly boundsMs: readonly number[];
  /** One more than there are bounds. */
  readonly #counts: Float64Array;
  #total = 0;

  constructor(boundsMs: readonly number[]) {
    this.boundsMs = boundsMs;
    this.#counts = new Float64Array(boundsMs.length + 1);
  }

  get total(): number {
    return this.#total;
  }

  /** Adds what a histogram in seconds took. */
  addReading(reading: HistogramReading): void {
    let aboveBefore = reading.count;
    for (const [at, boundMs] of this.boundsMs.entries()) {
      // Interpolation must not make a bucket negative.
      const above = Math.min(aboveBefore, Math.max(0, reading.above(boundMs / 1_000)));
      this.#counts[at] = (this.#counts[at] ?? 0) + aboveBefore - above;
      aboveBefore = above;
    }
    const last = this.boundsMs.length;
    this.#counts[last] = (this.#counts[last] ?? 0) + aboveBefore;
    this.#total += reading.count;
  }

  /** Adds what another set of the same bounds holds. */
  add(other: LatencyBuckets): void {
    for (let at = 0; at < this.#counts.length; at++)
      this.#counts[at] = (this.#counts[at] ?? 0) + (other.#counts[at] ?? 0);
    this.#total += other.#total;
  }

  /** How many took longer than one of the bounds. */
  above(boundMs: number): number {
    let count = 0;
    for (let at = this.#counts.length - 1; at > 0 && (this.boundsMs[at - 1] ?? 0) >= boundMs; at--)
      count += this.#counts[at] ?? 0;
    return count;
  }

  /** The time below which a share of them stayed, interpolated; undefined while there are none. Beyond the last bound, that bound. */
  percentileMs(rank: number): number | undefined {
    if (this.#total <= 0) return undefined;
    const wanted = rank * this.#total;
    let below = 0;
    for (const [at, count] of this.#counts.entries()) {
      if (count <= 0 || below + count < wanted) {
        below += count;
        continue;
      }
      const lower = this.boundsMs[at - 1] ?? 0;
      const upper = this.boundsMs[at];
      return upper === undefined ? lower : lower + ((upper - lower) * Math.max(0, wanted - below)) / count;
    }
    return this.boundsMs.at(-1);
  }
}
