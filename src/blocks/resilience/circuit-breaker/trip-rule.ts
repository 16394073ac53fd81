/**
 * When a circuit opens. A rule is a plain value: each circuit begins a record of its own with it, and another whenever it
 * closes anew.
 */
export interface TripRule extends Shares {
  begin(): TripRecord;
}

/** What a closed circuit remembers of its calls. */
export interface TripRecord {
  /** Notes a call that ended at `nowMs` (monotonic milliseconds); true when the circuit is to open. */
  note(nowMs: number, failed: boolean, slow: boolean): boolean;
}

/**
 * How many bad calls are too many, of those in a window and of the trials of a half-open circuit alike. To be compared with a
 * quotient: 55 / 100 is 0.55, while 0.55 * 100 is a little more than 55.
 */
export interface Shares {
  /** From this share of failures on the circuit opens. Above 0 up to 1; 0 where the first failed trial decides. */
  readonly failureShare: number;
  /** From this share of slow calls on the circuit opens. */
  readonly slowShare: number;
  /** Calls that take longer than this are slow, whether they fail or not. Milliseconds; `Infinity`: none is. */
  readonly slowAfterMs: number;
}

/** What all windows of calls are told. */
export interface WindowOptions {
  /** Opens from this share of failures on. Above 0 up to 1. Default 0.5. */
  readonly failureShare?: number;
  /** Calls that take longer than this are slow, whether they fail or not. Milliseconds, above 0. Default: none is. */
  readonly slowAfterMs?: number;
  /** Opens from this share of slow calls on. Above 0 up to 1. Default 0.5; needs `slowAfterMs`. */
  readonly slowShare?: number;
  /**
   * With fewer calls in the window it stays closed, since the first call of a quiet hour is not a failure share of 100%. A
   * whole number of at least 1. Default 20, or the window's size where that is smaller.
   */
  readonly minimumCalls?: number;
}

/** Options with their defaults filled in. Throws a `RangeError`, which names the rule, for those out of their range. */
export function checkedWindow(
  rule: string,
  options: WindowOptions,
  callsMax = Number.MAX_SAFE_INTEGER,
): Shares & { readonly minimumCalls: number } {
  const { failureShare = 0.5, slowShare, slowAfterMs } = options;
  const { minimumCalls = Math.min(20, callsMax) } = options;
  checkShare(rule, "failureShare", failureShare);
  if (slowShare !== undefined) {
    checkShare(rule, "slowShare", slowShare);
    if (slowAfterMs === undefined)
      throw new RangeError(`${rule}: slowShare has to come with slowAfterMs, which says what is slow`);
  }
  if (slowAfterMs !== undefined && !(slowAfterMs > 0))
    throw new RangeError(`${rule}: slowAfterMs has to be above 0, not ${slowAfterMs}`);
  if (!(Number.isSafeInteger(minimumCalls) && minimumCalls >= 1 && minimumCalls <= callsMax)) {
    throw new RangeError(
      `${rule}: minimumCalls has to be a whole number from 1 to ${callsMax}, not ${minimumCalls}`,
    );
  }
  return {
    failureShare,
    slowShare: slowShare ?? 0.5,
    slowAfterMs: slowAfterMs ?? Number.POSITIVE_INFINITY,
    minimumCalls,
  };
}

function checkShare(rule: string, option: string, share: number): void {
  if (share > 0 && share <= 1) return;
  throw new RangeError(`${rule}: ${option} has to be above 0 and at most 1, not ${share}`);
}
