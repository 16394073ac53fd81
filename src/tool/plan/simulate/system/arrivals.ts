import { PlanError } from "../../errors.ts";
import type { ResolvedClass } from "../../resolved-model.ts";
import {
  type ArrivalTimes,
  OpenSource,
  poisson,
  type Rate,
  type RateSpec,
  rateOf,
  recorded,
  type Simulation,
  type Streams,
  varying,
} from "../engine/index.ts";
import { drawn } from "./lots.ts";
import type { SystemArrivals } from "./system-simulation.ts";

/** What arrives where: `arrived` is told the class's number. */
export interface Arriving {
  readonly simulation: Simulation;
  readonly streams: Streams;
  readonly classes: readonly ResolvedClass[];
  readonly arrived: (number: number) => void;
}

/**
 * Plans the arrivals of all classes. Each draws from a stream of its own, so that a class that is added shifts none of the others. Pure.
 *
 * @throws PlanError when a rate is named after no class, RangeError when it is out of its range.
 */
export function beginArrivals(arrivals: SystemArrivals | undefined, arriving: Arriving): void {
  const { simulation, streams, classes, arrived } = arriving;
  const begin = (number: number, times: ArrivalTimes) =>
    new OpenSource(simulation, times, () => arrived(number));
  if (arrivals?.kind === "trace") {
    const weights = classes.map(({ peakPerSecond }) => peakPerSecond);
    const lots = streams.of("classes of a trace");
    new OpenSource(simulation, recorded(arrivals.timesMs), () => arrived(drawn(weights, lots)));
    return;
  }
  if (arrivals?.kind === "rates") checkNames(arrivals.rates, classes);
  const whole = classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0);
  for (const [number, { name, peakPerSecond }] of classes.entries()) {
    const random = streams.of(`arrivals of ${name}`);
    if (!arrivals) {
      if (peakPerSecond > 0) begin(number, poisson(peakPerSecond, random));
      continue;
    }
    const spec = arrivals.kind === "rate" ? arrivals.rate : rateNamed(arrivals.rates, name);
    const share = arrivals.kind === "rates" ? 1 : whole > 0 ? peakPerSecond / whole : 0;
    if (spec && share > 0) begin(number, timesOf(spec, share, random));
  }
}

function timesOf(spec: RateSpec, share: number, random: () => number): ArrivalTimes {
  const perSecond = spec.kind === "constant" ? spec.perSecond * share : 0;
  if (perSecond > 0) return poisson(perSecond, random);
  return varying(scaled(rateOf(spec), share), random);
}

function scaled(rate: Rate, share: number): Rate {
  if (share === 1) return rate;
  return {
    at: (timeMs) => share * rate.at(timeMs),
    boundFrom: (timeMs) => {
      const { perSecond, untilMs } = rate.boundFrom(timeMs);
      return { perSecond: share * perSecond, untilMs };
    },
  };
}

function rateNamed(rates: Readonly<Record<string, RateSpec>>, name: string): RateSpec | undefined {
  return Object.hasOwn(rates, name) ? rates[name] : undefined;
}

function checkNames(rates: Readonly<Record<string, RateSpec>>, classes: readonly ResolvedClass[]): void {
  for (const name of Object.keys(rates)) {
    if (classes.some((one) => one.name === name)) continue;
    throw new PlanError("UNKNOWN_SETTING", `arrivals: there is no class of requests ${name}`);
  }
}
