/**
 * What a number of replicas should aim at, for one metric, as a HorizontalPodAutoscaler of `autoscaling/v2` writes it.
 *
 * - `utilization`: the mean over the replicas of a resource's use, as a part of what each may use; 0.6 is 60 %.
 * - `averageValue`: the metric divided by the number of replicas, in the metric's own unit.
 * - `value`: the metric itself, however many replicas there are (the length of a queue that all of them share).
 *
 * Every target is above 0.
 */
export type MetricTarget =
  | { readonly utilization: number }
  | { readonly averageValue: number }
  | { readonly value: number };

/** A metric to scale by. */
export interface ScalingMetric {
  /** The name under which its readings come; also what reasons call it. */
  readonly name: string;
  readonly target: MetricTarget;
  /**
   * Whether readings of replicas that are still starting are set aside, because starting costs what serving does not. The
   * HorizontalPodAutoscaler does so for `cpu` alone. Default: whether the name is `cpu`.
   */
  readonly settles?: boolean;
  /** What is counted in, where reasons have to say so: bytes are written as MiB. Default: nothing is said. */
  readonly unit?: "bytes";
}

/** A replica as it is now. */
export interface ReplicaReading {
  /** Its readings by the metrics' names; one that is absent, negative or not a number is missing. */
  readonly metrics: Readonly<Record<string, number | undefined>>;
  /** Whether it takes requests. Default true. */
  readonly ready?: boolean;
  /** When it began to run, in milliseconds on the clock of `nowMs`. Default: long ago. */
  readonly startedMs?: number;
  /** When `ready` last changed. Default: `startedMs`. */
  readonly readyChangedMs?: number;
  /** When its readings were taken. Default: `nowMs`. */
  readonly readAtMs?: number;
  /** Over how long its readings were taken, up to `readAtMs`, in milliseconds. Default 0. */
  readonly windowMs?: number;
  /** `pending` has not begun to run; `ending` is on its way out, or failed, and does not count. Default `running`. */
  readonly phase?: "pending" | "running" | "ending";
}

/** What a proposal is made from. */
export interface Measured {
  readonly nowMs: number;
  /** Replicas that are wanted now, whether or not they are there yet. */
  readonly current: number;
  readonly replicas: readonly ReplicaReading[];
  /** Metrics that are read once for all replicas: those with a `value` target, and an `averageValue` to be divided. */
  readonly totals?: Readonly<Record<string, number | undefined>>;
}

/** How far a metric may be from its target, as a part of it, before anything is done. */
export interface Tolerances {
  readonly up: number;
  readonly down: number;
}

/** When a replica counts as still starting. */
export interface Settling {
  /** A replica this young is set aside unless it is ready and its readings began after it became so; milliseconds. */
  readonly cpuInitializationMs: number;
  /** One that became unready this soon after its start has never been ready; milliseconds. */
  readonly initialReadinessDelayMs: number;
}

/** What one metric asks for; `measured` is undefined when it could not be read. */
export interface Proposal {
  readonly metric: ScalingMetric;
  readonly replicas: number;
  /** The mean or the value, in the target's unit, of the replicas that could be counted. */
  readonly measured: number | undefined;
  /** Whether the metric is off its target by no more than the tolerance, or would be once missing readings are counted. */
  readonly tolerated: boolean;
  /** Set where replicas that tell nothing, or nothing yet, were counted by what speaks against a change. */
  readonly assumed?: true;
}

/** Sums of floating point are exact to about this part; a metric that is on its target by paper has to be so here. */
const SLACK = 1e-9;
const REPLICAS_MOST = 2 ** 31 - 1;

/**
 * The number of replicas that one metric asks for: `ceil(current × measured / target)`, with missing readings and replicas that
 * are not ready yet taken as what holds the change back. Pure.
 *
 * Follows "Algorithm details" of https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ and the controller
 * (`pkg/controller/podautoscaler/replica_calculator.go`, v1.33).
 */
export function proposed(
  metric: ScalingMetric,
  measured: Measured,
  tolerances: Tolerances,
  settling: Settling,
): Proposal {
  const total = measured.totals?.[metric.name];
  if (isReading(total)) return ofTotal(metric, total, measured, tolerances);
  if ("value" in metric.target) return unreadable(metric, measured.current);
  return ofReplicas(metric, measured, tolerances, settling);
}

/** The target as one number. */
export function targetOf({ target }: ScalingMetric): number {
  if ("utilization" in target) return target.utilization;
  return "averageValue" in target ? target.averageValue : target.value;
}

/** Up to the next whole replica, but not for what only the arithmetic added. */
export function wholeReplicas(replicas: number): number {
  return Math.min(REPLICAS_MOST, Math.max(0, Math.ceil(replicas - SLACK * Math.max(1, replicas))));
}

