import type { Random } from "../../../../../blocks/time/random.ts";
import type { Distribution } from "../distributions/distribution.ts";
import type { Rate } from "./rate.ts";

/** When requests arrive that do not wait for each other's answers: an open load. Pure but for what it remembers of its past. */
export interface ArrivalTimes {
  /** When the next one arrives, no earlier than the last, in simulated milliseconds; `Infinity` when no more will. */
  next(): number;
}

/** Without memory, `perSecond` on average (above 0, finite): what many who know nothing of each other make together. */
export function poisson(perSecond: number, random: Random, startMs = 0): ArrivalTimes {
  checkPerSecond(perSecond);
  const meanMs = 1_000 / perSecond;
  let timeMs = startMs;
  return {
    next: () => {
      timeMs -= meanMs * Math.log1p(-random());
      return timeMs;
    },
  };
}

/** Evenly, as a load generator with a fixed pace has it: the first after one gap. */
export function evenly(perSecond: number, startMs = 0): ArrivalTimes {
  checkPerSecond(perSecond);
  let count = 0;
  return { next: () => startMs + (++count * 1_000) / perSecond };
}

/** With gaps in milliseconds that are drawn one by one: burstier than Poisson where they vary more than the exponential, smoother where less. */
export function renewal(gapsMs: Distribution, random: Random, startMs = 0): ArrivalTimes {
  if (!(gapsMs.mean > 0)) throw new RangeError("gaps between arrivals have to have a mean above 0");
  let timeMs = startMs;
  return {
    next: () => {
      timeMs += gapsMs.draw(random);
      return timeMs;
    },
  };
}

/**
 * Poisson arrivals at a rate that changes: candidates are drawn at the rate's bound and kept by the chance of rate / bound (thinning: Lewis
 * and Shedler, 1979), so they follow the rate exactly. A stream of its own is for the best: how much it draws depends on the rate.
 *
 * A rate that stays at 0 for more than 10^7 of its bounds ends them.
 */
export function varying(rate: Rate, random: Random, startMs = 0): ArrivalTimes {
  let timeMs = startMs;
  let bound = rate.boundFrom(timeMs);
  return {
    next: () => {
      for (let left = BOUNDS_MAX; left > 0; ) {
        if (timeMs === Number.POSITIVE_INFINITY) return timeMs;
        const candidateMs =
          bound.perSecond > 0
            ? timeMs - (1_000 / bound.perSecond) * Math.log1p(-random())
            : Number.POSITIVE_INFINITY;
        // What is left of a wait is distributed as the whole of it, so it may begin anew at the next bound.
        if (candidateMs >= bound.untilMs) {
          timeMs = bound.untilMs;
          if (timeMs === Number.POSITIVE_INFINITY) return timeMs;
          bound = rate.boundFrom(timeMs);
          left--;
          continue;
        }
        timeMs = candidateMs;
        if (random() * bound.perSecond < rate.at(timeMs)) return timeMs;
      }
      timeMs = Number.POSITIVE_INFINITY;
      return timeMs;
    },
  };
}

const BOUNDS_MAX = 1e7;

/** At times that were recorded, in rising order; one before its predecessor arrives with it. They are read one by one, so they may come from a generator. */
export function recorded(timesMs: Iterable<number>, startMs = 0): ArrivalTimes {
  const times = timesMs[Symbol.iterator]();
  let lastMs = startMs;
  return {
    next: () => {
      const { done, value } = times.next();
      if (done) return Number.POSITIVE_INFINITY;
      lastMs = Math.max(lastMs, startMs + value);
      return lastMs;
    },
  };
}

function checkPerSecond(perSecond: number): void {
  if (perSecond > 0 && perSecond < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`arrivals per second have to be above 0 and finite, not ${perSecond}`);
}
