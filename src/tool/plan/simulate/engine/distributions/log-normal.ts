import type { Random } from "../../../../../blocks/time/random.ts";
import { checkPositive, type Distribution } from "./distribution.ts";
import { NORMAL_P99, normalQuantile } from "./normal-quantile.ts";

/**
 * What a log-normal distribution is known by: its mean with its variation (standard deviation by mean, above 0) or its 99th percentile, or the
 * median with that.
 */
export type LogNormalFigures =
  | { readonly mean: number; readonly variation: number }
  | { readonly mean: number; readonly p99: number }
  | { readonly median: number; readonly p99: number };

/**
 * The product of many small things that vary: most service times look like it, a body with a long tail. Pure.
 *
 * @throws RangeError when there is none of these figures. A p99 lies above the median, and below 14.97 times the mean: beyond, a heavier tail would
 * take more of the mean from the body than it has.
 */
export function logNormal(figures: LogNormalFigures): Distribution {
  for (const [name, value] of Object.entries(figures)) {
    checkPositive(`${name} of a log-normal distribution`, value);
  }
  if ("variation" in figures) {
    const squaredSigma = Math.log1p(figures.variation ** 2);
    return new LogNormal(Math.log(figures.mean) - squaredSigma / 2, Math.sqrt(squaredSigma));
  }
  if ("median" in figures) {
    const { median, p99 } = figures;
    if (p99 < median) throw new RangeError(`p99 (${p99}) has to be no less than the median (${median})`);
    return new LogNormal(Math.log(median), Math.log(p99 / median) / NORMAL_P99);
  }
  const { mean, p99 } = figures;
  // ln(p99 / mean) = z sigma - sigma^2 / 2, of whose two solutions the smaller is meant.
  const squaredRoot = NORMAL_P99 ** 2 - 2 * Math.log(p99 / mean);
  const sigma = NORMAL_P99 - Math.sqrt(squaredRoot);
  if (!(squaredRoot >= 0 && sigma >= 0)) {
    throw new RangeError(
      `p99 (${p99}) has to lie between the mean (${mean}) and 14.97 times that for a log-normal distribution`,
    );
  }
  return new LogNormal(Math.log(mean) - sigma ** 2 / 2, sigma);
}

class LogNormal implements Distribution {
  readonly mean: number;
  readonly variance: number;
  readonly #mu: number;
  readonly #sigma: number;

  constructor(mu: number, sigma: number) {
    this.#mu = mu;
    this.#sigma = sigma;
    this.mean = Math.exp(mu + sigma ** 2 / 2);
    this.variance = Math.expm1(sigma ** 2) * this.mean ** 2;
  }

  draw(random: Random): number {
    return Math.exp(this.#mu + this.#sigma * normalQuantile(random()));
  }
}
