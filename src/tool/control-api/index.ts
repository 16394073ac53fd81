/**
 * What the control API says: shapes, which its server (`tool/run`) and its clients (`tool/console`, `tool/cli`) read alike; and the words of a
 * search in logs, so that a page that matches entries as they come and the supervisor that searches older ones never disagree.
 */

export type {
  CacheFigures,
  CacheInfoAnswer,
  CacheKey,
  CacheKeysAnswer,
  CacheKeysQuery,
  CachePage,
  CacheText,
  CacheValueAnswer,
  CacheValueQuery,
} from "./cache-data.ts";
export type { ActionAnswer, ActionField, ActionInfo, DataViewInfo } from "./data.ts";
export type {
  LogLine,
  PartSnapshot,
  ReplicaSnapshot,
  RunEvent,
  RunFact,
  ScaledFact,
  ScalingSnapshot,
  State,
  SystemSnapshot,
  SystemState,
} from "./events.ts";
export type {
  Figures,
  LinkFigures,
  LinkSource,
  Mark,
  OwnFigure,
  PartFigures,
  ReplicaFigures,
  RequestFigures,
} from "./figures.ts";
export type { LiveEvent } from "./live.ts";
export { hasWords, isOwnField, type LogWord, logWordsOf } from "./log-words.ts";
export type { Level, LogAnswer, LogEntry, LogQuery } from "./logs.ts";
export type {
  ExemplarPoint,
  HeatmapAnswer,
  MetricAnswer,
  MetricInfo,
  MetricQuery,
  Reading,
  Series,
} from "./metrics.ts";
export type { ErrorBudget, RequirementStatus, RequirementWindow } from "./requirements.ts";
export type { RunInfo } from "./runs.ts";
export type {
  PlanNode,
  SqlAdvice,
  SqlCell,
  SqlColumn,
  SqlExplainAnswer,
  SqlForeignKey,
  SqlGrid,
  SqlIndex,
  SqlProblem,
  SqlQueryAnswer,
  SqlRowsQuery,
  SqlStatement,
  SqlStatementsAnswer,
  SqlTable,
  SqlTablesAnswer,
} from "./sql-data.ts";
export type { SignalStatus, TelemetryStatus } from "./telemetry.ts";
export type { SpanView, TraceQuery, TraceSummary, TraceView } from "./traces.ts";
