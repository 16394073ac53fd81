import { upperGamma } from "../numerics/gamma.ts";
import { normalPercentile, normalTail } from "../numerics/normal.ts";
import { requireNotNegative, requirePositive, requireShare, requireWhole } from "../numerics/ranges.ts";

/** The law of a service time. All times are seconds, above 0. Pure. */
export type ServiceTime =
  | { readonly kind: "exponential"; readonly meanSeconds: number }
  | { readonly kind: "deterministic"; readonly meanSeconds: number }
  /** The sum of 1 to 1,000 equal exponential stages. */
  | { readonly kind: "erlang"; readonly meanSeconds: number; readonly stages: number }
  /** Any squared coefficient of variation above 0. */
  | { readonly kind: "gamma"; readonly meanSeconds: number; readonly scv: number }
  /** One of 1 to 100 exponential branches; shares add up to 1. */
  | { readonly kind: "hyperexponential"; readonly branches: readonly WeightedTime[] }
  /** The logarithm is normal; the squared coefficient of variation is above 0 and at most 100. */
  | { readonly kind: "log-normal"; readonly meanSeconds: number; readonly scv: number }
  /** One of up to 10,000 times, each with its share, as from a measured histogram; shares add up to 1. */
  | { readonly kind: "empirical"; readonly points: readonly WeightedTime[] };

/** A time, or the mean of a branch, and the share of cases that it stands for. */
export interface WeightedTime {
  /** 0 to 1. */
  readonly share: number;
  readonly meanSeconds: number;
}

/**
 * The log-normal law with these two percentiles: p50 is the median, p99 above it.
 *
 * @throws RangeError unless 0 < p50 < p99.
 */
export function logNormalFromPercentiles(percentiles: {
  readonly p50Seconds: number;
  readonly p99Seconds: number;
}): ServiceTime {
  const { p50Seconds, p99Seconds } = percentiles;
  requirePositive("the median", p50Seconds);
  if (!(p99Seconds > p50Seconds)) throw new RangeError(`p99 ${p99Seconds} is not above p50 ${p50Seconds}`);
  const sigma = Math.log(p99Seconds / p50Seconds) / normalPercentile(0.99);
  return {
    kind: "log-normal",
    meanSeconds: p50Seconds * Math.exp(0.5 * sigma * sigma),
    scv: Math.expm1(sigma * sigma),
  };
}

/**
 * A law with this mean and this squared coefficient of variation (0 or more): constant for 0, gamma below 1, exponential
 * for 1, hyperexponential with balanced means above (Whitt, "Approximating a Point Process by a Renewal Process, I",
 * Operations Research 30, 1982; Tijms, "A First Course in Stochastic Models", appendix B).
 */
export function serviceTimeOfMoments(meanSeconds: number, scv: number): ServiceTime {
  requirePositive("the mean", meanSeconds);
  requireNotNegative("the squared coefficient of variation", scv);
  if (scv < 1e-9) return { kind: "deterministic", meanSeconds };
  if (scv === 1) return { kind: "exponential", meanSeconds };
  if (scv < 1) return { kind: "gamma", meanSeconds, scv };
  const share = 0.5 * (1 + Math.sqrt((scv - 1) / (scv + 1)));
  return {
    kind: "hyperexponential",
    branches: [
      { share, meanSeconds: meanSeconds / (2 * share) },
      { share: 1 - share, meanSeconds: meanSeconds / (2 * (1 - share)) },
    ],
  };
}

/**
 * E[S], in seconds.
 *
 * @throws RangeError when the law's numbers are outside their ranges.
 */
export function serviceMean(service: ServiceTime): number {
  check(service);
  if (service.kind === "hyperexponential") return weightedPower(service.branches, 1);
  if (service.kind === "empirical") return weightedPower(service.points, 1);
  return service.meanSeconds;
}

/** Var[S] / E[S]²: 0 for constant times, 1 for exponential ones. */
export function serviceScv(service: ServiceTime): number {
  const mean = serviceMean(service);
  switch (service.kind) {
    case "exponential":
      return 1;
    case "deterministic":
      return 0;
    case "erlang":
      return 1 / service.stages;
    case "gamma":
    case "log-normal":
      return service.scv;
    case "hyperexponential":
      return (2 * weightedPower(service.branches, 2)) / (mean * mean) - 1;
    case "empirical":
      return Math.max(0, weightedPower(service.points, 2) / (mean * mean) - 1);
  }
}

/** P(S > t) for t in seconds; 1 below 0. */
export function serviceTail(service: ServiceTime, t: number): number {
  if (t < 0) return 1;
  switch (service.kind) {
    case "exponential":
      return Math.exp(-t / service.meanSeconds);
    case "deterministic":
      return t < service.meanSeconds ? 1 : 0;
    case "erlang":
      return upperGamma(service.stages, (t * service.stages) / service.meanSeconds);
    case "gamma":
      return upperGamma(1 / service.scv, t / (service.meanSeconds * service.scv));
    case "hyperexponential":
      return service.branches.reduce((sum, one) => sum + one.share * Math.exp(-t / one.meanSeconds), 0);
    case "log-normal": {
      if (t === 0) return 1;
      const { mu, sigma } = logNormalParameters(service.meanSeconds, service.scv);
      return normalTail((Math.log(t) - mu) / sigma);
    }
    case "empirical":
      return service.points.reduce((sum, one) => (one.meanSeconds > t ? sum + one.share : sum), 0);
  }
}

/** Mean and standard deviation of the logarithm. */
export function logNormalParameters(
  meanSeconds: number,
  scv: number,
): { readonly mu: number; readonly sigma: number } {
  const variance = Math.log1p(scv);
  return { mu: Math.log(meanSeconds) - 0.5 * variance, sigma: Math.sqrt(variance) };
}

function weightedPower(times: readonly WeightedTime[], power: number): number {
  return times.reduce((sum, one) => sum + one.share * one.meanSeconds ** power, 0);
}

function check(service: ServiceTime): void {
  switch (service.kind) {
    case "hyperexponential":
      checkShares(service.branches, 100);
      return;
    case "empirical":
      checkShares(service.points, 10_000);
      return;
    case "erlang":
      requireWhole("the number of stages", service.stages, 1, 1_000);
      break;
    case "gamma":
    case "log-normal":
      requirePositive("the squared coefficient of variation", service.scv);
      if (service.scv > 100)
        throw new RangeError(`a squared coefficient of variation of ${service.scv} > 100`);
      break;
  }
  requirePositive("the mean", service.meanSeconds);
}

function checkShares(times: readonly WeightedTime[], most: number): void {
  requireWhole("the number of branches", times.length, 1, most);
  let sum = 0;
  for (const one of times) {
    requireShare("the share of a branch", one.share);
    requirePositive("the time of a branch", one.meanSeconds);
    sum += one.share;
  }
  if (Math.abs(sum - 1) > 1e-9) throw new RangeError(`the shares of the branches add up to ${sum}, not to 1`);
}
