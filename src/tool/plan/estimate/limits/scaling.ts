import type { SystemModel } from "../../../design/model.ts";
import type { ScalingMetricModel, ScalingModel } from "../../../design/scaling-model.ts";
import type { ResolvedSystem } from "../../resolved-model.ts";
import type { Flow, PartFlow } from "../flow/flow.ts";

/** How the replicas of scaled services follow the load, once they have followed it. Pure. */

/** The services of a design whose replicas follow the load, by name. */
export function scalingsOf({ parts }: SystemModel): ReadonlyMap<string, ScalingModel> {
  return new Map(
    parts.flatMap((part) =>
      part.kind === "service" && part.scaling !== undefined && part.url === undefined
        ? [[part.name, part.scaling] as const]
        : [],
    ),
  );
}

/** The system with as many replicas of each scaled service as it may have at most. */
export function atMost(
  resolved: ResolvedSystem,
  scalings: ReadonlyMap<string, ScalingModel>,
): ResolvedSystem {
  return withReplicas(resolved, new Map([...scalings].map(([name, { max }]) => [name, max])));
}

/**
 * The system with as many replicas as its services ask for, by their targets, when it is loaded as `utmost` says, which is a flow with as many
 * as there may be.
 */
export function settled(
  resolved: ResolvedSystem,
  scalings: ReadonlyMap<string, ScalingModel>,
  utmost: Flow,
): ResolvedSystem {
  const used = new Map(utmost.parts.map((part) => [part.name, part]));
  const counts = [...scalings].map(([name, scaling]): [string, number] => {
    const part = used.get(name);
    const wanted = part === undefined ? 1 : Math.max(...scaling.metrics.map((one) => wantedBy(one, part)));
    return [
      name,
      Math.min(scaling.max, Math.max(scaling.min, Number.isFinite(wanted) ? wanted : scaling.max)),
    ];
  });
  return withReplicas(resolved, new Map(counts));
}

/** The same system with other numbers of replicas. */
export function withReplicas(resolved: ResolvedSystem, counts: ReadonlyMap<string, number>): ResolvedSystem {
  return {
    ...resolved,
    parts: resolved.parts.map((part) => ({ ...part, replicas: counts.get(part.name) ?? part.replicas })),
  };
}

/** As a HorizontalPodAutoscaler reckons: the sum over all replicas, by the target of one. Memory does not follow from a plan. */
function wantedBy({ name, target }: ScalingMetricModel, part: PartFlow): number {
  const each =
    "utilization" in target ? target.utilization : "averageValue" in target ? target.averageValue : 1;
  if (name === "memory") return 1;
  const sum = name === "requestsPerSecond" ? part.perSecond : part.busyPlaces;
  return Math.max(1, Math.ceil(sum / each - 1e-9));
}
