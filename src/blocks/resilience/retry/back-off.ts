import type { Random } from "../../time/index.ts";
import { LONGEST_TIMER_MS } from "../../time/timer-range.ts";

/**
 * How waits are spread, so that those who failed together do not return together. `full`: anywhere from 0 to the growing
 * wait. `equal`: half of it is kept, the other half drawn. `decorrelated`: from the first wait to three times the previous
 * one. `none`: the growing wait itself, for a single client that disturbs nobody.
 */
export type Jitter = "full" | "equal" | "decorrelated" | "none";

/** How long to wait between attempts. */
export interface BackOffOptions {
  /** The wait after the first failure, before jitter. Milliseconds, at least 0. Default 100. */
  readonly firstMs?: number;
  /** Each wait is this many times the one before it. At least 1. Default 2. */
  readonly factor?: number;
  /** No wait is longer. Milliseconds, at least `firstMs`. Default 10,000. */
  readonly maxMs?: number;
  /** Default `full`, which takes the least work of all of them to get many clients through. */
  readonly jitter?: Jitter;
}

/** Growing waits. Without state: the caller keeps the count. */
export interface BackOff {
  /**
   * The wait in milliseconds, from 0 to `maxMs` and not rounded, after attempt number `attempt` (from 1) has failed.
   * `previousMs` is the wait before that attempt, 0 for the first; only `decorrelated` looks at it.
   */
  delayMs(attempt: number, previousMs: number, random: Random): number;
}

/**
 * Exponential back-off with a cap, as in M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. Usable
 * by itself wherever something is tried again: reconnecting, restarting, polling.
 *
 * Throws a `RangeError` for options out of their range.
 */
export function backOff(options: BackOffOptions = {}): BackOff {
  const { firstMs = 100, factor = 2, maxMs = 10_000, jitter = "full" } = options;
  if (!(firstMs >= 0 && Number.isFinite(firstMs)))
    throw new RangeError(`backOff: firstMs has to be a finite number of at least 0, not ${firstMs}`);
  if (!(factor >= 1 && Number.isFinite(factor)))
    throw new RangeError(`backOff: factor has to be a finite number of at least 1, not ${factor}`);
  if (!(maxMs >= firstMs && maxMs <= LONGEST_TIMER_MS)) {
    throw new RangeError(
      `backOff: maxMs has to be from firstMs (${firstMs}) to ${LONGEST_TIMER_MS}, not ${maxMs}`,
    );
  }
  // Beyond this the power would be infinite, and infinity times a first wait of 0 no number.
  const ceilingMs = (attempt: number) =>
    Math.min(maxMs, firstMs * Math.min(factor ** (attempt - 1), Number.MAX_VALUE));
  switch (jitter) {
    case "full":
      return { delayMs: (attempt, _previousMs, random) => random() * ceilingMs(attempt) };
    case "equal":
      return { delayMs: (attempt, _previousMs, random) => (0.5 + random() / 2) * ceilingMs(attempt) };
    case "decorrelated":
      return {
        delayMs(_attempt, previousMs, random) {
          const highestMs = Math.max(firstMs, previousMs) * 3;
          return Math.min(maxMs, firstMs + random() * (highestMs - firstMs));
        },
      };
    case "none":
      return { delayMs: ceilingMs };
    default:
      throw new RangeError(
        `backOff: jitter has to be "full", "equal", "decorrelated" or "none", not ${JSON.stringify(jitter)}`,
      );
  }
}
