import { Baseline } from "./baseline.ts";
import { isBinding, isFailing, type LimitControl, type LimitLaw, type LimitSample } from "./limit-law.ts";

/** How much longer than alone calls may take. */
export interface GradientOptions {
  /** How many times its baseline a call may take before the limit shrinks, from 1 to 1.9. Default 1.5. */
  readonly tolerance?: number;
}

/** The most that one window takes away: one odd window must not close the door. */
const GRADIENT_MIN = 0.5;
const BACKOFF = 0.8;

/**
 * The limit follows the ratio of what a call takes alone to what it takes now, and room for √limit / 2 more (Netflix's
 * concurrency-limits, Gradient2, with another baseline: see `Baseline`). Settles where calls take about `tolerance` times
 * their baseline, so a little queue keeps the server busy. Takes uneven calls well: the one to begin with.
 *
 * A tolerance of 2 or more could not see a queue: halving the limit, as probes do, halves what calls take at most.
 *
 * @throws RangeError when `tolerance` is out of its range.
 */
export function gradient(options: GradientOptions = {}): LimitLaw {
  const { tolerance = 1.5 } = options;
  if (!(tolerance >= 1 && tolerance <= 1.9)) {
    throw new RangeError(`tolerance has to be from 1 to 1.9, not ${tolerance}`);
  }
  return () => new Gradient(tolerance);
}

class Gradient implements LimitControl {
  readonly #baseline = new Baseline();
  readonly #tolerance: number;

  constructor(tolerance: number) {
    this.#tolerance = tolerance;
  }

  next(sample: LimitSample): number {
    const { limit, meanMs } = sample;
    const probe = this.#baseline.observe(sample);
    if (probe !== undefined) return probe;
    if (isFailing(sample)) return limit * BACKOFF;
    if (!isBinding(sample)) return limit;
    const ratio = (this.#tolerance * this.#baseline.meanMs) / meanMs;
    return limit * Math.max(GRADIENT_MIN, Math.min(1, ratio)) + Math.sqrt(limit) / 2;
  }
}
