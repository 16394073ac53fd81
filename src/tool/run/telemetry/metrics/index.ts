/** What the parts of a running system measure: kept in bounded memory and in the run's folder, and asked by charts and figures. */

export { metricQueryFrom } from "./metric-query-string.ts";
export {
  METRIC_LIMITS,
  MetricStore,
  type MetricStoreOptions,
  type MetricStoreStatus,
} from "./metric-store.ts";
export { PROMETHEUS_CONTENT_TYPE } from "./prometheus.ts";
