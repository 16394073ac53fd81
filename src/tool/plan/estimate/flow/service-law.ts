import type { ServiceTime } from "../../resolved-model.ts";
import { constantTime, stretched, timeOfPercentiles, timeOfService } from "../../theory/path/laws.ts";
import { meanSeconds, type ResponseTime, varianceSquareSeconds } from "../../theory/path/response-time.ts";
import { type ServiceTime as Law, serviceTimeOfMoments } from "../../theory/queueing/service-time.ts";

/** What a plan's service time comes to as a law, with its moments. Times are seconds. Pure. */
export interface ServiceLaw {
  readonly time: ResponseTime;
  readonly isExponential: boolean;
  /** Says what law it is, but for its scale. */
  readonly shape: string;
  /** E[S], E[S²] and E[S³]. */
  readonly mean: number;
  readonly square: number;
  readonly cube: number;
}

/** A spread below this is none; and beyond the other, a log-normal law has its mean from values that hardly ever come. */
const SPREAD_LEAST = 1e-6;
const SPREAD_WILD = 10;

/** Service times are values that are never changed: each is worked out once. */
const laws = new WeakMap<ServiceTime, ServiceLaw>();

/**
 * The law of a service time, as simulations draw it: as measured where there are percentiles, brought to the mean that is told; else what such a
 * spread looks like: below 1 Erlang's law where a whole number of phases has it, exponential at 1, else log-normal.
 */
export function serviceLaw(service: ServiceTime): ServiceLaw {
  let law = laws.get(service);
  if (law === undefined) {
    law = lawOf(service);
    laws.set(service, law);
  }
  return law;
}

function lawOf({ meanMs, spread, percentiles }: ServiceTime): ServiceLaw {
  const mean = Math.max(0, meanMs) / 1_000;
  if (percentiles !== undefined && percentiles.length > 0) {
    const measured = timeOfPercentiles(percentiles.map(({ rank, ms }) => ({ rank, seconds: ms / 1_000 })));
    const own = meanSeconds(measured);
    const time = own > 0 && mean > 0 ? stretched(measured, mean / own) : measured;
    return momentsOf(time, percentiles.map(({ rank, ms }) => `${rank}:${ms / meanMs}`).join(" "));
  }
  if (mean === 0 || spread < SPREAD_LEAST) return constantLaw(mean);
  if (spread === 1) {
    const time = timeOfService({ kind: "exponential", meanSeconds: mean });
    return { time, isExponential: true, shape: "1", mean, square: 2 * mean ** 2, cube: 6 * mean ** 3 };
  }
  // The bins hold the mean to a ten-thousandth; what is told is exact.
  const time = timeOfService(spreadLaw(mean, spread));
  return { ...momentsOf(time, `${spread}`), mean, square: mean ** 2 * (1 + spread ** 2) };
}

/** Always the same time. */
export function constantLaw(seconds: number): ServiceLaw {
  return momentsOf(constantTime(seconds), "0");
}

function spreadLaw(mean: number, spread: number): Law {
  const phases = 1 / spread ** 2;
  const whole = Math.round(phases);
  if (whole >= 2 && whole <= 64 && Math.abs(phases - whole) < 1e-6)
    return { kind: "erlang", meanSeconds: mean, stages: whole };
  if (spread < SPREAD_WILD) return { kind: "log-normal", meanSeconds: mean, scv: spread ** 2 };
  return serviceTimeOfMoments(mean, spread ** 2);
}

function momentsOf(time: ResponseTime, shape: string): ServiceLaw {
  const mean = meanSeconds(time);
  let cube = 0;
  for (let n = 0; n < time.shares.length; n++) {
    const here = time.means[n] as number;
    cube += (time.shares[n] as number) * here * (here * here + 3 * (time.variances[n] as number));
  }
  return { time, isExponential: false, shape, mean, square: varianceSquareSeconds(time) + mean * mean, cube };
}
