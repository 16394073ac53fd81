import type { ComplexLine, TransformLine } from "../numerics/laplace-inversion.ts";
import { logNormalParameters, type ServiceTime, type WeightedTime } from "./service-time.ts";

/**
 * The gap 1 - E[e^(-sS)] of a service time's transform along a line. The gap rather than the transform, since near s = 0,
 * where heavily loaded queues are decided, the transform is 1 and all that matters is what is missing. Each is worked out
 * without subtracting from 1. Pure.
 */
export function serviceGap(service: ServiceTime, line: TransformLine): ComplexLine {
  const out = { re: new Float64Array(line.count), im: new Float64Array(line.count) };
  switch (service.kind) {
    case "exponential":
      addExponential(out, line, { share: 1, meanSeconds: service.meanSeconds });
      break;
    case "hyperexponential":
      for (const branch of service.branches) addExponential(out, line, branch);
      break;
    case "erlang":
      addGamma(out, line, service.stages, service.meanSeconds / service.stages);
      break;
    case "gamma":
      addGamma(out, line, 1 / service.scv, service.meanSeconds * service.scv);
      break;
    case "deterministic":
      addPoint(out, line, { share: 1, meanSeconds: service.meanSeconds });
      break;
    case "empirical":
      for (const point of service.points) addPoint(out, line, point);
      break;
    case "log-normal":
      for (const point of logNormalPoints(service.meanSeconds, service.scv)) addPoint(out, line, point);
      break;
  }
  return out;
}

/** s m / (1 + s m) */
function addExponential(out: ComplexLine, line: TransformLine, one: WeightedTime): void {
  const x = line.re * one.meanSeconds;
  for (let k = 0; k < line.count; k++) {
    const y = k * line.imStep * one.meanSeconds;
    const size = (1 + x) * (1 + x) + y * y;
    add(out, k, (one.share * (x * (1 + x) + y * y)) / size, (one.share * y) / size);
  }
}

/** 1 - (1 + s θ)^-shape = 1 - e^(-shape ln(1 + s θ)) */
function addGamma(out: ComplexLine, line: TransformLine, shape: number, scale: number): void {
  const x = line.re * scale;
  for (let k = 0; k < line.count; k++) {
    const y = k * line.imStep * scale;
    const logSize = 0.5 * Math.log1p(2 * x + x * x + y * y);
    const angle = Math.atan2(y, 1 + x);
    addExponentialGap(out, k, shape * logSize, shape * angle, 1);
  }
}

/** Adds weight * (1 - e^-(x + iy)). */
function addExponentialGap(out: ComplexLine, k: number, x: number, y: number, weight: number): void {
  const half = Math.sin(0.5 * y);
  const shrink = Math.exp(-x);
  add(out, k, weight * (-Math.expm1(-x) + 2 * shrink * half * half), weight * shrink * Math.sin(y));
}

/**
 * 1 - e^(-s x), step by step along the line: the gap g' = g + (1 - g) d, where d is the gap of one step. Gaps that are
 * small stay exact, and there is one sine for the whole line.
 */
function addPoint(out: ComplexLine, line: TransformLine, point: WeightedTime): void {
  const x = point.meanSeconds;
  const half = Math.sin(0.5 * line.imStep * x);
  const stepRe = 2 * half * half;
  const stepIm = Math.sin(line.imStep * x);
  let re = -Math.expm1(-line.re * x);
  let im = 0;
  for (let k = 0; k < line.count; k++) {
    add(out, k, point.share * re, point.share * im);
    const nextRe = re + (1 - re) * stepRe + im * stepIm;
    im = im + (1 - re) * stepIm - im * stepRe;
    re = nextRe;
  }
}

function add(out: ComplexLine, k: number, re: number, im: number): void {
  out.re[k] = (out.re[k] ?? 0) + re;
  out.im[k] = (out.im[k] ?? 0) + im;
}

const pointsByLaw = new Map<string, readonly WeightedTime[]>();

/** Laws kept: a plan asks again and again about few. */
const LAWS_KEPT = 32;

/** How finely the logarithm is cut: so that the highest frequency of the inversion turns by less than a radian in a cut. */
const LOG_STEP = 0.008;

/**
 * A log-normal law as points, by the trapezoidal rule over the normal law beneath it, whose error falls faster than any
 * power of the step. Weights below 1e-17 are left out.
 */
function logNormalPoints(meanSeconds: number, scv: number): readonly WeightedTime[] {
  const key = `${meanSeconds} ${scv}`;
  const known = pointsByLaw.get(key);
  if (known !== undefined) return known;
  const { mu, sigma } = logNormalParameters(meanSeconds, scv);
  const step = Math.min(0.25, LOG_STEP / sigma);
  const points: WeightedTime[] = [];
  const last = Math.ceil(8.5 / step);
  for (let n = -last; n <= last; n++) {
    const z = n * step;
    const share = (step * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
    points.push({ share, meanSeconds: Math.exp(mu + sigma * z) });
  }
  if (pointsByLaw.size >= LAWS_KEPT) pointsByLaw.clear();
  pointsByLaw.set(key, points);
  return points;
}
