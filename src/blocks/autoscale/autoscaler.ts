import {
  fewestAllowed,
  longestPeriodMs,
  mostAllowed,
  type ScalingBehavior,
  type WholeBehavior,
  wholeBehavior,
} from "./behavior.ts";
import {
  type Measured,
  type Proposal,
  proposed,
  type ScalingMetric,
  type Settling,
  type Tolerances,
  targetOf,
} from "./metric.ts";
import { type LimitedBy, reasonOf } from "./reason.ts";
import { RecentExtreme } from "./recent-extreme.ts";
import { type Moment, ScaleEvents } from "./scale-events.ts";

/** Between which bounds, and by what, replicas are scaled. */
export interface AutoscalerOptions {
  /** A whole number from 0, at most `max`. With 0, a `value` metric or a total has to say when the first is needed. Default 1. */
  readonly min?: number;
  /** A whole number from 1 to 10,000. */
  readonly max: number;
  /** 1 to 16 metrics with names that differ; the one that asks for most replicas has its way. */
  readonly metrics: readonly ScalingMetric[];
  readonly behavior?: ScalingBehavior;
  /** How long the cpu of a replica that starts is not trusted, in milliseconds. Default 300,000 (five minutes). */
  readonly cpuInitializationMs?: number;
  /** How soon after its start a replica that is unready counts as never having been ready, in milliseconds. Default 30,000. */
  readonly initialReadinessDelayMs?: number;
}

/** What there is now. */
export interface ScalingInput extends Measured {
  /** Replicas that a forecast asks for; counts like one more metric's proposal. */
  readonly predicted?: number | undefined;
}

/** How many replicas there should be. */
export interface ScalingDecision {
  /** What to scale to; equals `current` when nothing is to be done. */
  readonly replicas: number;
  /** What the metrics and the forecast alone ask for; undefined when they were not asked, or none could be read. */
  readonly desired: number | undefined;
  /** What kept `replicas` from being `desired`; undefined when nothing did. */
  readonly limitedBy: LimitedBy | undefined;
  /** All of it in a sentence, as `cpu is at 90 %, its target is 75 %: 50 → 60 replicas`. */
  readonly reason: string;
  /** What each metric asked for, in the order of the options. */
  readonly proposals: readonly Proposal[];
}

/** What an autoscaler remembers; plain data, to be kept where it outlives the process. */
export interface AutoscalerState {
  readonly lowest: readonly Moment[];
  readonly highest: readonly Moment[];
  readonly events: readonly Moment[];
  /** Whether anything was decided yet. */
  readonly begun: boolean;
  /** What was answered last and not yet seen to have happened. */
  readonly pending?: { readonly from: number; readonly to: number } | undefined;
}

/** Decides, from time to time, how many replicas there should be. */
export interface Autoscaler {
  /**
   * To be called every `SYNC_PERIOD_MS`. The caller is expected to make it so before it asks again: where the next `current` shows
   * that nothing happened, the change does not count against the policies.
   */
  decide(input: ScalingInput): ScalingDecision;
  readonly state: AutoscalerState;
}

/** How often the HorizontalPodAutoscaler looks, in milliseconds. */
export const SYNC_PERIOD_MS = 15_000;

const REPLICAS_MAX = 10_000;
const METRICS_MAX = 16;

/**
 * The HorizontalPodAutoscaler of Kubernetes (`autoscaling/v2`) as a state machine without I/O: readings and time in, a number of
 * replicas out. Time is any clock that does not go back; with a `state` from an earlier process, the wall clock.
 *
 * Memory is bounded: recommendations by `max`, changes by 512.
 *
 * @param state of an autoscaler with the same or other options, to go on from.
 * @throws RangeError for an option out of its range.
 */
export function autoscaler(options: AutoscalerOptions, state?: AutoscalerState): Autoscaler {
  return new HorizontalAutoscaler(options, state);
}

class HorizontalAutoscaler implements Autoscaler {
  readonly #min: number;
  readonly #max: number;
  readonly #metrics: readonly ScalingMetric[];
  readonly #behavior: WholeBehavior;
  readonly #tolerances: Tolerances;
  readonly #settling: Settling;
  readonly #lowest: RecentExtreme;
  readonly #highest: RecentExtreme;
  readonly #events: ScaleEvents;
  #begun: boolean;
  #pending: { readonly from: number; readonly to: number } | undefined;

  constructor(options: AutoscalerOptions, state?: AutoscalerState) {
    const {
      min = 1,
      max,
      metrics,
      cpuInitializationMs = 300_000,
      initialReadinessDelayMs = 30_000,
    } = options;
    if (!Number.isSafeInteger(max) || max < 1 || max > REPLICAS_MAX)
      throw new RangeError(`max has to be a whole number from 1 to ${REPLICAS_MAX}, not ${max}`);
    if (!Number.isSafeInteger(min) || min < 0 || min > max)
      throw new RangeError(`min has to be a whole number from 0 to max (${max}), not ${min}`);
    checkDuration("cpuInitializationMs", cpuInitializationMs);
    checkDuration("initialReadinessDelayMs", initialReadinessDelayMs);
    checkMetrics(metrics);
    this.#min = min;
    this.#max = max;
    this.#metrics = metrics;
    this.#behavior = wholeBehavior(options.behavior);
    const { scaleUp, scaleDown } = this.#behavior;
    this.#tolerances = { up: scaleUp.tolerance, down: scaleDown.tolerance };
    this.#settling = { cpuInitializationMs, initialReadinessDelayMs };
    this.#lowest = new RecentExtreme("lowest", scaleUp.stabilizationWindowMs, state?.lowest);
    this.#highest = new RecentExtreme("highest", scaleDown.stabilizationWindowMs, state?.highest);
    this.#events = new ScaleEvents(longestPeriodMs(this.#behavior), state?.events);
    this.#begun = state?.begun ?? false;
    this.#pending = state?.pending;
  }

