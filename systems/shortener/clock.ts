/** A timer that has been set. */
export interface Timer {
  /** Cancelling twice, or after it fired, does nothing. */
  cancel(): void;
}

/** Time as an argument, so that tests decide when it passes. */
export interface Clock {
  /** Milliseconds since the Unix epoch, whole. */
  wallMs(): number;
  /** Milliseconds since some start, never going back. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`. */
  setTimer(delayMs: number, callback: () => void): Timer;
}

/** The machine's own time. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(delayMs, callback) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(delayMs, resolve));
}
