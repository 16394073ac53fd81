/** A design, simulated. */

/** What the command line says of loads and troubles. */
export {
  ARRIVAL_NAMES,
  type ArrivalName,
  arrivalsOf,
  arrivalsOfTrace,
  isArrivalName,
} from "./arrival-names.ts";
export {
  type FailureKind,
  type ScaledPart,
  type SystemArrivals,
  type SystemSimulation,
  type SystemSimulationOptions,
  simulateSystem,
  type Trouble,
} from "./simulate-system.ts";
export { readFailures } from "./trouble-text.ts";
