import type { ScalingPolicy, ScalingRules } from "../../../../blocks/autoscale/index.ts";
import type { Place } from "../../check/place.ts";
import { choice, list, type Reader, readTable, share, type Table, whole } from "../../check/readers.ts";
import { isPlainObject, readMeasure, readWhole } from "../../check/values.ts";
import { DURATION, type Duration, formatDuration } from "../../quantities/duration.ts";
import { shown } from "../../quantities/measure.ts";
import { formatShare, SHARE, type Share } from "../../quantities/share.ts";
import { formatSize, SIZE, type Size } from "../../quantities/size.ts";
import type {
  PredictiveModel,
  ScalingMetricModel,
  ScalingMetricName,
  ScalingModel,
} from "../../scaling-model.ts";

/** Replicas that follow the load, as a HorizontalPodAutoscaler of Kubernetes (`autoscaling/v2`) does. */
export interface Scaling {
  /** What it starts with, and never fewer. 1 to 100; default 1. */
  readonly min?: number | undefined;
  /** Never more. `min` to 100. */
  readonly max: number;
  /** What each replica should be at; of several, the one that asks for most replicas has its way. Default `{ cpu: "70%" }`. */
  readonly target?: ScalingTarget | undefined;
  /** How quickly replicas are added. Default: at once, 4 or as many again in any 15 s, whichever is more; `false`: never. */
  readonly scaleUp?: ScalingPace | false | undefined;
  /** How quickly they are taken away. Default: by what none of the last 5 min needed; `false`: never. */
  readonly scaleDown?: ScalingPace | false | undefined;
  /** Asks for replicas before a load comes that repeats daily or weekly. Default false. */
  readonly predictive?: boolean | Predictive | undefined;
}

/** What each replica should be at. At least one of them. */
export interface ScalingTarget {
  /** The share of one processor that it uses; more than `"100%"` for programs that use several. 1% to 6400%. */
  readonly cpu?: Share | undefined;
  /** Requests that it answers in a second. Above 0, up to 1,000,000. */
  readonly requestsPerSecond?: number | undefined;
  /** Requests that are under way at it, those that wait for it included. Above 0, up to 1,000,000. */
  readonly concurrency?: number | undefined;
  /** Resident memory. 1 MiB to 1 TiB. */
  readonly memory?: Size | undefined;
}

/** How quickly, in one direction. */
export interface ScalingPace {
  /** What was asked for this long ago still counts: the least when adding, the most when taking away. 0 to 1 h; default 0 up, 5 min down. */
  readonly stabilization?: Duration | undefined;
  /** How many in how long; 1 to 16. */
  readonly policies?: readonly ScalingPolicyOption[] | undefined;
  /** Which of several policies binds: the one that allows the most, or the least. Default `"max"`. */
  readonly select?: "max" | "min" | undefined;
  /** So far off its target a metric changes nothing. 0 to 100%; default 10%. */
  readonly tolerance?: Share | undefined;
}

/** No more than so many replicas, or percent of them, in any such period. */
export type ScalingPolicyOption =
  | {
      /** 1 to 100. */
      readonly replicas: number;
      /** 1 s to 30 min. */
      readonly period: Duration;
    }
  | {
      /** Of what there was when the period began. A whole number from 1 to 10,000. */
      readonly percent: number;
      /** 1 s to 30 min. */
      readonly period: Duration;
    };

/** How replicas are asked for ahead of a load. */
export interface Predictive {
  /** What is forecast, one of the targets. Default: the first of `requestsPerSecond`, `concurrency` and `cpu` that is one. */
  readonly by?: "cpu" | "requestsPerSecond" | "concurrency" | undefined;
  /** Room for more than the forecast. 0 to 1000%; default 20%. */
  readonly headroom?: Share | undefined;
  /** How long before: at least what a replica takes to start. 0 to 1 day; default 5 min. */
  readonly lead?: Duration | undefined;
}

/** What the model has of `replicas`. */
export interface ReplicasRead {
  readonly replicas: number;
  readonly scaling?: ScalingModel;
}