/** One number for all replicas: the `Object` and `External` metrics of the HorizontalPodAutoscaler. */
function ofTotal(metric: ScalingMetric, total: number, measured: Measured, tolerances: Tolerances): Proposal {
  const { current, replicas } = measured;
  const target = targetOf(metric);
  if ("value" in metric.target) {
    const ratio = total / target;
    if (current === 0) return proposal(metric, wholeReplicas(ratio), total, false);
    if (isWithin(ratio, tolerances)) return proposal(metric, current, total, true);
    const ready = replicas.filter(
      (replica) => (replica.phase ?? "running") === "running" && replica.ready !== false,
    );
    const asked = sameDirection(ratio, wholeReplicas(ratio * ready.length), current);
    return proposal(metric, asked, total, asked === current);
  }
  const average = total / Math.max(1, current);
  if (current > 0 && isWithin(average / target, tolerances)) return proposal(metric, current, average, true);
  return proposal(metric, wholeReplicas(total / target), average, false);
}

/** A number of each replica: the `Resource` and `Pods` metrics of the HorizontalPodAutoscaler. */
function ofReplicas(
  metric: ScalingMetric,
  measured: Measured,
  tolerances: Tolerances,
  settling: Settling,
): Proposal {
  const { current } = measured;
  const { count, sum, missing, unready } = counted(metric, measured, settling);
  if (count === 0) return unreadable(metric, current);
  const target = targetOf(metric);
  const level = levelOf(metric, sum / count);
  const ratio = level / target;
  const upWithUnready = unready > 0 && ratio > 1;
  if (!upWithUnready && missing === 0) {
    if (isWithin(ratio, tolerances)) return proposal(metric, current, level, true);
    return proposal(metric, sameDirection(ratio, wholeReplicas(ratio * count), current), level, false);
  }
  // Whichever way the others point, what is unknown is taken as what speaks against it.
  const filledIn = ratio === 1 ? 0 : missing;
  const assumed = ratio < 1 ? filledIn * assumedOfMissing(metric) : 0;
  const filledCount = count + filledIn + (upWithUnready ? unready : 0);
  const filledRatio = levelOf(metric, (sum + assumed) / filledCount) / target;
  const turned = (ratio < 1 && filledRatio > 1) || (ratio > 1 && filledRatio < 1);
  if (turned || isWithin(filledRatio, tolerances))
    return { ...proposal(metric, current, level, true), assumed: true };
  const asked = sameDirection(filledRatio, wholeReplicas(filledRatio * filledCount), current);
  return { ...proposal(metric, asked, level, false), assumed: true };
}

/** The controller takes all that a replica may use for the utilization of one that tells nothing, or the target if that is more. */
function assumedOfMissing(metric: ScalingMetric): number {
  return "utilization" in metric.target ? Math.max(1, metric.target.utilization) : targetOf(metric);
}

/** The controller knows utilization in whole percents, rounded down. */
function levelOf(metric: ScalingMetric, mean: number): number {
  return "utilization" in metric.target ? Math.floor(mean * 100 + SLACK) / 100 : mean;
}

interface Counted {
  readonly count: number;
  readonly sum: number;
  readonly missing: number;
  readonly unready: number;
}

function counted(metric: ScalingMetric, measured: Measured, settling: Settling): Counted {
  const settles = metric.settles ?? metric.name === "cpu";
  let [count, sum, missing, unready, alive] = [0, 0, 0, 0, 0];
  for (const replica of measured.replicas) {
    if (replica.phase === "ending") continue;
    alive++;
    const reading = replica.metrics[metric.name];
    if (replica.phase === "pending") unready++;
    else if (!isReading(reading)) missing++;
    else if (settles && isStarting(replica, measured.nowMs, settling)) unready++;
    else {
      count++;
      sum += reading;
    }
  }
  // What is wanted and not there yet is on its way.
  return { count, sum, missing, unready: unready + Math.max(0, measured.current - alive) };
}

function isStarting(replica: ReplicaReading, nowMs: number, settling: Settling): boolean {
  const { ready = true, startedMs = Number.NEGATIVE_INFINITY } = replica;
  const { readyChangedMs = startedMs, readAtMs = nowMs, windowMs = 0 } = replica;
  if (startedMs + settling.cpuInitializationMs > nowMs) return !ready || readAtMs < readyChangedMs + windowMs;
  return !ready && startedMs + settling.initialReadinessDelayMs > readyChangedMs;
}

function isReading(reading: number | undefined): reading is number {
  return reading !== undefined && reading >= 0 && reading < Number.POSITIVE_INFINITY;
}

function isWithin(ratio: number, { up, down }: Tolerances): boolean {
  return ratio >= 1 - down - SLACK && ratio <= 1 + up + SLACK;
}

/** A metric above its target never takes replicas away, and one below never adds any, whatever was counted. */
function sameDirection(ratio: number, asked: number, current: number): number {
  return ratio < 1 ? Math.min(asked, current) : Math.max(asked, current);
}

function proposal(metric: ScalingMetric, replicas: number, measured: number, tolerated: boolean): Proposal {
  return { metric, replicas, measured, tolerated };
}

function unreadable(metric: ScalingMetric, current: number): Proposal {
  return { metric, replicas: current, measured: undefined, tolerated: false };
}
