import { TimeAverage } from "./time-average.ts";

/** Windows of a series: more than a chart has columns. */
const WINDOWS_MAX = 512;

export interface SeriesOptions {
  /** How long a window is at first, in milliseconds; above 0. Default 1,000. Doubled whenever the run outlasts what the series holds. */
  readonly windowMs?: number;
  /** Even, 2 or more. Default 512. */
  readonly windowsMax?: number;
}

/** A series as plain data: each window by its number, from time 0. */
export interface SeriesData {
  readonly windowMs: number;
  /** Of each window: how many values, their mean and the greatest, and quantiles to within 5 %; of none, 0. */
  readonly count: readonly number[];
  readonly mean: readonly number[];
  readonly greatest: readonly number[];
  readonly p50: readonly number[];
  readonly p99: readonly number[];
}

/** Buckets of one window, in ten of each doubling from 2^-10 to 2^22: in milliseconds 1 us to over an hour. */
const PER_DOUBLING = 10;
const LEAST_LOG = -10;
const BUCKETS = 32 * PER_DOUBLING;

/**
 * What happened when: values by the window of time in which they were recorded, in constant memory however long the run is. When it
 * outlasts the windows, neighbours are put together. Pure.
 */
export class ValueSeries {
  readonly #windowsMax: number;
  #windowMs: number;
  #used = 0;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  readonly #greatest: Float64Array;
  readonly #buckets: (Uint32Array | undefined)[];

  /** @throws RangeError when an option is out of its range. */
  constructor(options: SeriesOptions = {}) {
    const { windowMs, windowsMax } = checked(options);
    this.#windowMs = windowMs;
    this.#windowsMax = windowsMax;
    this.#counts = new Float64Array(windowsMax);
    this.#sums = new Float64Array(windowsMax);
    this.#greatest = new Float64Array(windowsMax);
    this.#buckets = new Array(windowsMax).fill(undefined);
  }

