import type { ScalingMetric } from "../../blocks/autoscale/index.ts";
import type { ScalingMetricName, ScalingModel } from "../design/scaling-model.ts";
import type { ResolvedSystem } from "./resolved-model.ts";
import type { ScaledPart } from "./simulate/system/simulate-system.ts";

/** What the simulator calls what a design scales by; memory is not simulated. */
const SIMULATED: Readonly<Record<ScalingMetricName, string | undefined>> = {
  cpu: "cpu",
  requestsPerSecond: "requests",
  concurrency: "inFlight",
  memory: undefined,
};

/**
 * How the replicas of a design follow its load, as the simulator takes it. What is scaled by memory alone keeps the replicas that it begins with. Pure.
 */
export function scaledParts({ parts }: ResolvedSystem): readonly ScaledPart[] {
  return parts.flatMap(({ name, scaling }) => {
    if (scaling === undefined) return [];
    const metrics = metricsOf(scaling);
    if (metrics.length === 0) return [];
    const { min, max, behavior, predictive } = scaling;
    return [
      {
        part: name,
        autoscaler: { min, max, metrics, ...(behavior === undefined ? {} : { behavior }) },
        // The simulator shows the forecast requests per second alone.
        ...(predictive?.metric === "requestsPerSecond" ? { predictive: predictiveOf(predictive) } : {}),
      },
    ];
  });
}

function metricsOf({ metrics }: ScalingModel): readonly ScalingMetric[] {
  return metrics.flatMap((metric): ScalingMetric[] => {
    const name = SIMULATED[metric.name];
    return name === undefined ? [] : [{ ...metric, name }];
  });
}

function predictiveOf({ perReplica, headroom, leadMs }: NonNullable<ScalingModel["predictive"]>) {
  return {
    perReplica,
    ...(headroom === undefined ? {} : { headroom }),
    ...(leadMs === undefined ? {} : { leadMs }),
  };
}
