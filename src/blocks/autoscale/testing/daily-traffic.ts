import { seededRandom } from "../../time/index.ts";

const DAY_MS = 86_400_000;
/** By how much earlier the peak of a weekend comes. */
const EARLIER_MS = 3 * 3_600_000;

/** How real days differ from one another; each 0 for days that are all alike. */
export interface TrafficOptions {
  readonly seed: number;
  /** Standard deviation of a slot from the curve, as a part of it. Default 0.05. */
  readonly noise?: number;
  /** Of a whole day from the days like it. Default 0.1. */
  readonly days?: number;
  /** Growth per week. Default 0.02. */
  readonly growth?: number;
  /** The part of a weekday's load that a day of the weekend has, three hours earlier. Default 0.7. */
  readonly weekend?: number;
  /** Flash crowds: three times the load for half an hour, this many times per week. Default 1. */
  readonly crowds?: number;
}

/**
 * The traffic of the handbook, over time: 200 million requests a day, 2,315 a second in the mean, and three times that at the
 * peak, around eight in the evening. The curve is von Mises', whose peak is three times its mean at a concentration of 1.75.
 *
 * @returns the rate in requests per second at a time, in milliseconds since the epoch; to be asked in order of time.
 */
export function dailyTraffic(options: TrafficOptions): (timeMs: number) => number {
  const { noise = 0.05, days = 0.1, growth = 0.02, weekend = 0.7, crowds = 1 } = options;
  const random = seededRandom(options.seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let [day, level, crowdAtMs] = [Number.NaN, 1, Number.NaN];
  return (timeMs) => {
    const today = Math.floor(timeMs / DAY_MS);
    if (today !== day) {
      day = today;
      level = Math.exp(days * normal()) * (1 + growth) ** (today / 7);
      crowdAtMs = random() < crowds / 7 ? (today + random()) * DAY_MS : Number.NaN;
    }
    // The first of January 1970 was a Thursday.
    const isWeekend = (today + 3) % 7 >= 5;
    const crowd = timeMs >= crowdAtMs && timeMs < crowdAtMs + 1_800_000 ? 3 : 1;
    const curve = isWeekend ? weekend * dailyCurve(timeMs + EARLIER_MS) : dailyCurve(timeMs);
    return curve * level * crowd * Math.exp(noise * normal());
  };
}

/** The curve alone, in requests per second: 2,315 in the mean, 6,950 at 20:00 UTC. */
export function dailyCurve(timeMs: number): number {
  const hour = ((timeMs % DAY_MS) / DAY_MS) * 24;
  const concentration = 1.75;
  const mean = 200e6 / 86_400;
  return (
    (mean * Math.exp(concentration * Math.cos(((hour - 20) / 24) * 2 * Math.PI))) / besselI0(concentration)
  );
}

/** The modified Bessel function of the first kind and order 0, by its series. */
function besselI0(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; k < 20; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
