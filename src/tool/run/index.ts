/** Running a checked design on this machine. */

/** What a running system tells. */
export type {
  LogLine,
  PartSnapshot,
  ReplicaSnapshot,
  RunEvent,
  RunFact,
  ScalingSnapshot,
  State,
  SystemSnapshot,
  SystemState,
} from "../control-api/index.ts";
/** Reaching a system that runs in another process. */
export { findRunning, type RunningControl, stateFolders } from "./control/control-client.ts";
export { RUN_ERRORS, RunError, type RunErrorCode } from "./errors.ts";
/** Looking at earlier runs. */
export { listRuns, readRun, type StoredRun } from "./run-history.ts";
export { type RunningSystem, type RunOptions, startSystem } from "./supervisor.ts";
export type { LogEvent } from "./telemetry/logs/index.ts";
