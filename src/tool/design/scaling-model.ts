import type { ScalingBehavior, ScalingMetric } from "../../blocks/autoscale/index.ts";

/**
 * How the replicas of a service follow its load: plain data in base units. All of it but `predictive` is what an `autoscaler` of
 * `trestle/autoscale` is made from, and `predictive` what a `predictiveScaler` is made from, so that whoever scales, runs or
 * simulates a service hands it on as it is.
 */
export interface ScalingModel {
  /** From 1; what the service starts with. */
  readonly min: number;
  /** From `min` to 100. */
  readonly max: number;
  /** 1 to 4, with names that differ; the one that asks for most replicas has its way. */
  readonly metrics: readonly ScalingMetricModel[];
  /** What is absent is as Kubernetes has it: `DEFAULT_BEHAVIOR`. */
  readonly behavior?: ScalingBehavior;
  /** Absent: nothing is forecast. */
  readonly predictive?: PredictiveModel;
}

/**
 * What replicas are scaled by, with the target of each replica: `cpu` as a share of one processor (`utilization`);
 * `requestsPerSecond`, `concurrency` (requests under way, those that wait included) and `memory` (in bytes) as an `averageValue`.
 */
export interface ScalingMetricModel extends ScalingMetric {
  readonly name: ScalingMetricName;
}

export type ScalingMetricName = "cpu" | "requestsPerSecond" | "concurrency" | "memory";

/** Replicas that are asked for before the load comes. */
export interface PredictiveModel {
  /** The metric that is forecast: the sum over all replicas. */
  readonly metric: Exclude<ScalingMetricName, "memory">;
  /** What one replica carries of it at its target. */
  readonly perReplica: number;
  /** Room for more than the forecast, as a part of it. Absent: as `predictiveScaler` has it. */
  readonly headroom?: number;
  /** How long before a load its replicas are asked for. Absent: as `predictiveScaler` has it. */
  readonly leadMs?: number;
}
