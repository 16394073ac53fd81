import { setTimeout as sleepFor } from "node:timers/promises";

/** A timer that has been set. */
export interface Timer {
  /** Twice, or after it fired, does nothing. */
  cancel(): void;
  /** Lets the process end although the timer is set. */
  unref(): void;
  /** Keeps the process alive again until the timer fires or is cancelled. */
  ref(): void;
}

/**
 * Where time comes from. Whatever waits or expires takes one, so that its tests run in no time and repeat exactly.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. May jump when the machine's clock is set: for dates, never for durations. */
  wallMs(): number;
  /** Milliseconds since an arbitrary start, never going back: for durations and deadlines. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`. The timer keeps the process alive until it fires or is cancelled. */
  setTimer(delayMs: number, callback: () => void): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, options?: { signal?: AbortSignal }): Promise<void>;
}

/** The machine's own time. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return {
      cancel: () => clearTimeout(handle),
      unref: () => void handle.unref(),
      ref: () => void handle.ref(),
    };
  },
  async sleep(delayMs, options) {
    try {
      await sleepFor(delayMs, undefined, options?.signal ? { signal: options.signal } : {});
    } catch (thrown) {
      throw options?.signal?.aborted ? options.signal.reason : thrown;
    }
  },
};
