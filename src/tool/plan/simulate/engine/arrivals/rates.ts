import { dailyRate } from "./daily-rate.ts";
import type { Rate, RateBound, RateSpec } from "./rate.ts";

const NEVER = Number.POSITIVE_INFINITY;

/**
 * The rate that the data describes. Pure.
 *
 * @throws RangeError when a rate is below 0 or not finite, or a length of time is below 0.
 */
export function rateOf(spec: RateSpec): Rate {
  switch (spec.kind) {
    case "constant":
      return steps([{ fromMs: Number.NEGATIVE_INFINITY, perSecond: spec.perSecond }]);
    case "steps":
      return steps(spec.steps);
    case "spike": {
      const { basePerSecond, peakPerSecond, startMs, durationMs } = spec;
      checkTime("durationMs", durationMs);
      return steps([
        { fromMs: Number.NEGATIVE_INFINITY, perSecond: basePerSecond },
        { fromMs: startMs, perSecond: peakPerSecond },
        { fromMs: startMs + durationMs, perSecond: basePerSecond },
      ]);
    }
    case "ramp":
      return ramp(spec);
    case "flash-crowd":
      return flashCrowd(spec);
    case "daily":
      return dailyRate(spec);
    case "sum":
      return sum(spec.of.map(rateOf));
  }
}

function steps(all: readonly { readonly fromMs: number; readonly perSecond: number }[]): Rate {
  let last = Number.NEGATIVE_INFINITY;
  for (const { fromMs, perSecond } of all) {
    checkRate("perSecond", perSecond);
    if (!(fromMs >= last)) throw new RangeError("steps of a rate have to follow each other in time");
    last = fromMs;
  }
  const next = (timeMs: number) => {
    const at = all.findIndex(({ fromMs }) => fromMs > timeMs);
    return at < 0 ? all.length : at;
  };
  const at = (timeMs: number) => all[next(timeMs) - 1]?.perSecond ?? 0;
  return {
    at,
    boundFrom: (timeMs) => ({ perSecond: at(timeMs), untilMs: all[next(timeMs)]?.fromMs ?? NEVER }),
  };
}

/** So many bounds follow a slope: the more, the fewer draws are in vain. */
const SLOPE_BOUNDS = 32;

function ramp(spec: Extract<RateSpec, { kind: "ramp" }>): Rate {
  const { fromPerSecond, toPerSecond, startMs = 0, durationMs } = spec;
  checkRate("fromPerSecond", fromPerSecond);
  checkRate("toPerSecond", toPerSecond);
  checkTime("durationMs", durationMs);
  const endMs = startMs + durationMs;
  const at = (timeMs: number) => {
    if (timeMs < startMs) return fromPerSecond;
    if (timeMs >= endMs) return toPerSecond;
    return fromPerSecond + (toPerSecond - fromPerSecond) * ((timeMs - startMs) / durationMs);
  };
  return {
    at,
    boundFrom: (timeMs) => {
      if (timeMs < startMs) return { perSecond: fromPerSecond, untilMs: startMs };
      if (timeMs >= endMs) return { perSecond: toPerSecond, untilMs: NEVER };
      const untilMs = Math.min(endMs, laterThan(timeMs, durationMs / SLOPE_BOUNDS));
      const perSecond = toPerSecond > fromPerSecond ? atEnd(untilMs) : at(timeMs);
      return { perSecond, untilMs };
    },
  };

  function atEnd(timeMs: number): number {
    return timeMs >= endMs ? toPerSecond : at(timeMs);
  }
}

function flashCrowd(spec: Extract<RateSpec, { kind: "flash-crowd" }>): Rate {
  const { basePerSecond, peakPerSecond, startMs, riseMs, holdMs = 0, halfLifeMs } = spec;
  checkRate("basePerSecond", basePerSecond);
  checkRate("peakPerSecond", peakPerSecond);
  checkTime("holdMs", holdMs);
  if (!(halfLifeMs > 0)) throw new RangeError(`halfLifeMs has to be above 0, not ${halfLifeMs}`);
  if (peakPerSecond < basePerSecond) {
    throw new RangeError(
      `peakPerSecond (${peakPerSecond}) has to be no less than basePerSecond (${basePerSecond})`,
    );
  }
  const rise = ramp({
    kind: "ramp",
    fromPerSecond: basePerSecond,
    toPerSecond: peakPerSecond,
    startMs,
    durationMs: riseMs,
  });
  const fallMs = startMs + riseMs + holdMs;
  const at = (timeMs: number) =>
    timeMs < fallMs
      ? rise.at(timeMs)
      : basePerSecond + (peakPerSecond - basePerSecond) * 2 ** (-(timeMs - fallMs) / halfLifeMs);
  return {
    at,
    boundFrom: (timeMs) => {
      if (timeMs >= fallMs) return { perSecond: at(timeMs), untilMs: laterThan(timeMs, halfLifeMs / 8) };
      const { perSecond, untilMs } = rise.boundFrom(timeMs);
      return { perSecond, untilMs: Math.min(untilMs, fallMs) };
    },
  };
}

function sum(rates: readonly Rate[]): Rate {
  return {
    at: (timeMs) => rates.reduce((total, rate) => total + rate.at(timeMs), 0),
    boundFrom: (timeMs): RateBound => {
      let perSecond = 0;
      let untilMs = NEVER;
      for (const rate of rates) {
        const bound = rate.boundFrom(timeMs);
        perSecond += bound.perSecond;
        untilMs = Math.min(untilMs, bound.untilMs);
      }
      return { perSecond, untilMs };
    },
  };
}

/** A time after another, however little is added to a number that is large. */
function laterThan(timeMs: number, byMs: number): number {
  return Math.max(timeMs + byMs, timeMs + Math.abs(timeMs) * Number.EPSILON * 4);
}

function checkRate(name: string, perSecond: number): void {
  if (perSecond >= 0 && perSecond < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`${name} of a rate has to be 0 or more, and finite, not ${perSecond}`);
}

function checkTime(name: string, ms: number): void {
  if (ms >= 0 && ms < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`${name} of a rate has to be 0 or more, and finite, not ${ms}`);
}