  /** `value`: 0 or more. */
  record(nowMs: number, value: number): void {
    let window = Math.floor(nowMs / this.#windowMs);
    while (window >= this.#windowsMax) {
      this.#collapse();
      window = Math.floor(nowMs / this.#windowMs);
    }
    if (window >= this.#used) this.#used = window + 1;
    this.#counts[window] = (this.#counts[window] as number) + 1;
    this.#sums[window] = (this.#sums[window] as number) + value;
    if (value > (this.#greatest[window] as number)) this.#greatest[window] = value;
    let buckets = this.#buckets[window];
    if (!buckets) {
      buckets = new Uint32Array(BUCKETS);
      this.#buckets[window] = buckets;
    }
    const bucket = bucketOf(value);
    buckets[bucket] = (buckets[bucket] as number) + 1;
  }

  data(): SeriesData {
    const windows = Array.from({ length: this.#used }, (_, window) => window);
    return {
      windowMs: this.#windowMs,
      count: windows.map((window) => this.#counts[window] ?? 0),
      mean: windows.map((window) => (this.#sums[window] ?? 0) / Math.max(1, this.#counts[window] ?? 0)),
      greatest: windows.map((window) => this.#greatest[window] ?? 0),
      p50: windows.map((window) => this.#quantile(window, 0.5)),
      p99: windows.map((window) => this.#quantile(window, 0.99)),
    };
  }

  #quantile(window: number, share: number): number {
    const buckets = this.#buckets[window];
    if (!buckets) return 0;
    const rank = share * (this.#counts[window] ?? 0);
    let below = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      below += buckets[bucket] ?? 0;
      // The middle of a bucket, by ratio.
      if (below >= rank && below > 0) {
        const value = bucket === 0 ? 0 : 2 ** (LEAST_LOG + (bucket + 0.5) / PER_DOUBLING);
        return Math.min(this.#greatest[window] ?? 0, value);
      }
    }
    return this.#greatest[window] ?? 0;
  }

  #collapse(): void {
    const half = this.#windowsMax / 2;
    for (let at = 0; at < half; at++) {
      const [one, other] = [2 * at, 2 * at + 1];
      this.#counts[at] = (this.#counts[one] ?? 0) + (this.#counts[other] ?? 0);
      this.#sums[at] = (this.#sums[one] ?? 0) + (this.#sums[other] ?? 0);
      this.#greatest[at] = Math.max(this.#greatest[one] ?? 0, this.#greatest[other] ?? 0);
      this.#buckets[at] = together(this.#buckets[one], this.#buckets[other]);
    }
    this.#counts.fill(0, half);
    this.#sums.fill(0, half);
    this.#greatest.fill(0, half);
    this.#buckets.fill(undefined, half);
    this.#used = Math.ceil(this.#used / 2);
    this.#windowMs *= 2;
  }
}

/** A level's series as plain data: its mean over each window, and the greatest in it. */
export interface LevelData {
  readonly windowMs: number;
  readonly mean: readonly number[];
  readonly greatest: readonly number[];
}

/** A level over time (how many wait, how many replicas there are), by windows, in constant memory. Pure. */
export class LevelSeries {
  readonly #windowsMax: number;
  #windowMs: number;
  readonly #means: Float64Array;
  readonly #greatest: Float64Array;
  #window = 0;
  readonly #current: TimeAverage;

  /** @throws RangeError when an option is out of its range. */
  constructor(options: SeriesOptions & { readonly level?: number } = {}) {
    const { windowMs, windowsMax } = checked(options);
    this.#windowMs = windowMs;
    this.#windowsMax = windowsMax;
    this.#means = new Float64Array(windowsMax);
    this.#greatest = new Float64Array(windowsMax);
    this.#current = new TimeAverage(options.level ?? 0);
  }

  /** From now on it stands at `level`, 0 or more. */
  set(nowMs: number, level: number): void {
    this.#moveTo(nowMs);
    this.#current.set(nowMs, level);
  }

  /** Up to now: the last window is its mean so far. */
  data(nowMs: number): LevelData {
    this.#moveTo(nowMs);
    const mean = Array.from(this.#means.subarray(0, this.#window));
    const greatest = Array.from(this.#greatest.subarray(0, this.#window));
    if (nowMs > this.#window * this.#windowMs || this.#window === 0) {
      mean.push(this.#current.mean(nowMs));
      greatest.push(this.#current.greatest);
    }
    return { windowMs: this.#windowMs, mean, greatest };
  }

  #moveTo(nowMs: number): void {
    while ((this.#window + 1) * this.#windowMs <= nowMs) {
      const endMs = (this.#window + 1) * this.#windowMs;
      this.#means[this.#window] = this.#current.mean(endMs);
      this.#greatest[this.#window] = this.#current.greatest;
      this.#current.set(endMs, this.#current.level);
      this.#current.reset(endMs);
      this.#window++;
      if (this.#window === this.#windowsMax) this.#collapse();
    }
  }

  #collapse(): void {
    const half = this.#windowsMax / 2;
    for (let at = 0; at < half; at++) {
      this.#means[at] = ((this.#means[2 * at] ?? 0) + (this.#means[2 * at + 1] ?? 0)) / 2;
      this.#greatest[at] = Math.max(this.#greatest[2 * at] ?? 0, this.#greatest[2 * at + 1] ?? 0);
    }
    this.#window = half;
    this.#windowMs *= 2;
  }
}

function checked({ windowMs = 1_000, windowsMax = WINDOWS_MAX }: SeriesOptions): Required<SeriesOptions> {
  if (!(windowMs > 0 && windowMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`windowMs has to be above 0 and finite, not ${windowMs}`);
  }
  if (!(Number.isInteger(windowsMax) && windowsMax >= 2 && windowsMax % 2 === 0)) {
    throw new RangeError(`windowsMax has to be even, and 2 or more, not ${windowsMax}`);
  }
  return { windowMs, windowsMax };
}

function bucketOf(value: number): number {
  if (!(value > 2 ** LEAST_LOG)) return 0;
  return Math.min(BUCKETS - 1, Math.floor((Math.log2(value) - LEAST_LOG) * PER_DOUBLING));
}

function together(one: Uint32Array | undefined, other: Uint32Array | undefined): Uint32Array | undefined {
  if (!one || !other) return one ?? other;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    one[bucket] = (one[bucket] as number) + (other[bucket] as number);
  }
  return one;
}
