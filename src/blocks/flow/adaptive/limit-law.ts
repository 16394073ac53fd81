/** What one window of calls has told. */
export interface LimitSample {
  /** Monotonic milliseconds at the end of the window. */
  readonly nowMs: number;
  /** The limit that held during the window. Need not be whole. */
  readonly limit: number;
  /** The most calls that were under way at once during the window. */
  readonly inFlightMax: number;
  /** The mean time of the calls that succeeded, in milliseconds; NaN when none did. */
  readonly meanMs: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** A law at work on one limit: it remembers what it saw. */
export interface LimitControl {
  /** The limit from now on. May be any number above 0: whoever asks keeps it between the least and the most allowed. */
  next(sample: LimitSample): number;
}

/** How a limit follows from what calls tell. Begins a control of its own for each limit. */
export type LimitLaw = () => LimitControl;

/**
 * Failures up to this share are taken for the calls' own. A law that shrinks at each failure (as TCP does at each lost
 * packet, of which a network has few) is held down for ever by one bad request in a thousand.
 */
const FAILED_SHARE_MAX = 0.05;

/** Whether more calls failed than fail by themselves: the sign of overload that needs no measure of time. */
export function isFailing({ succeeded, failed }: LimitSample): boolean {
  return failed > FAILED_SHARE_MAX * (succeeded + failed);
}

/**
 * Whether the limit was felt. A limit that is never reached must not grow: good times say nothing of a load that was not
 * there, and the limit would be far too high on the day that it is needed.
 */
export function isBinding({ inFlightMax, limit }: LimitSample): boolean {
  return inFlightMax * 2 > limit;
}
