/** A design, simulated. */

/** What the command line says of loads and troubles. */
export {
  ARRIVAL_NAMES,
  type ArrivalName,
  arrivalsOf,
  arrivalsOfTrace,
  isArrivalName,
} from "./arrival-names.ts";
export { simulateSystem } from "./simulate-system.ts";
export type {
  FailureKind,
  ScaledPart,
  SystemArrivals,
  SystemSimulation,
  SystemSimulationOptions,
  Trouble,
} from "./system-simulation.ts";
export { readFailures } from "./trouble-text.ts";
