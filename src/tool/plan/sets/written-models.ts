import type { ScalingBehavior, ScalingPolicy, ScalingRules } from "../../../blocks/autoscale/index.ts";
import type { ServiceModel } from "../../design/model.ts";
import { createPart, type Part } from "../../design/part.ts";
import { formatShare } from "../../design/quantities/share.ts";
import type { ScalingModel } from "../../design/scaling-model.ts";
import type {
  AffinityModel,
  BalanceModel,
  BreakerModel,
  HashKeyModel,
  HealthModel,
} from "../../design/upstream-model.ts";

/** How a design writes what is more than a number or a word in the model. Pure. */

/** A part that is named, and nothing more: what refers to it is read as if it were the design's own. */
export function namedPart(kind: Part["kind"], name: string): Part {
  return createPart(kind, name, {}, namedPart);
}

export function writtenBalance(balance: BalanceModel): unknown {
  if (balance.algorithm === "least-response-time") {
    const { algorithm, decayMs } = balance;
    return decayMs === undefined ? algorithm : { algorithm, decay: decayMs };
  }
  if (balance.algorithm !== "consistent-hash") return balance.algorithm;
  const { key, ...rest } = balance;
  return { ...rest, key: writtenKey(key) };
}

function writtenKey(key: HashKeyModel): unknown {
  return "name" in key ? { [key.from]: key.name } : key.from;
}

export function writtenAffinity(affinity: AffinityModel): unknown {
  if (affinity.by === "ip") return "ip";
  if (affinity.by === "header") return { header: affinity.name };
  const { name, maxAgeMs } = affinity;
  if (name === undefined && maxAgeMs === undefined) return "cookie";
  return { cookie: name, maxAge: maxAgeMs };
}

export function writtenFallback(fallback: NonNullable<BreakerModel["fallback"]>): unknown {
  return "to" in fallback ? namedPart("service", fallback.to) : fallback.answer;
}

export function writtenHealth(health: HealthModel): unknown {
  if (health.kind === "process") return "process";
  const { intervalMs: interval, timeoutMs: timeout, ...rest } = health;
  return { ...rest, interval, timeout };
}

/** `replicas`: how many, or between which bounds and how they follow the load. */
export function writtenReplicas({ replicas, scaling }: Pick<ServiceModel, "replicas" | "scaling">): unknown {
  if (scaling === undefined) return replicas;
  const { min, max, metrics, behavior, predictive } = scaling;
  const target = Object.fromEntries(
    metrics.map(({ name, target: at }) => [
      name,
      // More than one processor is no share by itself.
      "utilization" in at ? formatShare(at.utilization) : Object.values<number>({ ...at })[0],
    ]),
  );
  return { min, max, target, ...writtenBehavior(behavior), predictive: writtenPredictive(predictive) };
}

function writtenPredictive(predictive: ScalingModel["predictive"]): unknown {
  return predictive && { by: predictive.metric, headroom: predictive.headroom, lead: predictive.leadMs };
}

function writtenBehavior({ scaleUp, scaleDown }: ScalingBehavior = {}) {
  return { scaleUp: scaleUp && writtenPace(scaleUp), scaleDown: scaleDown && writtenPace(scaleDown) };
}

function writtenPace({ stabilizationWindowMs, policies, selectPolicy, tolerance }: Partial<ScalingRules>) {
  if (selectPolicy === "disabled") return false;
  return {
    stabilization: stabilizationWindowMs,
    policies: policies?.map(writtenPolicy),
    select: selectPolicy,
    tolerance,
  };
}

function writtenPolicy({ type, value, periodMs }: ScalingPolicy): unknown {
  return { [type === "pods" ? "replicas" : "percent"]: value, period: periodMs };
}
