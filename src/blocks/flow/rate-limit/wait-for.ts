import { type Clock, LONGEST_TIMER_MS, systemClock } from "../../time/index.ts";
import type { Decision, Reserves } from "./rate-limiter.ts";

/** What waiting for a place takes. */
export interface WaitOptions {
  /** Units, default 1. */
  readonly cost?: number;
  /** The longest wait worth beginning, in milliseconds; default: no bound but the rule's own. */
  readonly waitMsMax?: number;
  /** Ends the wait: the place is given back, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Default: the system's. To be that of the limiter, when that was given one. */
  readonly clock?: Clock;
}

/**
 * Holds the next free place and waits for it. Resolves once it has come, or at once when none was to be had in time: look at
 * `allowed`. Who asked first goes first.
 */
export async function waitFor(limiter: Reserves, key: string, options: WaitOptions = {}): Promise<Decision> {
  const { cost = 1, waitMsMax, signal, clock = systemClock } = options;
  signal?.throwIfAborted();
  const { cancel, ...decision } = await limiter.reserve(
    key,
    cost,
    waitMsMax === undefined ? {} : { waitMsMax },
  );
  try {
    signal?.throwIfAborted();
    // A timer counts whole milliseconds, and one that is too long fires at once.
    for (let leftMs = Math.ceil(decision.delayMs); leftMs > 0; leftMs -= LONGEST_TIMER_MS)
      await clock.sleep(Math.min(leftMs, LONGEST_TIMER_MS), signal ? { signal } : {});
  } catch (thrown) {
    await cancel();
    throw thrown;
  }
  return decision;
}