/** No system on one machine has more processes of one service. */
const REPLICAS_MAX = 100;
/** The default of `kubectl autoscale` is 80 %; a loop of events that is that busy already queues. */
const CPU_TARGET = 0.7;
/** More processors than this no process is given by the machines that this runs on. */
const PROCESSORS_MAX = 64;
const POLICIES_MAX = 16;

/** Reads `replicas`: a number, or bounds between which they follow the load. */
export function readReplicas(place: Place, value: unknown): ReplicasRead {
  if (isPlainObject(value)) {
    const scaling = readScaling(place, value);
    return { replicas: scaling.min, scaling };
  }
  if (value !== 0)
    return { replicas: readWhole(place, value, { least: 1, most: REPLICAS_MAX }, "a number of replicas") };
  place.problem(
    "a service with 0 replicas serves nothing",
    `Write 1 to ${REPLICAS_MAX}, or take the service out.`,
  );
  return { replicas: 1 };
}

interface Given {
  readonly min?: number;
  readonly max: number;
  readonly metrics?: readonly ScalingMetricModel[];
  readonly scaleUp?: Partial<ScalingRules>;
  readonly scaleDown?: Partial<ScalingRules>;
  readonly predictive?: PredictiveGiven | undefined;
}

interface PredictiveGiven extends Pick<PredictiveModel, "headroom" | "leadMs"> {
  readonly by?: PredictiveModel["metric"];
}

function readScaling(place: Place, value: Readonly<Record<string, unknown>>): ScalingModel {
  const bound = whole(1, REPLICAS_MAX, "a number of replicas");
  const {
    min = 1,
    max,
    metrics = DEFAULT_METRICS,
    scaleUp,
    scaleDown,
    predictive,
  } = readTable<Given>(
    place,
    value,
    "replicas",
    {
      min: ["min", readMin],
      max: ["max", bound],
      metrics: ["target", readTarget],
      scaleUp: ["scaleUp", readPace],
      scaleDown: ["scaleDown", readPace],
      predictive: ["predictive", readPredictive],
    },
    ["max"],
  );
  if (max < min && Number.isInteger(value.max))
    place.at("max").problem(`${max} is fewer than "min", ${min}`, `Write ${min} or more.`);
  const behavior = { ...(scaleUp ? { scaleUp } : {}), ...(scaleDown ? { scaleDown } : {}) };
  const ahead = predictive && predictiveOf(place.at("predictive"), predictive, metrics);
  return {
    min,
    max,
    metrics,
    ...(scaleUp || scaleDown ? { behavior } : {}),
    ...(ahead ? { predictive: ahead } : {}),
  };
}

const DEFAULT_METRICS: readonly ScalingMetricModel[] = [{ name: "cpu", target: { utilization: CPU_TARGET } }];

const readMin: Reader<number> = (place, value) => {
  if (value !== 0) return readWhole(place, value, { least: 1, most: REPLICAS_MAX }, "a number of replicas");
  place.problem(
    "with 0 replicas nobody would answer the request that asks for the first",
    `Write 1 to ${REPLICAS_MAX}.`,
  );
  return 1;
};

const readTarget: Reader<readonly ScalingMetricModel[]> = (place, value) => {
  const problems = place.problems;
  const target = readTable<Partial<Record<ScalingMetricName, number>>>(place, value, '"target"', {
    cpu: ["cpu", readCpu],
    requestsPerSecond: ["requestsPerSecond", readAmount],
    concurrency: ["concurrency", readAmount],
    memory: ["memory", readMemory],
  });
  const names = Object.keys(target) as ScalingMetricName[];
  if (names.length === 0 && place.problems === problems)
    place.problem("there is no target", 'Write { cpu: "70%" }, for instance, or leave it out.');
  return names.map((name) => metricOf(name, target[name] ?? 0));
};

function metricOf(name: ScalingMetricName, value: number): ScalingMetricModel {
  if (name === "cpu") return { name, target: { utilization: value } };
  return { name, target: { averageValue: value }, ...(name === "memory" ? { unit: "bytes" } : {}) };
}

const readCpu: Reader<number> = (place, value) =>
  // A bare 70 is meant as per cent by nobody who wants seventy processors.
  readMeasure(place, value, SHARE, {
    least: 0.01,
    most: typeof value === "number" ? 1 : PROCESSORS_MAX,
    format: formatShare,
  });

