import {
  checkedWindow,
  type Shares,
  type TripRecord,
  type TripRule,
  type WindowOptions,
} from "./trip-rule.ts";

export interface TimeWindowOptions extends WindowOptions {
  /** How far back is looked. Milliseconds, from 10 up. Default 10,000. */
  readonly windowMs?: number;
}

/**
 * Opens when too many of the calls that ended within the window failed or were slow. The window moves on in tenths: what is
 * looked at is the tenth under way and the nine before it. Takes constant space and time.
 *
 * Throws a `RangeError` for options out of their range.
 */
export function timeWindow(options: TimeWindowOptions = {}): TripRule {
  const { windowMs = 10_000 } = options;
  if (!(windowMs >= 10 && Number.isFinite(windowMs)))
    throw new RangeError(`timeWindow: windowMs has to be a finite number of at least 10, not ${windowMs}`);
  const shares = checkedWindow("timeWindow", options);
  return { ...shares, begin: () => new RecentCalls(windowMs / TENTHS, shares) };
}

const TENTHS = 10;

/** A ring of tenths, with its sums kept. */
class RecentCalls implements TripRecord {
  readonly #tenthMs: number;
  readonly #minimumCalls: number;
  readonly #failureShare: number;
  readonly #slowShare: number;
  /** Calls, failures and slow calls of each tenth, one after the other. */
  readonly #ring = new Float64Array(TENTHS * 3);
  /** The tenth under way, counted from the clock's start, and when it ends. */
  #tenth = Number.NEGATIVE_INFINITY;
  #endsMs = Number.NEGATIVE_INFINITY;
  #at = 0;
  #calls = 0;
  #failures = 0;
  #slow = 0;

  constructor(tenthMs: number, { failureShare, slowShare, minimumCalls }: Shares & { minimumCalls: number }) {
    this.#tenthMs = tenthMs;
    this.#minimumCalls = minimumCalls;
    this.#failureShare = failureShare;
    this.#slowShare = slowShare;
  }

  note(nowMs: number, failed: boolean, slow: boolean): boolean {
    if (nowMs >= this.#endsMs) this.#moveTo(nowMs);
    const ring = this.#ring;
    const at = this.#at;
    ring[at] = (ring[at] ?? 0) + 1;
    const calls = ++this.#calls;
    if (failed) {
      ring[at + 1] = (ring[at + 1] ?? 0) + 1;
      this.#failures++;
    }
    if (slow) {
      ring[at + 2] = (ring[at + 2] ?? 0) + 1;
      this.#slow++;
    }
    if (calls < this.#minimumCalls) return false;
    return this.#failures / calls >= this.#failureShare || this.#slow / calls >= this.#slowShare;
  }

  /** Begins the tenth that `nowMs` is in, and forgets those that are out of the window with it. */
  #moveTo(nowMs: number): void {
    const tenth = Math.floor(nowMs / this.#tenthMs);
    this.#endsMs = (tenth + 1) * this.#tenthMs;
    for (let passed = Math.min(TENTHS, tenth - this.#tenth); passed > 0; passed--) this.#forgetOldest();
    this.#tenth = tenth;
  }

  #forgetOldest(): void {
    const ring = this.#ring;
    this.#at = this.#at + 3 === ring.length ? 0 : this.#at + 3;
    this.#calls -= ring[this.#at] ?? 0;
    this.#failures -= ring[this.#at + 1] ?? 0;
    this.#slow -= ring[this.#at + 2] ?? 0;
    ring.fill(0, this.#at, this.#at + 3);
  }
}
