import type { TripRecord, TripRule } from "./trip-rule.ts";

/**
 * Opens with `count` failures in a row (a whole number of at least 1), however long that takes; a half-open circuit opens
 * again with the first trial that fails. For few calls, where no window fills. Under many calls a dependency that fails half
 * of them seldom fails many in a row, and a window is what sees that.
 *
 * Throws a `RangeError` for any other `count`.
 */
export function consecutiveFailures(count: number): TripRule {
  if (!(Number.isSafeInteger(count) && count >= 1))
    throw new RangeError(`consecutiveFailures: count has to be a whole number of at least 1, not ${count}`);
  return {
    failureShare: 0,
    slowShare: 1,
    slowAfterMs: Number.POSITIVE_INFINITY,
    begin: () => new Streak(count),
  };
}

class Streak implements TripRecord {
  readonly #count: number;
  #failures = 0;

  constructor(count: number) {
    this.#count = count;
  }

  note(_nowMs: number, failed: boolean): boolean {
    if (!failed) {
      this.#failures = 0;
      return false;
    }
    return ++this.#failures >= this.#count;
  }
}
