/** What the parts of a running system measure: kept in bounded memory and in the run's folder, and asked by charts and figures. */

export { MetricFile, type MetricFileOptions } from "./metric-file.ts";
export { metricQueryFrom } from "./metric-query-string.ts";
export {
  METRIC_LIMITS,
  MetricStore,
  type MetricStoreOptions,
  type MetricStoreStatus,
} from "./metric-store.ts";
export { PROMETHEUS_CONTENT_TYPE } from "./prometheus.ts";
export { readStoredMetrics, type StoredMetrics, StoredRuns } from "./stored-metrics.ts";
