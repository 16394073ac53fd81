import { isBinding, isFailing, type LimitControl, type LimitLaw, type LimitSample } from "./limit-law.ts";

/** When AIMD shrinks, and by how much. */
export interface AimdOptions {
  /** A window whose calls take longer than this on the mean, in milliseconds, counts as overload. Default: only failures do. */
  readonly slowMs?: number;
  /** What is left of the limit after a window of overload, above 0 and below 1. Default 0.9. */
  readonly backoff?: number;
}

/**
 * One more per good window, a tenth less per bad one: additive increase, multiplicative decrease (Chiu and Jain, 1989; TCP
 * Reno). Bad is a window in which more than 5 % of the calls failed, or which was slower than `slowMs`. Knows no more than
 * it is told, so it swings about the edge instead of finding it; the one to take where failing is the only sign there is.
 *
 * Several limiters on one server come to equal shares, which of these three laws only this one promises.
 *
 * @throws RangeError when an option is out of its range.
 */
export function aimd(options: AimdOptions = {}): LimitLaw {
  const { slowMs = Number.POSITIVE_INFINITY, backoff = 0.9 } = options;
  if (!(slowMs > 0)) throw new RangeError(`slowMs has to be above 0, not ${slowMs}`);
  if (!(backoff > 0 && backoff < 1))
    throw new RangeError(`backoff has to be above 0 and below 1, not ${backoff}`);
  return (): LimitControl => ({
    next(sample: LimitSample): number {
      if (isFailing(sample) || sample.meanMs > slowMs) return sample.limit * backoff;
      return isBinding(sample) ? sample.limit + 1 : sample.limit;
    },
  });
}
