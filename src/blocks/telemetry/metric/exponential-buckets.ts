/** The finest that OpenTelemetry's data model asks for: buckets that grow by 0.000066 %. */
export const SCALE_MAX = 20;
const SCALE_MIN = -10;

const FLOAT = new Float64Array(1);
const WORDS = new Uint32Array(FLOAT.buffer);
/** Where the half with the exponent is, on this machine. */
const HIGH_WORD = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;
const LEAST_EXPONENT = -1_022;

/**
 * Counts in buckets that grow by the same factor, `2^(2^-scale)`, as OpenTelemetry's exponential histogram has them
 * (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram): bucket `i` holds values above `base^i` and up
 * to `base^(i+1)`. It begins as fine as can be and halves its fineness whenever what it has seen would take more buckets than it
 * may have: with 160 of them values from 1 ms to 10 s are told apart to within 6 %. Pure.
 */
export class ExponentialBuckets {
  readonly #bucketsMax: number;
  #scale = SCALE_MAX;
  /** Index of the first of `#counts`. */
  #offset = 0;
  #counts: number[] = [];

  /** `bucketsMax`: 2 or more. */
  constructor(bucketsMax: number) {
    this.#bucketsMax = bucketsMax;
  }

  get scale(): number {
    return this.#scale;
  }

  get offset(): number {
    return this.#offset;
  }

  /** From the bucket at `offset` on. */
  get counts(): readonly number[] {
    return this.#counts;
  }

  /** `value`: above 0, finite. */
  add(value: number): void {
    let index = bucketOf(value, this.#scale);
    const { length } = this.#counts;
    if (length === 0) {
      this.#offset = index;
      this.#counts.push(1);
      return;
    }
    const place = index - this.#offset;
    if (place >= 0 && place < length) {
      this.#counts[place] = (this.#counts[place] ?? 0) + 1;
      return;
    }
    let halvings = 0;
    let low = Math.min(index, this.#offset);
    let high = Math.max(index, this.#offset + length - 1);
    while (high - low >= this.#bucketsMax && this.#scale - halvings > SCALE_MIN) {
      low >>= 1;
      high >>= 1;
      halvings++;
    }
    this.#coarsen(halvings);
    index >>= halvings;
    this.#widen(index);
    this.#counts[index - this.#offset] = (this.#counts[index - this.#offset] ?? 0) + 1;
  }

  #coarsen(halvings: number): void {
    if (halvings === 0) return;
    const offset = this.#offset >> halvings;
    const last = (this.#offset + this.#counts.length - 1) >> halvings;
    const counts = new Array<number>(last - offset + 1).fill(0);
    for (const [place, count] of this.#counts.entries()) {
      const at = ((this.#offset + place) >> halvings) - offset;
      counts[at] = (counts[at] ?? 0) + count;
    }
    this.#scale -= halvings;
    this.#offset = offset;
    this.#counts = counts;
  }

  #widen(index: number): void {
    const before = this.#offset - index;
    if (before > 0) {
      this.#counts = [...new Array<number>(before).fill(0), ...this.#counts];
      this.#offset = index;
    }
    while (index - this.#offset >= this.#counts.length) this.#counts.push(0);
  }
}

/** Index of the bucket that a value above 0 belongs to. */
export function bucketOf(value: number, scale: number): number {
  FLOAT[0] = value;
  const high = WORDS[HIGH_WORD] ?? 0;
  const low = WORDS[1 - HIGH_WORD] ?? 0;
  const exponent = Math.max(LEAST_EXPONENT, ((high >>> 20) & 0x7ff) - 1_023);
  const isPower = (high & 0xfffff) === 0 && low === 0 && high >>> 20 !== 0;
  // A power of two lies on a bound at every scale, and so belongs below it.
  if (scale <= 0) return (isPower ? exponent - 1 : exponent) >> -scale;
  const perOctave = 2 ** scale;
  const first = exponent * perOctave;
  if (isPower) return first - 1;
  // The logarithm is off by its last digits: what lies next to a power of two must not cross it.
  const index = Math.ceil(Math.log2(value) * perOctave) - 1;
  return Math.min(Math.max(index, first), first + perOctave - 1);
}
