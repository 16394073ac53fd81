/** What a timer of the platform can wait: 2^31 - 1 milliseconds, about 24 days. A longer one would fire at once. */
export const LONGEST_TIMER_MS = 2_147_483_647;

/** Throws a `RangeError` that names the option when `valueMs` is no length of time for a timer. */
export function checkTimerMs(option: string, valueMs: number): void {
  if (valueMs > 0 && valueMs <= LONGEST_TIMER_MS) return;
  throw new RangeError(
    `${option} has to be above 0 and at most ${LONGEST_TIMER_MS} milliseconds, not ${valueMs}`,
  );
}
