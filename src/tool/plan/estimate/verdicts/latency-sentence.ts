import { countText, msText, shareText } from "../../report/figure-text.ts";
import type { Flow } from "../flow/index.ts";
import type { Outlook } from "../outlook.ts";
import { type Cause, causesOf, fullParts, slowestClass } from "./causes.ts";
import { busy, listed, MOST, requestsPerSecond, sentence } from "./phrases.ts";
import type { Percentile } from "./requirement.ts";

/** What a sentence on latency is made of. */
export interface LatencyFinding {
  readonly percentile: Percentile;
  readonly requiredMs: number;
  readonly predictedMs: number;
  readonly breaksAtPerSecond: number | undefined;
}

/** Part of what takes long has to be this much for it to be called most of it. */
const MOST_OF_IT = 0.5;
/** And this much, where nothing is, for it to be named at all. */
const MUCH_OF_IT = 0.2;

/** Of the peak, so little that requests hardly ever meet. */
const HARDLY_ANYTHING = 1e-6;

/** Says of a latency whether it holds, why, and how far. Pure. */
export function latencySentence(outlook: Outlook, finding: LatencyFinding): string {
  const { requiredMs, predictedMs } = finding;
  if (predictedMs <= requiredMs) return holding(outlook, finding);
  return Number.isFinite(predictedMs) ? slow(outlook, finding) : full(outlook, finding);
}

function holding(
  { curve }: Outlook,
  { percentile, requiredMs, predictedMs, breaksAtPerSecond: breaks }: LatencyFinding,
) {
  const { peak } = curve;
  const said = sentence(
    `${MOST[percentile]} are answered within ${msText(predictedMs)}${peak.perSecond > 0 ? ` at the peak of ${requestsPerSecond(peak.perSecond)}` : ""}, and ${msText(requiredMs)} are allowed`,
  );
  if (breaks === undefined) return said;
  return `${said} ${sentence(`That holds up to ${requestsPerSecond(breaks)}${reason(curve.at(breaks / peak.perSecond), curve)}`)}`;
}

/** Why it ends there: what is full by then, or nearly. */
function reason(flow: Flow, curve: Outlook["curve"]): string {
  const [busiest] = flow.parts.toSorted((one, other) => other.utilisation - one.utilisation);
  if (busiest === undefined || busiest.utilisation < 0.5) return "";
  if (curve.resolved.here !== undefined) return `, when this machine is ${busy(busiest.utilisation)} busy`;
  return busiest.utilisation >= 0.98
    ? `, when ${busiest.name} is full`
    : `, when ${busiest.name} is ${busy(busiest.utilisation)} busy`;
}

function full(
  { curve, resolved }: Outlook,
  { percentile, requiredMs, breaksAtPerSecond: breaks }: LatencyFinding,
): string {
  const { peak } = curve;
  const upTo =
    breaks === undefined
      ? ""
      : breaks === 0
        ? alwaysSlow(curve, percentile, requiredMs)
        : ` ${sentence(`up to ${requestsPerSecond(breaks)}, ${MOST[percentile]} would be answered within ${msText(requiredMs)}`)}`;
  const [first, ...others] = fullParts(peak);
  if (first === undefined) return `${unanswered(peak, percentile)}${upTo}`;
  const isHere = resolved.here !== undefined;
  const names = isHere ? [] : others.map(({ name }) => name);
  const more = names.length === 0 ? "" : `, and too small are ${listed(names)} as well`;
  const said = `the peak brings ${requestsPerSecond(peak.perSecond)}, but ${isHere ? "this machine" : first.name} is full at ${countText(first.saturatedAtPerSecond)}${more}: requests pile up, and each waits longer than the one before`;
  return `${sentence(said)}${upTo}`;
}

/** Beside what is full: it would not do either if hardly anything came. */
function alwaysSlow(curve: Outlook["curve"], percentile: Percentile, requiredMs: number): string {
  const flow = curve.at(HARDLY_ANYTHING);
  // What is never answered is told already.
  if (!Number.isFinite(flow.all[percentile])) return "";
  const slowest = slowestClass(flow, requiredMs);
  const [cause] = slowest === undefined ? [] : causesOf(flow, slowest);
  const said = sentence(
    `even when hardly anything comes in, ${MOST[percentile]} are answered only within ${msText(flow.all[percentile])}, where ${msText(requiredMs)} are allowed`,
  );
  const why = cause === undefined ? "" : whyOf(cause, slowest?.latencyMs.mean ?? 0, true);
  return why === "" ? ` ${said}` : ` ${said} ${why}`;
}

/** Nothing is full, and yet too many never get what they asked for. */
function unanswered({ classes, perSecond }: Flow, percentile: Percentile): string {
  const lost = classes.reduce((sum, one) => sum + one.perSecond * one.unansweredShare, 0);
  const worst = classes.toSorted((one, other) => other.unansweredShare - one.unansweredShare)[0];
  const share = perSecond > 0 ? lost / perSecond : (worst?.unansweredShare ?? 0);
  const which = worst === undefined || classes.length < 2 ? "" : `, first of all those of ${worst.name}`;
  return sentence(
    `${shareText(Number(share.toPrecision(2)))} of the requests are given up or turned away before they are answered${which}: ${MOST[percentile]} can never be answered in time`,
  );
}

function slow(outlook: Outlook, finding: LatencyFinding): string {
  const { percentile, requiredMs, predictedMs, breaksAtPerSecond: breaks } = finding;
  const { peak } = outlook.curve;
  const alone = breaks === 0;
  // What is too slow at any load is looked at where nobody waits for anybody.
  const flow = alone ? outlook.curve.at(HARDLY_ANYTHING) : peak;
  const slowest = slowestClass(flow, requiredMs);
  const [cause] = slowest === undefined ? [] : causesOf(flow, slowest);
  const total = slowest?.latencyMs.mean ?? 0;
  const takes = `${MOST[percentile]} are answered only within ${msText(predictedMs)}${alone ? "" : ` at the peak of ${requestsPerSecond(peak.perSecond)}`}, where ${msText(requiredMs)} are allowed`;
  const said = [
    sentence(alone ? `${takes}, and it is too long even when hardly anything comes in` : takes),
    ...(slowest !== undefined && isApart(flow, slowest.name)
      ? [sentence(`most of the slow ones are ${slowest.name}`)]
      : []),
    ...(cause === undefined ? [] : [whyOf(cause, total, alone)]),
    ...(breaks === undefined || alone ? [] : [sentence(`it would hold up to ${requestsPerSecond(breaks)}`)]),
  ];
  return said.filter((one) => one !== "").join(" ");
}

/** Whether it is worth saying which class is slow: there are others, and it is the lesser part of all requests. */
function isApart({ classes, perSecond }: Flow, name: string): boolean {
  const own = classes.find((one) => one.name === name)?.perSecond ?? 0;
  return classes.length > 1 && own < perSecond / 2;
}

function whyOf({ part, waitMs, workMs, utilisation }: Cause, totalMs: number, alone: boolean): string {
  const share = totalMs > 0 ? (waitMs + workMs) / totalMs : 0;
  if (share < MUCH_OF_IT) return "";
  const amount = share >= MOST_OF_IT ? "most of the time goes" : "much of the time goes";
  if (waitMs > workMs && !alone)
    return sentence(`${amount} into waiting for ${part}, which is ${busy(utilisation)} busy`);
  const work = `${amount} into the work of ${part} itself, ${msText(workMs)} on average`;
  return sentence(alone ? `${work}: it has to get quicker, and more of it would not help` : work);
}
