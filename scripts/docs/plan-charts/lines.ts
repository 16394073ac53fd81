import type { Line, Point } from "../../../src/tool/plan/report/charts/index.ts";
import { type ScenarioRuns, seriesOf } from "../../../src/tool/plan/simulate/scenarios/index.ts";

type Simulated = ScenarioRuns<string>[string];

export interface LineOptions extends Pick<Line, "role" | "steps"> {
  /** What is shown of it, in simulated milliseconds. */
  readonly between?: readonly [fromMs: number, toMs: number];
  /** What is 0 on the axis. Default 0. */
  readonly originMs?: number;
  /** How many milliseconds of the axis stand for one that was simulated. Default 1. */
  readonly times?: number;
}

/** A series of a simulation as a line over time, each window at its middle. */
export function lineOf(
  name: string,
  simulated: Simulated,
  series: string | readonly string[],
  options: LineOptions = {},
): Line {
  const { between: [fromMs, toMs] = [0, Number.POSITIVE_INFINITY], originMs = 0, times = 1 } = options;
  const { role, steps } = options;
  const { windowMs } = simulated;
  const all = [series].flat().map((one) => seriesOf(simulated, one).values);
  const points = (all[0] ?? []).flatMap((_, at): Point[] => {
    const middleMs = (at + 0.5) * windowMs;
    if (middleMs < fromMs || middleMs > toMs) return [];
    const values = all.map((one) => one[at] ?? null);
    const known = values.filter((value) => value !== null);
    const sum = known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
    return [[(middleMs - originMs) * times, sum]];
  });
  return { name, points, ...(role && { role }), ...(steps && { steps }) };
}

/** A line for each variant of a scenario, by its name. */
export function linesOf(
  runs: ScenarioRuns<string>,
  series: string | readonly string[],
  options: LineOptions = {},
): Line[] {
  return Object.entries(runs).map(([variant, simulated]) => lineOf(variant, simulated, series, options));
}
