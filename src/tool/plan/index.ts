/** What a design comes to before anything runs: estimates, simulations and reviews of it, and the ways in which they are told. */

/** Beside the design of a git revision. */
export {
  type Direction,
  differenceMarkdown,
  layOutRevision,
  type PlanDifference,
  planDifference,
  type RequirementSide,
  type Revision,
  settingText,
} from "./against/index.ts";
export { PLAN_ERRORS, PlanError, type PlanErrorCode } from "./errors.ts";
export { setsOf } from "./estimate/index.ts";
export type { Figure, FigureUnit, Source } from "./figure.ts";
/** The plan of a design, and what it is made of. */
export { type PlanOptions, plan } from "./plan.ts";
export type {
  ClassAnswer,
  Finding,
  PartAnswer,
  PlanAnswer,
  RequirementAnswer,
  SimulationAnswer,
} from "./plan-answer.ts";
export { type Profile, profilePath, readProfile, readProfileIfThere } from "./profile/index.ts";
/** What all ways of telling a plan share. */
export {
  type Derivation,
  derivationOf,
  figuresMeant,
  nearestFigure,
  sourceText,
} from "./report/derivation.ts";
export {
  boundText,
  countText,
  figureText,
  msText,
  rateText,
  requirementText,
  shareText,
  UNKNOWN,
  valueText,
} from "./report/figure-text.ts";
export { growthOf } from "./report/growth.ts";
export { marginText } from "./report/margin.ts";
export { contradictionsOf } from "./report/simulated.ts";
export { hasFailed, orderedRequirements, peakOf, verdictText } from "./report/verdict.ts";
export { betweenMs, waterfallOf } from "./report/waterfall.ts";
export type { Machine, ResolvedSystem } from "./resolved-model.ts";
/** What if. */
export { applySets, readSweep, type SweepRange } from "./sets/index.ts";
/** What the command line says of simulations. */
export {
  ARRIVAL_NAMES,
  arrivalsOf,
  arrivalsOfTrace,
  isArrivalName,
  readFailures,
  type SystemArrivals,
  type SystemSimulationOptions,
  type Trouble,
} from "./simulate/system/index.ts";
export { type Sweep, type SweepPoint, type SweptRequirement, sweep } from "./sweep/index.ts";
