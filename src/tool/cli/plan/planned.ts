import type { LoadedDesign, SystemModel } from "../../design/index.ts";
import type { PlanAnswer, PlanOptions, Sweep } from "../../plan/index.ts";

/** A design as it was planned: with what `--set` says. */
export interface Planned {
  readonly design: LoadedDesign;
  readonly model: SystemModel;
  readonly options: PlanOptions;
  readonly answer: PlanAnswer;
  readonly sweeps: readonly Sweep[];
}