  get state(): AutoscalerState {
    const { state: lowest } = this.#lowest;
    const { state: highest } = this.#highest;
    const { state: events } = this.#events;
    return { lowest, highest, events, begun: this.#begun, pending: this.#pending };
  }

  decide(input: ScalingInput): ScalingDecision {
    const { nowMs, current } = input;
    if (!Number.isSafeInteger(current) || current < 0)
      throw new RangeError(`current has to be a whole number from 0, not ${current}`);
    if (!Number.isFinite(nowMs)) throw new RangeError(`nowMs has to be a number, not ${nowMs}`);
    this.#settlePending(current);
    // What was there before the first look is the first recommendation: a new autoscaler takes nothing away at once.
    if (!this.#begun) this.#recommend(nowMs, current);
    this.#begun = true;
    if (current === 0 && this.#min > 0) return this.#answer(input, 0, undefined, "disabled", []);
    if (current > this.#max) return this.#answer(input, this.#max, undefined, "max", []);
    if (current < this.#min) return this.#answer(input, this.#min, undefined, "min", []);
    return this.#byMetrics(input);
  }

  #byMetrics(input: ScalingInput): ScalingDecision {
    const { nowMs, current, predicted } = input;
    const proposals = this.#metrics.map((metric) =>
      proposed(metric, input, this.#tolerances, this.#settling),
    );
    const readable = proposals.filter(({ measured }) => measured !== undefined);
    const asked = readable.map(({ replicas }) => replicas);
    if (predicted !== undefined && predicted >= 0) asked.push(Math.ceil(predicted));
    const desired = asked.length > 0 ? Math.max(...asked) : undefined;
    // A metric that could not be read might have asked for more: what can be read may add replicas, and take none away.
    if (desired === undefined || (desired < current && readable.length < proposals.length))
      return this.#answer(input, current, desired, "unreadable", proposals);
    const bounded = Math.min(this.#max, Math.max(this.#min, desired));
    const stable = this.#stabilized(nowMs, current, bounded);
    this.#recommend(nowMs, bounded);
    const allowed = this.#atAllowedPace(nowMs, current, stable);
    return this.#answer(input, allowed, desired, limitOf(desired, bounded, stable, allowed), proposals);
  }

  #stabilized(nowMs: number, current: number, recommended: number): number {
    const least = this.#lowest.with(nowMs, recommended);
    const most = this.#highest.with(nowMs, recommended);
    return Math.min(most, Math.max(least, current));
  }

  #atAllowedPace(nowMs: number, current: number, wanted: number): number {
    const { scaleUp, scaleDown } = this.#behavior;
    if (wanted > current) return Math.min(wanted, mostAllowed(current, nowMs, this.#events, scaleUp));
    if (wanted < current) return Math.max(wanted, fewestAllowed(current, nowMs, this.#events, scaleDown));
    return current;
  }

  #recommend(nowMs: number, replicas: number): void {
    const bounded = Math.min(this.#max, Math.max(this.#min, replicas));
    this.#lowest.add(nowMs, bounded);
    this.#highest.add(nowMs, bounded);
  }

  #settlePending(current: number): void {
    if (this.#pending && current === this.#pending.from) this.#events.takeBack();
    this.#pending = undefined;
  }

  #answer(
    input: ScalingInput,
    replicas: number,
    desired: number | undefined,
    limitedBy: LimitedBy | undefined,
    proposals: readonly Proposal[],
  ): ScalingDecision {
    const { current, nowMs, predicted } = input;
    if (replicas !== current) {
      this.#events.add(nowMs, replicas - current);
      this.#pending = { from: current, to: replicas };
    }
    const reason = reasonOf({ current, replicas, desired, limitedBy, proposals, predicted });
    return { replicas, desired, limitedBy, reason, proposals };
  }
}

/** The last step that changed the number is what limited it. */
function limitOf(desired: number, bounded: number, stable: number, allowed: number): LimitedBy | undefined {
  if (allowed === desired) return undefined;
  if (allowed !== stable) return "policy";
  if (stable !== bounded) return "stabilization";
  return bounded > desired ? "min" : "max";
}

function checkMetrics(metrics: readonly ScalingMetric[]): void {
  if (metrics.length < 1 || metrics.length > METRICS_MAX)
    throw new RangeError(`metrics has to hold 1 to ${METRICS_MAX}, not ${metrics.length}`);
  const names = new Set<string>();
  for (const metric of metrics) {
    if (names.has(metric.name)) throw new RangeError(`metrics names "${metric.name}" twice`);
    names.add(metric.name);
    const target = targetOf(metric);
    if (!(target > 0 && target < Number.POSITIVE_INFINITY))
      throw new RangeError(`the target of "${metric.name}" has to be a number above 0, not ${target}`);
  }
}

function checkDuration(name: string, durationMs: number): void {
  if (!(durationMs >= 0 && durationMs < Number.POSITIVE_INFINITY))
    throw new RangeError(`${name} has to be from 0, not ${durationMs}`);
}
