/**
 * Troubles of systems, each simulated with and without what helps against it: small designs of which docs/plan-simulations.md shows the course. Pure.
 */
export { cacheStampede } from "./cache-stampede.ts";
export { DAY_MS, DAYS, dailyCurve, TARGET as DAILY_TARGET } from "./daily-curve.ts";
export { flashCrowd } from "./flash-crowd.ts";
export { overload } from "./overload.ts";
export { retryStorm } from "./retry-storm.ts";
export {
  meanOver,
  runsOf,
  type Scenario,
  type ScenarioRuns,
  type ScenarioSetting,
  type Series,
  seriesOf,
} from "./scenario.ts";
export { ALGORITHMS, slowReplica } from "./slow-replica.ts";
