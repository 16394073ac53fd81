import {
  checkedWindow,
  type Shares,
  type TripRecord,
  type TripRule,
  type WindowOptions,
} from "./trip-rule.ts";

export interface CountWindowOptions extends WindowOptions {
  /** How many of the last calls are looked at. A whole number from 1 to 1,000,000. Default 100. */
  readonly calls?: number;
}

/**
 * Opens when too many of the last calls failed or were slow, however long ago they were. Takes a byte per call of the window
 * and constant time. For steady traffic; where it comes and goes, `timeWindow` forgets what is old.
 *
 * Throws a `RangeError` for options out of their range.
 */
export function countWindow(options: CountWindowOptions = {}): TripRule {
  const { calls = 100 } = options;
  if (!(Number.isSafeInteger(calls) && calls >= 1 && calls <= CALLS_MAX))
    throw new RangeError(`countWindow: calls has to be a whole number from 1 to ${CALLS_MAX}, not ${calls}`);
  const shares = checkedWindow("countWindow", options, calls);
  return { ...shares, begin: () => new LastCalls(calls, shares) };
}

const CALLS_MAX = 1_000_000;

const FAILED = 1;
const SLOW = 2;

/** A ring of the last calls, with its sums kept. */
class LastCalls implements TripRecord {
  readonly #ring: Uint8Array;
  readonly #minimumCalls: number;
  readonly #failureShare: number;
  readonly #slowShare: number;
  #at = 0;
  #calls = 0;
  #failures = 0;
  #slow = 0;

  constructor(calls: number, { failureShare, slowShare, minimumCalls }: Shares & { minimumCalls: number }) {
    this.#ring = new Uint8Array(calls);
    this.#minimumCalls = minimumCalls;
    this.#failureShare = failureShare;
    this.#slowShare = slowShare;
  }

  note(_nowMs: number, failed: boolean, slow: boolean): boolean {
    const ring = this.#ring;
    const at = this.#at;
    const oldest = ring[at] ?? 0;
    const newest = (failed ? FAILED : 0) | (slow ? SLOW : 0);
    ring[at] = newest;
    this.#at = at + 1 === ring.length ? 0 : at + 1;
    if (this.#calls < ring.length) this.#calls++;
    if ((oldest | newest) !== 0) {
      this.#failures += (newest & FAILED) - (oldest & FAILED);
      this.#slow += ((newest & SLOW) - (oldest & SLOW)) >> 1;
    }
    const calls = this.#calls;
    if (calls < this.#minimumCalls) return false;
    return this.#failures / calls >= this.#failureShare || this.#slow / calls >= this.#slowShare;
  }
}
