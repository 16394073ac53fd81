import type { SimulationAnswer } from "../../plan-answer.ts";
import { type SystemSimulation, simulateSystem } from "../system/index.ts";

type Simulated = Parameters<typeof simulateSystem>;

/** A trouble that systems get into, and what keeps them out of it, to be simulated side by side. Pure data. */
export interface Scenario<Variant extends string = string> {
  /** `retry-storm`. */
  readonly name: string;
  readonly title: string;
  /** Ways to meet the trouble, the worst first, each a design and what happens to it. */
  readonly variants: Readonly<Record<Variant, ScenarioSetting>>;
  /** When what is the matter, in simulated milliseconds from the beginning. */
  readonly trouble?: { readonly fromMs: number; readonly toMs: number; readonly label: string };
}

export interface ScenarioSetting {
  readonly system: Simulated[0];
  readonly options: Simulated[1];
}

/** One of `SimulationAnswer.series`. */
export type Series = SimulationAnswer["series"][number];

/** What a scenario came to, by its variants. */
export type ScenarioRuns<Variant extends string> = Readonly<Record<Variant, SystemSimulation>>;

/** Simulates each variant of a scenario. `seed`: a whole number; default 1. The same seed gives the same bytes. */
export function runsOf<Variant extends string>(
  { variants }: Scenario<Variant>,
  seed = 1,
): ScenarioRuns<Variant> {
  const names = Object.keys(variants) as Variant[];
  const runs = names.map((name) => {
    const { system, options } = variants[name];
    return [name, simulateSystem(system, { ...options, seed })] as const;
  });
  return Object.fromEntries(runs) as Record<Variant, SystemSimulation>;
}

/**
 * The series of that name: see `simulateSystem`.
 *
 * @throws RangeError when the simulation has none of that name.
 */
export function seriesOf({ series }: Pick<SimulationAnswer, "series">, name: string): Series {
  const found = series.find((one) => one.name === name);
  if (found) return found;
  throw new RangeError(`no series "${name}" among ${series.map((one) => one.name).join(", ")}`);
}

/** The mean of a series between two times, of the windows that lie there whole and have a value; NaN when none does. */
export function meanOver(
  simulation: Pick<SimulationAnswer, "series" | "windowMs">,
  name: string,
  [fromMs, toMs]: readonly [number, number],
): number {
  const { windowMs } = simulation;
  const within = seriesOf(simulation, name).values.filter(
    (value, at): value is number =>
      value !== null && at * windowMs >= fromMs - 1e-6 && (at + 1) * windowMs <= toMs + 1e-6,
  );
  return within.reduce((sum, value) => sum + value, 0) / within.length;
}