const readAmount: Reader<number> = (place, value) => {
  if (typeof value === "number" && value > 0 && value <= 1_000_000) return value;
  place.problem(`${shown(value)} is not a target`, "Write a number above 0, up to 1000000.");
  return 1;
};

const readMemory: Reader<number> = (place, value) =>
  readMeasure(place, value, SIZE, { least: 2 ** 20, most: 2 ** 40, format: formatSize });

const readPace: Reader<Partial<ScalingRules>> = (place, value) => {
  if (value === false) return { selectPolicy: "disabled" };
  if (!isPlainObject(value)) {
    place.problem(
      `${shown(value)} does not say how quickly`,
      'Write { stabilization: "5 min" }, for instance, or false for never.',
    );
    return {};
  }
  return readTable<Partial<ScalingRules>>(place, value, "a pace", PACE);
};

const readPolicy: Reader<ScalingPolicy> = (place, value) => {
  const { replicas, percent, periodMs } = readTable<{
    replicas?: number;
    percent?: number;
    periodMs: number;
  }>(
    place,
    value,
    "a policy",
    {
      replicas: ["replicas", whole(1, REPLICAS_MAX, "a number of replicas")],
      percent: ["percent", whole(1, 10_000, "a number of percent")],
      periodMs: ["period", duration(1_000, 1_800_000)],
    },
    ["period"],
  );
  if (isPlainObject(value) && (replicas === undefined) === (percent === undefined))
    place.problem(
      `a policy says ${replicas === undefined ? "how many" : "one or the other"}`,
      'Write { replicas: 4, period: "15 s" } or { percent: 100, period: "15 s" }.',
    );
  return replicas === undefined
    ? { type: "percent", value: percent ?? 1, periodMs }
    : { type: "pods", value: replicas, periodMs };
};

const readPolicies: Reader<readonly ScalingPolicy[]> = (place, value) => {
  const policies = list(readPolicy, '[{ replicas: 4, period: "15 s" }]')(place, value);
  if (policies.length > POLICIES_MAX)
    place.problem(`${policies.length} policies are too many`, `Write up to ${POLICIES_MAX}.`);
  return policies;
};

const PACE: Table<Partial<ScalingRules>> = {
  stabilizationWindowMs: ["stabilization", duration(0, 3_600_000)],
  policies: ["policies", readPolicies],
  selectPolicy: ["select", choice("max", "min")],
  tolerance: ["tolerance", share()],
};

const readPredictive: Reader<PredictiveGiven | undefined> = (place, value) => {
  if (value === false) return undefined;
  if (value === true) return {};
  return readTable<PredictiveGiven>(place, value, '"predictive"', {
    by: ["by", choice("cpu", "requestsPerSecond", "concurrency")],
    headroom: [
      "headroom",
      (at, given) => readMeasure(at, given, SHARE, { least: 0, most: 10, format: formatShare }),
    ],
    leadMs: ["lead", duration(0, 86_400_000)],
  });
};

/** What a load asks of each replica is forecast best by what the load itself is: requests before processor time. */
const FORECAST_BEST = ["requestsPerSecond", "concurrency", "cpu"] as const;

function predictiveOf(
  place: Place,
  { by, ...rest }: PredictiveGiven,
  metrics: readonly ScalingMetricModel[],
): PredictiveModel | undefined {
  const metric = by ?? FORECAST_BEST.find((name) => metrics.some((one) => one.name === name));
  const target = metrics.find(({ name }) => name === metric)?.target;
  if (metric !== undefined && target !== undefined) {
    const perReplica = "utilization" in target ? target.utilization : targetValue(target);
    return { metric, perReplica, ...rest };
  }
  if (metrics.length === 0) return undefined;
  if (by === undefined)
    place.problem("memory does not follow the load", "Name another target beside it, or take this out.");
  else place.at("by").problem(`"${by}" is no target`, `Name it in "target" as well.`);
  return undefined;
}

function targetValue(target: { readonly averageValue: number } | { readonly value: number }): number {
  return "averageValue" in target ? target.averageValue : target.value;
}

function duration(least: number, most: number): Reader<number> {
  return (place, value) =>
    Math.round(readMeasure(place, value, DURATION, { least, most, format: formatDuration }));
}
