/** How many replicas there should be, from what they are doing: the HorizontalPodAutoscaler of Kubernetes. */
export {
  type Autoscaler,
  type AutoscalerOptions,
  type AutoscalerState,
  autoscaler,
  type ScalingDecision,
  type ScalingInput,
  SYNC_PERIOD_MS,
} from "./autoscaler.ts";
/** How quickly. */
export {
  DEFAULT_BEHAVIOR,
  type ScalingBehavior,
  type ScalingPolicy,
  type ScalingRules,
} from "./behavior.ts";
/** From what the load was on days before: forecasts, and the replicas that they ask for. */
export {
  type Forecast,
  type Forecaster,
  type ForecasterOptions,
  type ForecasterState,
  forecaster,
} from "./forecaster.ts";
export type { MetricTarget, Proposal, ReplicaReading, ScalingMetric } from "./metric.ts";
export {
  type Prediction,
  type PredictiveScaler,
  type PredictiveScalerOptions,
  predictiveScaler,
  replicasFor,
} from "./predictive-scaler.ts";
export type { LimitedBy } from "./reason.ts";
