/** Where the buckets of a histogram lie. Buckets are known by their number, from 0 up, and rise with it. Pure. */
export interface BucketLayout {
  /** The upper bounds as they were reported; undefined of the exponential layout. */
  readonly bounds: readonly number[] | undefined;
  /** How many buckets there are. */
  readonly size: number;
  /** Bucket `id` holds values in (lower, upper]. */
  lower(id: number): number;
  upper(id: number): number;
  /** The bucket that holds a value. */
  idOf(value: number): number;
}

/** Buckets by reported bounds: as fine as whoever reports chose them, and read without any loss beyond that. */
export class ExplicitLayout implements BucketLayout {
  readonly bounds: readonly number[];
  readonly size: number;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.size = bounds.length + 1;
  }

  /** The first bucket reaches down to 0 where its bound is above that, as Prometheus reads it, else to its bound. */
  lower(id: number): number {
    return id > 0 ? (this.bounds[id - 1] ?? 0) : Math.min(0, this.bounds[0] ?? 0);
  }

  /** What lies above the last bound is taken to lie on it. */
  upper(id: number): number {
    return this.bounds[Math.min(id, this.bounds.length - 1)] ?? 0;
  }

  idOf(value: number): number {
    let low = 0;
    let high = this.bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= (this.bounds[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** Buckets of the exponential layout have bounds `2^(i/32)`: OpenTelemetry's exponential histograms of scale 5. */
export const EXPONENTIAL_SCALE = 5;
const PER_OCTAVE = 2 ** EXPONENTIAL_SCALE;
/** Indexes from -2048 to 2047 are told apart: magnitudes from 2^-64 to 2^64. */
const INDEX_MIN = -2_048;
const INDEX_COUNT = 4_096;
/** The bucket of zero; above it the positive ones by magnitude, below it the negative ones. */
const ZERO_ID = INDEX_COUNT;

/** A percentile read from the exponential layout is off by at most this share of itself: 2.2 %, the width of a bucket. */
export const EXPONENTIAL_ERROR = 2 ** (1 / PER_OCTAVE) - 1;

/** Buckets of equal ratio, for exponential histograms and for what the supervisor itself observes. */
export const EXPONENTIAL_LAYOUT: BucketLayout = {
  bounds: undefined,
  size: 2 * INDEX_COUNT + 1,
  lower(id) {
    if (id === ZERO_ID) return 0;
    return id > ZERO_ID ? power(id - ZERO_ID - 1) : -power(ZERO_ID - id);
  },
  upper(id) {
    if (id === ZERO_ID) return 0;
    return id > ZERO_ID ? power(id - ZERO_ID) : -power(ZERO_ID - id - 1);
  },
  idOf(value) {
    if (value === 0) return ZERO_ID;
    const index = Math.ceil(Math.log2(Math.abs(value)) * PER_OCTAVE) - 1;
    return exponentialId(index, value < 0);
  },
};

/** The number of the bucket that has this index in the protocol's counting, at scale 5; what lies beyond the layout is in its last. */
export function exponentialId(index: number, isNegative: boolean): number {
  const place = Math.min(INDEX_COUNT, Math.max(1, index - INDEX_MIN + 1));
  return isNegative ? ZERO_ID - place : ZERO_ID + place;
}

export const EXPONENTIAL_ZERO_ID = ZERO_ID;

function power(place: number): number {
  return 2 ** ((place + INDEX_MIN) / PER_OCTAVE);
}

/** How many different lists of bounds are told apart, and how long one may be: each is kept for good. */
const LAYOUTS_MAX = 256;
const BOUNDS_MAX = 512;

/** The layouts in use, one object for each, so that they can be told apart by identity. */
export class LayoutTable {
  readonly #byBounds = new Map<string, ExplicitLayout>();
  #latest: ExplicitLayout | undefined;

  /** Undefined when the bounds do not rise, are too many, or are one list too many. */
  explicit(bounds: readonly number[]): ExplicitLayout | undefined {
    if (this.#latest && equals(this.#latest.bounds, bounds)) return this.#latest;
    if (bounds.length > BOUNDS_MAX) return undefined;
    const key = bounds.join(" ");
    let layout = this.#byBounds.get(key);
    if (!layout) {
      if (this.#byBounds.size >= LAYOUTS_MAX || !isRising(bounds)) return undefined;
      layout = new ExplicitLayout(Object.freeze([...bounds]));
      this.#byBounds.set(key, layout);
    }
    this.#latest = layout;
    return layout;
  }
}

function isRising(bounds: readonly number[]): boolean {
  return bounds.every(
    (bound, index) => Number.isFinite(bound) && (index === 0 || bound > (bounds[index - 1] ?? bound)),
  );
}

function equals(one: readonly number[], other: readonly number[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
