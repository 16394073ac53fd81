import type { Proposal } from "./metric.ts";
import { targetOf } from "./metric.ts";

/**
 * What kept the number of replicas from what was asked for: a bound; a policy, which sets the pace; what was recommended a while
 * ago; a metric that could not be read; or that the service was scaled to 0 by hand, which turns scaling off.
 */
export type LimitedBy = "min" | "max" | "policy" | "stabilization" | "unreadable" | "disabled";

/** What a reason is given for. */
export interface Reasoned {
  readonly current: number;
  readonly replicas: number;
  readonly desired: number | undefined;
  readonly limitedBy: LimitedBy | undefined;
  readonly proposals: readonly Proposal[];
  readonly predicted: number | undefined;
}

/** A decision in a sentence. */
export function reasonOf(reasoned: Reasoned): string {
  const { current, replicas, limitedBy, desired } = reasoned;
  if (limitedBy === "disabled") return "scaled to 0 by hand, so nothing is scaled until someone scales it up";
  if (desired === undefined && limitedBy === "max")
    return `${current} replicas are more than max, ${replicas}`;
  if (desired === undefined && limitedBy === "min")
    return `${current} replicas are fewer than min, ${replicas}`;
  const change = replicas === current ? `stays at ${counted(current)}` : `${current} → ${counted(replicas)}`;
  const limit = limitOf(reasoned);
  const cause = causeOf(reasoned);
  return `${cause ? `${cause}: ` : ""}${change}${limit ? `, ${limit}` : ""}`;
}

/** What speaks for the most replicas. */
function causeOf({ proposals, predicted, desired }: Reasoned): string | undefined {
  const readable = proposals.filter(({ measured }) => measured !== undefined);
  const first = readable.find(({ replicas }) => replicas === desired);
  if (first) return toldOf(first);
  return predicted === undefined ? undefined : `the forecast asks for ${counted(Math.ceil(predicted))}`;
}

function limitOf({ limitedBy, desired, current, proposals }: Reasoned): string | undefined {
  switch (limitedBy) {
    case undefined:
    case "disabled":
      return undefined;
    case "unreadable":
      return `as nothing tells ${namesOf(proposals)}`;
    case "stabilization":
      return (desired ?? 0) < current
        ? `as more was needed a moment ago than the ${desired} of now`
        : `as fewer were needed a moment ago than the ${desired} of now`;
    case "policy":
      return `as policies let it come to ${desired} no faster`;
    case "min":
      return `which is min, instead of ${desired}`;
    case "max":
      return `which is max, instead of ${desired}`;
  }
}

function namesOf(proposals: readonly Proposal[]): string {
  const unread = proposals.filter(({ measured }) => measured === undefined);
  return unread.map(({ metric }) => metric.name).join(", ");
}

function toldOf({ metric, measured = 0, tolerated, assumed }: Proposal): string {
  const [level, target] = [amount(metric, measured), amount(metric, targetOf(metric))];
  const each = "averageValue" in metric.target ? " a replica" : "";
  const near = !tolerated ? "" : assumed ? ", which those that tell nothing yet may change" : ", near enough";
  return `${metric.name} is at ${level}${each}, its target is ${target}${near}`;
}

function amount({ target, unit }: Proposal["metric"], value: number): string {
  if ("utilization" in target) return `${round(value * 100)} %`;
  if (unit === "bytes") return `${round(value / 2 ** 20)} MiB`;
  return String(round(value));
}

/** To four digits: a reason is read, not computed with. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}

function counted(replicas: number): string {
  return replicas === 1 ? "1 replica" : `${replicas} replicas`;
}
