import { defaultOf, type Sourced } from "../defaults/index.ts";
import type { Source } from "../figure.ts";
import { given, type Resolution, statedOr } from "./resolution.ts";

/** How many requests come in, of all classes together. */
export interface Traffic {
  /** Per second, on average and at the peak. */
  readonly average: Sourced;
  readonly peak: Sourced;
  /** Whether the design, or whoever asks, says how many come. */
  readonly isStated: boolean;
}

/**
 * The traffic of a design: by its users, or as a rate; `loadPerSecond`, where it is given, is the peak in its place. Where nothing says how
 * many come, a stand-in, with which only what does not depend on the load can be told. Pure.
 */
export function trafficOf(resolution: Resolution, loadPerSecond: number | undefined): Traffic {
  const { traffic } = resolution.model.requires;
  const factor = statedOr(traffic?.peak, "requires.traffic.peak", "traffic.peak");
  if (loadPerSecond !== undefined) {
    const average = loadPerSecond / factor.value;
    return {
      average: { value: average, source: divided(loadPerSecond, factor.value, average) },
      peak: { value: loadPerSecond, source: given("--load") },
      isStated: true,
    };
  }
  const average = averageOf(resolution);
  const peak = average.value * factor.value;
  const filled = `${average.value} × ${factor.value} = ${peak}`;
  return {
    average,
    peak: { value: peak, source: { kind: "derived", formula: "average × peak factor", filled, inputs: [] } },
    isStated: traffic !== undefined,
  };
}

function averageOf(resolution: Resolution): Sourced {
  const { dailyUsers, requestsPerUserPerDay, requestsPerSecond } = resolution.model.requires.traffic ?? {};
  if (requestsPerSecond !== undefined)
    return { value: requestsPerSecond, source: given("requires.traffic.rate") };
  if (dailyUsers !== undefined && requestsPerUserPerDay !== undefined) {
    const value = (dailyUsers * requestsPerUserPerDay) / 86_400;
    const source: Source = {
      kind: "derived",
      formula: "daily users × requests per user / 86,400 s",
      filled: `${dailyUsers} × ${requestsPerUserPerDay} / 86,400 s = ${value}/s`,
      inputs: [],
    };
    return { value, source };
  }
  const { value, source } = defaultOf("traffic.rate");
  resolution.assume(
    `Nothing says how many requests come: ${value} a second is taken, so that only what does not depend on the load can be told.`,
  );
  return { value, source };
}

function divided(load: number, factor: number, average: number): Source {
  return {
    kind: "derived",
    formula: "load at the peak / peak factor",
    filled: `${load} / ${factor} = ${average}`,
    inputs: [],
  };
}
