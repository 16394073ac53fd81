import { Baseline } from "./baseline.ts";
import { isBinding, isFailing, type LimitControl, type LimitLaw, type LimitSample } from "./limit-law.ts";

/** Between which lengths the queue is kept. */
export interface VegasOptions {
  /** Up to this queue, in units of max(1, √limit / 4) calls, the limit grows. Above 0; default 3. */
  readonly alpha?: number;
  /** From this queue on, in the same units, it shrinks. Above `alpha`; default 6. */
  readonly beta?: number;
}

const BACKOFF = 0.8;

/**
 * Keeps a short queue of a known length: of `limit` calls under way, limit · (1 − baseline / time) are waiting, and the limit
 * is moved until those are between `alpha` and `beta` (TCP Vegas, Brakmo and Peterson, 1995; as in Netflix's
 * concurrency-limits, with another baseline: see `Baseline`). Keeps less queue than `gradient`, and so serves best where
 * calls are alike.
 *
 * Its unit grows with the root of the limit, as chance queues do in a pool of servers (Halfin and Whitt, 1981): a constant or
 * a logarithm takes the noise of a large pool for a queue.
 *
 * @throws RangeError when an option is out of its range.
 */
export function vegas(options: VegasOptions = {}): LimitLaw {
  const { alpha = 3, beta = 6 } = options;
  if (!(alpha > 0)) throw new RangeError(`alpha has to be above 0, not ${alpha}`);
  if (!(beta > alpha)) throw new RangeError(`beta has to be above alpha (${alpha}), not ${beta}`);
  return () => new Vegas(alpha, beta);
}

class Vegas implements LimitControl {
  readonly #baseline = new Baseline();
  readonly #alpha: number;
  readonly #beta: number;

  constructor(alpha: number, beta: number) {
    this.#alpha = alpha;
    this.#beta = beta;
  }

  next(sample: LimitSample): number {
    const { limit, meanMs } = sample;
    const probe = this.#baseline.observe(sample);
    if (probe !== undefined) return probe;
    if (isFailing(sample)) return limit * BACKOFF;
    if (!isBinding(sample)) return limit;
    const unit = Math.max(1, Math.sqrt(limit) / 4);
    const queue = limit * (1 - this.#baseline.meanMs / meanMs);
    // Nobody waits at all: the capacity is not near.
    if (queue <= unit) return limit + this.#alpha * unit;
    if (queue < this.#alpha * unit) return limit + unit;
    const excess = queue - this.#beta * unit;
    return excess > 0 ? limit - Math.max(unit, excess / 2) : limit;
  }
}
