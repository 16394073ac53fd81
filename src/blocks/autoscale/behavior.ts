import type { ScaleEvents } from "./scale-events.ts";

/** At most `value` replicas, or percent of the replicas, within any `periodMs`. */
export interface ScalingPolicy {
  readonly type: "pods" | "percent";
  /** Replicas or percent; a whole number from 1. */
  readonly value: number;
  /** Above 0, up to 1,800,000 (half an hour). */
  readonly periodMs: number;
}

/** How quickly replicas may be added, or taken away. */
export interface ScalingRules {
  /** What was recommended this long ago still counts: the lowest when adding, the highest when taking away. 0 to 3,600,000. */
  readonly stabilizationWindowMs: number;
  /** 1 to 16 of them. */
  readonly policies: readonly ScalingPolicy[];
  /** Which of the policies binds: the one that allows the most, or the least; `disabled` allows no change this way. */
  readonly selectPolicy: "max" | "min" | "disabled";
  /** A metric that is off its target by no more than this part of it changes nothing; from 0. */
  readonly tolerance: number;
}

/** The `behavior` of a HorizontalPodAutoscaler; what is left out is as in `DEFAULT_BEHAVIOR`. */
export interface ScalingBehavior {
  readonly scaleUp?: Partial<ScalingRules>;
  readonly scaleDown?: Partial<ScalingRules>;
}

/** Both directions, with nothing left out. */
export interface WholeBehavior {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/**
 * Up at once, by 100 % or by 4 replicas in 15 s, whichever is more; down by whatever the last five minutes did not need.
 *
 * "Default behavior" of https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/.
 */
export const DEFAULT_BEHAVIOR: WholeBehavior = {
  scaleUp: {
    stabilizationWindowMs: 0,
    policies: [
      { type: "percent", value: 100, periodMs: 15_000 },
      { type: "pods", value: 4, periodMs: 15_000 },
    ],
    selectPolicy: "max",
    tolerance: 0.1,
  },
  scaleDown: {
    stabilizationWindowMs: 300_000,
    policies: [{ type: "percent", value: 100, periodMs: 15_000 }],
    selectPolicy: "max",
    tolerance: 0.1,
  },
};

const WINDOW_MS_MAX = 3_600_000;
const PERIOD_MS_MAX = 1_800_000;
const POLICIES_MAX = 16;

/** Fills in what is left out. @throws RangeError for a rule out of its range. */
export function wholeBehavior(behavior: ScalingBehavior = {}): WholeBehavior {
  const whole = {
    scaleUp: { ...DEFAULT_BEHAVIOR.scaleUp, ...behavior.scaleUp },
    scaleDown: { ...DEFAULT_BEHAVIOR.scaleDown, ...behavior.scaleDown },
  };
  checkRules("behavior.scaleUp", whole.scaleUp);
  checkRules("behavior.scaleDown", whole.scaleDown);
  return whole;
}

/** The longest that an event may still bind, in milliseconds. */
export function longestPeriodMs({ scaleUp, scaleDown }: WholeBehavior): number {
  return Math.max(...[...scaleUp.policies, ...scaleDown.policies].map(({ periodMs }) => periodMs));
}

/** The most replicas that the rules allow now; never fewer than there are. */
export function mostAllowed(
  current: number,
  nowMs: number,
  events: ScaleEvents,
  { policies, selectPolicy }: ScalingRules,
): number {
  if (selectPolicy === "disabled") return current;
  const allowed = policies.map(({ type, value, periodMs }) => {
    const before = current - events.changeSince(nowMs - periodMs);
    // Rounded up: otherwise 10 % of 3 replicas would never let a fourth in.
    return type === "pods" ? before + value : Math.ceil((before * (100 + value)) / 100);
  });
  const limit = selectPolicy === "min" ? Math.min(...allowed) : Math.max(...allowed);
  return Math.max(current, limit);
}

/** The fewest replicas that the rules allow now; never more than there are. */
export function fewestAllowed(
  current: number,
  nowMs: number,
  events: ScaleEvents,
  { policies, selectPolicy }: ScalingRules,
): number {
  if (selectPolicy === "disabled") return current;
  const allowed = policies.map(({ type, value, periodMs }) => {
    const before = current - events.changeSince(nowMs - periodMs);
    // Rounded down, so that what is taken away is rounded up: 10 % of 72 replicas are 8.
    return type === "pods" ? before - value : Math.floor((before * (100 - value)) / 100);
  });
  const limit = selectPolicy === "min" ? Math.max(...allowed) : Math.min(...allowed);
  return Math.min(current, Math.max(0, limit));
}

function checkRules(place: string, rules: ScalingRules): void {
  const { stabilizationWindowMs, policies, tolerance, selectPolicy } = rules;
  if (!(stabilizationWindowMs >= 0 && stabilizationWindowMs <= WINDOW_MS_MAX))
    throw new RangeError(
      `${place}.stabilizationWindowMs has to be from 0 to ${WINDOW_MS_MAX}, not ${stabilizationWindowMs}`,
    );
  if (!(tolerance >= 0 && tolerance < Number.POSITIVE_INFINITY))
    throw new RangeError(`${place}.tolerance has to be a part from 0, as 0.1, not ${tolerance}`);
  if (selectPolicy !== "max" && selectPolicy !== "min" && selectPolicy !== "disabled")
    throw new RangeError(
      `${place}.selectPolicy has to be "max", "min" or "disabled", not ${String(selectPolicy)}`,
    );
  if (policies.length < 1 || policies.length > POLICIES_MAX)
    throw new RangeError(`${place}.policies has to hold 1 to ${POLICIES_MAX}, not ${policies.length}`);
  for (const [index, { type, value, periodMs }] of policies.entries()) {
    const at = `${place}.policies[${index}]`;
    if (type !== "pods" && type !== "percent")
      throw new RangeError(`${at}.type has to be "pods" or "percent", not ${String(type)}`);
    if (!(Number.isSafeInteger(value) && value >= 1))
      throw new RangeError(`${at}.value has to be a whole number from 1, not ${value}`);
    if (!(periodMs > 0 && periodMs <= PERIOD_MS_MAX))
      throw new RangeError(`${at}.periodMs has to be above 0 and at most ${PERIOD_MS_MAX}, not ${periodMs}`);
  }
}
