import { codeOf } from "../../errors/index.ts";

/**
 * Whether an error may go away by itself, as far as it can tell. Everything may, except:
 *
 * - what says so itself: `retryable: false`, as all coded errors of this package can;
 * - an abort (`AbortError`): somebody gave up on purpose;
 * - an open circuit (`CIRCUIT_OPEN`): it is open so that callers fail at once, and to wait for it would gather them all at
 *   its first trial;
 * - mistakes of the program: `TypeError`, `RangeError`, `ReferenceError`, failed assertions. A `TypeError` with a cause that
 *   is no such mistake is how `fetch` reports a failed connection, and may go away.
 */
export function isRetryable(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return true;
  if ("retryable" in error && error.retryable === false) return false;
  if ("name" in error && error.name === "AbortError") return false;
  const code = codeOf(error);
  if (code === "CIRCUIT_OPEN" || code === "ERR_ASSERTION") return false;
  return !isMistake(error) || (error.cause !== undefined && !isMistake(error.cause));
}

function isMistake(error: unknown): error is Error {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

/**
 * Milliseconds that an error asks to wait for: its `retryAfterMs`, when that is a number of at least 0 (`Infinity`: never
 * again); otherwise undefined.
 */
export function retryAfterMsOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("retryAfterMs" in error)) return undefined;
  const { retryAfterMs } = error;
  return typeof retryAfterMs === "number" && retryAfterMs >= 0 ? retryAfterMs : undefined;
}
