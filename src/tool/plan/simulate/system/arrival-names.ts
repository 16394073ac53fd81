import { nearest } from "../../../../blocks/errors/index.ts";
import { PlanError } from "../../errors.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import { type RateSpec, readTrace } from "../engine/index.ts";
import type { SystemArrivals } from "./system-simulation.ts";

/** The loads that have names; anything else that is asked for is a file, for `arrivalsOfTrace`. */
export const ARRIVAL_NAMES = ["poisson", "daily", "ramp", "flash"] as const;

export type ArrivalName = (typeof ARRIVAL_NAMES)[number];

export function isArrivalName(name: string): name is ArrivalName {
  return ARRIVAL_NAMES.some((one) => one === name);
}

/** A crowd has this many times the average, or twice the peak if that is more. */
const CROWD = 10;

/**
 * The load of that name for a run of that length, from the rates of the design. `poisson`: the peak, all the time. `daily`: a day, with the
 * peak in its evening, which passes within the run. `ramp`: from a tenth of the peak to twice of it. `flash`: the average, to which a crowd of ten times
 * as many comes after a quarter of the run, within a fortieth of it, stays for an eighth, and goes by half every twentieth. Pure.
 *
 * @throws PlanError `BAD_SETTING` for another name.
 */
export function arrivalsOf(name: string, resolved: ResolvedSystem, durationMs: number): SystemArrivals {
  const average = resolved.classes.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const peak = resolved.classes.reduce((sum, { peakPerSecond }) => sum + peakPerSecond, 0);
  return { kind: "rate", rate: rateNamed(name, average, peak, durationMs) };
}

function rateNamed(name: string, average: number, peak: number, durationMs: number): RateSpec {
  if (!isArrivalName(name)) {
    const meant = nearest(name, ARRIVAL_NAMES);
    throw new PlanError(
      "BAD_SETTING",
      `--arrivals ${name.slice(0, 200)}: no load has that name${meant === undefined ? "" : `, ${meant} is meant?`}`,
    );
  }
  switch (name) {
    case "poisson":
      return { kind: "constant", perSecond: peak };
    case "daily": {
      const ratio = average > 0 ? Math.min(20, Math.max(1, peak / average)) : 1;
      return { kind: "daily", meanPerSecond: average, peak: ratio, dayMs: durationMs };
    }
    case "ramp":
      return { kind: "ramp", fromPerSecond: peak / 10, toPerSecond: 2 * peak, durationMs };
    case "flash":
      return {
        kind: "flash-crowd",
        basePerSecond: average,
        peakPerSecond: Math.max(CROWD * average, 2 * peak),
        startMs: durationMs / 4,
        riseMs: durationMs / 40,
        holdMs: durationMs / 8,
        halfLifeMs: durationMs / 20,
      };
  }
}

/**
 * The load of a recorded trace: the text of a file that was read, one arrival a line, in milliseconds or as dates. Pure.
 *
 * @throws PlanError `BAD_SETTING` when it is none, with the line.
 */
export function arrivalsOfTrace(text: string, file: string): SystemArrivals {
  const reading = readTrace(text);
  if (reading.kind === "read") return { kind: "trace", timesMs: reading.timesMs };
  const { line, wrong } = reading.mistake;
  throw new PlanError("BAD_SETTING", `${line === 0 ? file : `${file}:${line}`}: ${wrong}`, {
    details: { file, line },
  });
}
