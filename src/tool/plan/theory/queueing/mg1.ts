import type { ComplexLine, TransformLine } from "../numerics/laplace-inversion.ts";
import { percentileOfTail } from "../numerics/percentile.ts";
import { requireFraction, requireNotNegative } from "../numerics/ranges.ts";
import { overloadedQueue, type QueueAnswer } from "./queue.ts";
import { type ServiceTime, serviceMean, serviceScv } from "./service-time.ts";
import { sojournTailOf, type WaitLaw, waitTailOf } from "./wait-and-service.ts";

/** Poisson arrivals to one server with service times of any law, first come, first served. */
export interface SingleServerQueue {
  /** λ, 0 or more. */
  readonly arrivalsPerSecond: number;
  readonly service: ServiceTime;
}

/**
 * M/G/1. Means by the Pollaczek-Khinchine formula, exact: E[W] = λ E[S²] / (2 (1 - ρ)). Tails and percentiles by inverting
 * the Pollaczek-Khinchine transform (Kleinrock, "Queueing Systems", vol. I, section 5.7; Abate & Whitt 1995): to about
 * 1e-8 of probability for loads up to 0.9999, so up to p99.999. Constant service puts kinks into the law of the wait, near
 * which the error is more: 0.0005 at a wait of just one service, 0.00001 beyond. A percentile takes well below 1 ms, of
 * log-normal service up to 10 ms. Pure.
 *
 * @throws RangeError for numbers outside their ranges.
 */
export function mg1(queue: SingleServerQueue): QueueAnswer {
  requireNotNegative("the arrival rate", queue.arrivalsPerSecond);
  const { arrivalsPerSecond, service } = queue;
  const mean = serviceMean(service);
  const utilisation = arrivalsPerSecond * mean;
  if (utilisation >= 1) return overloadedQueue(utilisation, 1, mean);
  const wait = waitOfMg1(utilisation, mean);
  const meanWaitSeconds = (utilisation * mean * (1 + serviceScv(service))) / (2 * (1 - utilisation));
  const meanSojournSeconds = meanWaitSeconds + mean;
  const waitTail = (seconds: number) => waitTailOf(wait, service, seconds);
  const sojournTail = (seconds: number) => sojournTailOf(wait, service, seconds);
  return {
    stable: true,
    offeredErlangs: utilisation,
    utilisation,
    lossProbability: 0,
    throughputPerSecond: arrivalsPerSecond,
    waitProbability: utilisation,
    meanWaitSeconds,
    meanSojournSeconds,
    meanQueue: arrivalsPerSecond * meanWaitSeconds,
    meanInSystem: arrivalsPerSecond * meanSojournSeconds,
    waitTail,
    waitPercentile(fraction) {
      requireFraction("the fraction of a percentile", fraction);
      return percentileOfTail(waitTail, fraction, meanSojournSeconds);
    },
    sojournTail,
    sojournPercentile(fraction) {
      requireFraction("the fraction of a percentile", fraction);
      return percentileOfTail(sojournTail, fraction, meanSojournSeconds);
    },
  };
}

/**
 * The wait is a geometric sum of residual service times R: E[e^(-sW)] = (1 - ρ) / (1 - ρ R(s)), where R(s) =
 * (1 - B(s)) / (s E[S]). Given that it is not 0, its transform is (1 - ρ) R / (1 - ρ R), whose gap is r / (1 - ρ + ρ r)
 * with r = 1 - R.
 */
function waitOfMg1(utilisation: number, mean: number): WaitLaw {
  return {
    waitProbability: utilisation,
    gap(line: TransformLine, service: ComplexLine): ComplexLine {
      const out = { re: new Float64Array(line.count), im: new Float64Array(line.count) };
      for (let k = 0; k < line.count; k++) {
        const x = line.re * mean;
        const y = k * line.imStep * mean;
        const size = x * x + y * y;
        const br = service.re[k] ?? 0;
        const bi = service.im[k] ?? 0;
        const r = 1 - (br * x + bi * y) / size;
        const i = -(bi * x - br * y) / size;
        const lowRe = 1 - utilisation + utilisation * r;
        const lowIm = utilisation * i;
        const low = lowRe * lowRe + lowIm * lowIm;
        out.re[k] = (r * lowRe + i * lowIm) / low;
        out.im[k] = (i * lowRe - r * lowIm) / low;
      }
      return out;
    },
  };
}
