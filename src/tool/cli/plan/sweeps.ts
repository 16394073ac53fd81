import type { SystemModel } from "../../design/index.ts";
import { applySets, type PlanOptions, plan, readSweep, type Sweep, sweep } from "../../plan/index.ts";
import type { Progress } from "./progress.ts";

/** Plans along each `--sweep`, whose other settings stay as they are. Reviews and simulations are not made at each value. */
export function sweepsOf(
  model: SystemModel,
  options: PlanOptions,
  asked: readonly string[],
  progress: Progress,
): readonly Sweep[] {
  return asked.map((text) => {
    const { path, values } = readSweep(text);
    const planAt = (value: string) =>
      plan(applySets(model, [`${path}=${value}`]), { ...options, review: false });
    return sweep(path, values, planAt, (done) =>
      progress.say(`planning along ${path}`, done / values.length),
    );
  });
}
