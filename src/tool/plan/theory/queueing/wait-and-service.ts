import { type ComplexLine, invertLaplace, type TransformLine } from "../numerics/laplace-inversion.ts";
import { type ServiceTime, serviceTail } from "./service-time.ts";
import { serviceGap } from "./service-transform.ts";

/**
 * The law of a wait that is 0 with some probability and has a density otherwise, and of that wait and an independent service
 * after it, by inverting transforms. Pure.
 */
export interface WaitLaw {
  /** P(W > 0). */
  readonly waitProbability: number;
  /** 1 - E[e^(-sW) | W > 0] along a line, given the gap of the service along it. */
  gap(line: TransformLine, service: ComplexLine): ComplexLine;
}

/** P(W > t), t >= 0. To about 1e-8 absolutely. */
export function waitTailOf(wait: WaitLaw, service: ServiceTime, t: number): number {
  if (t <= 0 || wait.waitProbability === 0) return wait.waitProbability;
  const tail = invertLaplace((line) => {
    const gap = wait.gap(line, serviceGap(service, line));
    for (let k = 0; k < line.count; k++) divideByS(gap, line, k);
    return gap;
  }, t);
  return wait.waitProbability * share(tail);
}

/**
 * P(W + S > t), t >= 0. Those that do not wait follow the service's own law, jumps and all; for the others the transform of
 * a sum is the product, of which the gap is a + b - a b. A constant service only shifts the wait.
 */
export function sojournTailOf(wait: WaitLaw, service: ServiceTime, t: number): number {
  if (t <= 0) return 1;
  if (service.kind === "deterministic") {
    return t < service.meanSeconds ? 1 : waitTailOf(wait, service, t - service.meanSeconds);
  }
  const direct = (1 - wait.waitProbability) * serviceTail(service, t);
  if (wait.waitProbability === 0) return direct;
  const tail = invertLaplace((line) => {
    const b = serviceGap(service, line);
    const a = wait.gap(line, b);
    for (let k = 0; k < line.count; k++) {
      const ar = a.re[k] ?? 0;
      const ai = a.im[k] ?? 0;
      const br = b.re[k] ?? 0;
      const bi = b.im[k] ?? 0;
      a.re[k] = ar + br - (ar * br - ai * bi);
      a.im[k] = ai + bi - (ar * bi + ai * br);
      divideByS(a, line, k);
    }
    return a;
  }, t);
  return direct + wait.waitProbability * share(tail);
}

/** The gap over s is the transform of the tail. */
function divideByS(values: ComplexLine, line: TransformLine, k: number): void {
  const x = line.re;
  const y = k * line.imStep;
  const size = x * x + y * y;
  const re = values.re[k] ?? 0;
  const im = values.im[k] ?? 0;
  values.re[k] = (re * x + im * y) / size;
  values.im[k] = (im * x - re * y) / size;
}

/** The inversion's error may take a tail a little out of its range. */
function share(value: number): number {
  return Math.min(1, Math.max(0, value));
}
