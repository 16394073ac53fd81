/** The language in which a system is written down: its parts, and what it has to do. */

/** What those options are made of. */
export type { UsesOption } from "./check/uses.ts";
/** Reading a design: the checked model, or all that is wrong with it. */
export { DESIGN_ERRORS, DesignError, type DesignErrorCode } from "./errors.ts";
export { type CacheOptions, cache } from "./kinds/cache.ts";
export { type DatabaseOptions, database } from "./kinds/database.ts";
export { type EdgeOptions, edge, type Route } from "./kinds/edge.ts";
export type { CommandOption, ProgramOptions, RunOption } from "./kinds/program.ts";
export { type ServiceOptions, service } from "./kinds/service.ts";
export { type TaskOptions, task } from "./kinds/task.ts";
export { type LoadOptions, loadDesign } from "./load/load.ts";
export type {
  CacheModel,
  DatabaseModel,
  DataModel,
  EdgeModel,
  LatencyModel,
  LoadedDesign,
  PartKind,
  PartModel,
  ProgramModel,
  RequirementsModel,
  RouteModel,
  ServiceModel,
  SystemModel,
  TaskModel,
  TrafficModel,
  UsesModel,
} from "./model.ts";
/** The names of variables that programs find their parts by. */
export { outsideVariable, urlVariable } from "./names.ts";
export type { CachePart, DatabasePart, EdgePart, Part, ServicePart, TaskPart, Uses } from "./part.ts";
export { formatProblems, type Problem } from "./problem.ts";
/** Quantities: the types that a design writes, and text for numbers of the base unit. */
export { type Count, type CountUnit, formatCount } from "./quantities/count.ts";
export { type Duration, type DurationUnit, formatDuration } from "./quantities/duration.ts";
export { formatRate, type Rate } from "./quantities/rate.ts";
export { formatShare, type Share } from "./quantities/share.ts";
export { formatSize, type Size, type SizeUnit } from "./quantities/size.ts";
export type { DataSizes, Latency, Requirements, Traffic } from "./requirements.ts";
export { type System, type SystemOptions, system } from "./system.ts";
