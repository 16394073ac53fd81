import type { Rate, RateSpec } from "./rate.ts";

const DAY_MS = 86_400_000;
const PEAK_MS = 20 * 3_600_000;
const PEAK_MAX = 20;
/** Parts of a day, each with a bound of its own. */
const PARTS = 96;

/**
 * A day as services see it: quiet at night, and `peak` times the mean at its height. A sine cannot do that, since it would have to go below nothing
 * beyond twice the mean; this is the circle's normal curve (von Mises, 1918), exp(k cos(angle)) / I0(k), whose mean is 1 for
 * any k, with k such that exp(k) / I0(k) is the peak. Of the handbook's peak of 3 the quietest hour has 0.09 of the mean. Pure.
 */
export function dailyRate(spec: Extract<RateSpec, { kind: "daily" }>): Rate {
  const { meanPerSecond, peak = 3, peakMs = PEAK_MS, dayMs = DAY_MS } = spec;
  if (!(meanPerSecond >= 0 && meanPerSecond < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`meanPerSecond has to be 0 or more, and finite, not ${meanPerSecond}`);
  }
  if (!(peak >= 1 && peak <= PEAK_MAX)) {
    throw new RangeError(`peak has to be from 1 to ${PEAK_MAX}, not ${peak}`);
  }
  if (!(dayMs > 0 && dayMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`dayMs has to be above 0 and finite, not ${dayMs}`);
  }
  // The highest point of a default day stays where it is in a shorter one.
  const heightMs = spec.peakMs === undefined ? (peakMs / DAY_MS) * dayMs : peakMs;
  const concentration = concentrationOf(peak);
  const scale = meanPerSecond * peak;
  const at = (timeMs: number) => {
    const angle = (2 * Math.PI * (timeMs - heightMs)) / dayMs;
    return scale * Math.exp(concentration * (Math.cos(angle) - 1));
  };
  const partMs = dayMs / PARTS;
  return {
    at,
    boundFrom: (timeMs) => {
      // Parts are counted from the height, so that it lies on a bound of one, and each is highest at an end.
      let untilMs = heightMs + (Math.floor((timeMs - heightMs) / partMs) + 1) * partMs;
      if (!(untilMs > timeMs)) untilMs += partMs;
      return { perSecond: Math.max(at(timeMs), at(untilMs)), untilMs };
    },
  };
}

/** The k at which exp(k) / I0(k) is the peak. */
function concentrationOf(peak: number): number {
  let low = 0;
  let high = 4 * Math.PI * PEAK_MAX ** 2;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (1 / scaledBessel(middle) < peak) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** exp(-k) I0(k): the mean of exp(k (cos(angle) - 1)) over the circle, by the trapezoid rule, which is exact to the last digits for these. */
function scaledBessel(k: number): number {
  const points = 512;
  let sum = 0;
  for (let point = 0; point < points; point++) {
    sum += Math.exp(k * (Math.cos((2 * Math.PI * point) / points) - 1));
  }
  return sum / points;
}
