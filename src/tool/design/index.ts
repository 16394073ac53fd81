/** The language in which a system is written down: its parts, and what it has to do. */

/** What those options are made of. */
export type { UsesOption } from "./check/uses.ts";
export type {
  AccessLogModel,
  AdminModel,
  AnswerModel,
  EdgeModel,
  HttpListenerModel,
  LimitsModel,
  ListenerModel,
  RetriesModel,
  RewriteModel,
  RouteMatchModel,
  RouteModel,
  TcpListenerModel,
  TlsModel,
  UdpListenerModel,
  ValueMatchModel,
} from "./edge-model.ts";
/** Reading a design: the checked model, or all that is wrong with it. */
export { DESIGN_ERRORS, DesignError, type DesignErrorCode } from "./errors.ts";
export { type CacheOptions, cache } from "./kinds/cache.ts";
export { type DatabaseOptions, database } from "./kinds/database.ts";
export type { AccessLog, Admin, Limits } from "./kinds/edge/operation.ts";
export type {
  Answer,
  Mirror,
  Redirect,
  Retries,
  Rewrite,
  Route,
  RouteMatch,
  RouteSettings,
  RouteTimeouts,
  Split,
  ValueMatch,
} from "./kinds/edge/route-options.ts";
export type { CertificateFiles, ClientCertificates, LocalAuthority, TlsOptions } from "./kinds/edge/tls.ts";
export {
  type EdgeOptions,
  edge,
  type Listener,
  type TcpRoutes,
  type TcpTarget,
  type UdpRoute,
} from "./kinds/edge.ts";
export type { CommandOption, ProgramOptions, RunOption } from "./kinds/program.ts";
export type {
  Affinity,
  Algorithm,
  Balance,
  ConsistentHash,
  CookieAffinity,
  HashKey,
  LeastResponseTime,
} from "./kinds/service/balance.ts";
export type { Health, HttpHealth, TcpHealth } from "./kinds/service/health.ts";
export type {
  Predictive,
  Scaling,
  ScalingPace,
  ScalingPolicyOption,
  ScalingTarget,
} from "./kinds/service/replicas.ts";
export type { Bounds, Breaker, Outliers, UpstreamOptions, UpstreamTls } from "./kinds/service/upstream.ts";
export { type ServiceOptions, service } from "./kinds/service.ts";
export { type TaskOptions, task } from "./kinds/task.ts";
export { type LoadOptions, loadDesign } from "./load/load.ts";
export type {
  CacheModel,
  DatabaseModel,
  DataModel,
  LatencyModel,
  LoadedDesign,
  PartKind,
  PartModel,
  ProgramModel,
  RequirementsModel,
  ServiceModel,
  SystemModel,
  TaskModel,
  TelemetryModel,
  TracesModel,
  TrafficModel,
  UsesModel,
} from "./model.ts";
/** The names of variables that programs find their parts by. */
export { outsideVariable, urlVariable } from "./names.ts";
export type { CachePart, DatabasePart, EdgePart, Part, ServicePart, TaskPart, Uses } from "./part.ts";
export type { Calls, PlanFacts, Work } from "./plan-facts.ts";
export type {
  CallsModel,
  KeysModel,
  PlanFactsModel,
  RequestClassModel,
  WorkModel,
} from "./plan-model.ts";
export { formatProblems, type Problem } from "./problem.ts";
/** Quantities: the types that a design writes, and text for numbers of the base unit. */
export { type Count, type CountUnit, formatCount } from "./quantities/count.ts";
export { type Duration, type DurationUnit, formatDuration } from "./quantities/duration.ts";
export { formatRate, type Rate } from "./quantities/rate.ts";
export { formatShare, type Share } from "./quantities/share.ts";
export { formatSize, type Size, type SizeUnit } from "./quantities/size.ts";
export type { Keys, RequestClass } from "./requests.ts";
export type { DataSizes, Latency, Requirements, Traffic } from "./requirements.ts";
export type {
  PredictiveModel,
  ScalingMetricModel,
  ScalingMetricName,
  ScalingModel,
} from "./scaling-model.ts";
export { type System, type SystemOptions, system } from "./system.ts";
export type { TelemetryOptions, TracesOptions } from "./telemetry.ts";
export type {
  AffinityModel,
  BalanceModel,
  BoundsModel,
  BreakerModel,
  HashKeyModel,
  HealthModel,
  HealthTimesModel,
  OutliersModel,
  UpstreamModel,
  UpstreamTlsModel,
} from "./upstream-model.ts";
