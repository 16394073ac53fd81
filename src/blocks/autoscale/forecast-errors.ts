/** By what part forecasts were off: 0.1 is a tenth more than was expected. */
export interface ErrorSpread {
  /** One in twenty was lower than this. */
  readonly low: number;
  /** One in twenty was higher. */
  readonly high: number;
  /** Of what they were off either way; NaN when too few are known. */
  readonly median: number;
}

/** With fewer errors than this, their spread says nothing. */
const ERRORS_MIN = 12;
/** Before anything was forecast. */
export const UNKNOWN: ErrorSpread = { low: Number.NaN, high: Number.NaN, median: Number.NaN };

/** Holds forecasts against what came. */
export class ForecastErrors {
  readonly #expected: Float64Array;
  readonly #errors: Float64Array;
  #count = 0;
  #spread: ErrorSpread | undefined;

  /** Forecasts reach `ahead` slots; the latest `kept` errors count. */
  constructor(ahead: number, kept: number) {
    this.#expected = new Float64Array(ahead + 1).fill(Number.NaN);
    this.#errors = new Float64Array(Math.max(kept, ERRORS_MIN));
  }

  /** Notes a forecast of a slot; NaN for none. */
  expect(slot: number, value: number): void {
    this.#expected[this.#placeOf(slot)] = value;
  }

  /** Notes what a slot came to, and forgets the forecast. */
  came(slot: number, value: number): void {
    const place = this.#placeOf(slot);
    const expected = this.#expected[place] ?? Number.NaN;
    this.#expected[place] = Number.NaN;
    if (!(expected > 0) || Number.isNaN(value)) return;
    this.#errors[this.#count % this.#errors.length] = value / expected - 1;
    this.#count++;
    this.#spread = undefined;
  }

  get spread(): ErrorSpread {
    this.#spread ??= this.#worked();
    return this.#spread;
  }

  #worked(): ErrorSpread {
    if (this.#count < ERRORS_MIN) return UNKNOWN;
    const errors = this.#errors.slice(0, this.#count).sort();
    const off = errors.map(Math.abs).sort();
    const at = (sorted: Float64Array, part: number) => sorted[Math.round(part * (sorted.length - 1))] ?? 0;
    return { low: at(errors, 0.05), high: at(errors, 0.95), median: at(off, 0.5) };
  }

  #placeOf(slot: number): number {
    const { length } = this.#expected;
    return ((slot % length) + length) % length;
  }
}
