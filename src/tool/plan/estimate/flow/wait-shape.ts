import { oneOf, stretched } from "../../theory/path/laws.ts";
import { waitOfWaiting } from "../../theory/path/residual.ts";
import { meanSeconds, type ResponseTime } from "../../theory/path/response-time.ts";
import type { ServiceLaw } from "./service-law.ts";

/** A service time, and how much of what comes has it. */
export interface Serving {
  readonly perSecond: number;
  readonly service: ServiceLaw;
}

/** Loads at which shapes are worked out, for each factor of e by which a place is less often free; what is between them is a mixture of both. */
const STEPS = 8;

/** Beyond it a wait is exponential to a thousandth, whatever the service. */
const UTILISATION_MAX = 0.999;

/** Shapes of waits that are remembered: some 7 KB each. */
const KEPT_MAX = 1_000;
const shapes = new Map<string, ResponseTime>();

/**
 * The law, of mean 1 s, of the wait of those that wait before one place that serves these, to which requests come at random times. Shapes are
 * remembered by what is served, so that a sweep over loads works each out once. Pure.
 */
export function waitShape(served: readonly Serving[], utilisation: number): ResponseTime {
  const place = -Math.log1p(-Math.min(UTILISATION_MAX, utilisation)) * STEPS;
  const before = Math.floor(place);
  const mix = keyOf(served);
  const low = shapeAt(mix, served, before);
  const share = place - before;
  if (share === 0) return low;
  return oneOf([
    { share: 1 - share, time: low },
    { share, time: shapeAt(mix, served, before + 1) },
  ]);
}

function shapeAt(mix: string, served: readonly Serving[], step: number): ResponseTime {
  const key = `${step} ${mix}`;
  let shape = shapes.get(key);
  if (shape === undefined) {
    if (shapes.size >= KEPT_MAX) shapes.clear();
    const wait = waitOfWaiting(mixture(served), Math.max(1e-6, -Math.expm1(-step / STEPS)));
    shape = stretched(wait, 1 / meanSeconds(wait));
    shapes.set(key, shape);
  }
  return shape;
}

/** Says what is served, but for the scale of times. */
function keyOf(served: readonly Serving[]): string {
  const rate = served.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const mean = served.reduce((sum, { perSecond, service }) => sum + perSecond * service.mean, 0) / rate;
  return served
    .filter(({ perSecond }) => perSecond > 0)
    .map(({ perSecond, service }) => {
      return `${(perSecond / rate).toPrecision(3)} ${(service.mean / mean).toPrecision(3)} ${service.shape}`;
    })
    .join(";");
}

/** Of mean 1 s, whatever the scale, so that times too short to be told apart by themselves are. */
function mixture(served: readonly Serving[]): ResponseTime {
  const rate = served.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const time = oneOf(
    served.map(({ perSecond, service }) => ({ share: perSecond / rate, time: service.time })),
  );
  return stretched(time, 1 / meanSeconds(time));
}
