import type { RequirementAnswer } from "../../plan-answer.ts";
import { breakLoad } from "../limits/break-load.ts";
import type { Outlook } from "../outlook.ts";
import { availabilitySentence } from "./availability-sentence.ts";
import { durabilityOf } from "./durability.ts";
import { durabilitySentence, retentionSentence } from "./keeping-sentence.ts";
import { latencySentence } from "./latency-sentence.ts";
import { type Requirement, stateOf } from "./requirement.ts";
import { trafficSentence } from "./traffic-sentence.ts";

/** Judges one requirement: what is predicted, whether that will do, why, and up to which load. Without a mend. Pure. */
export function verdictOf(
  outlook: Outlook,
  requirement: Requirement,
  keptBytes: number | undefined,
): RequirementAnswer {
  const { id, title, unit, required, bound } = requirement;
  const predicted = requirement.predicted(outlook);
  const breaks = breaksAt(outlook, requirement, predicted);
  const state = stateOf(requirement, predicted);
  return {
    id,
    title,
    unit,
    required,
    bound,
    ...(predicted === undefined ? {} : { predicted }),
    state,
    sentence: sentenceOf(outlook, requirement, { state, predicted, breaks, keptBytes }),
    ...(breaks === undefined ? {} : { breaksAtPerSecond: breaks }),
  };
}

function breaksAt({ curve }: Outlook, { kind, percentile, required }: Requirement, predicted?: number) {
  if (kind === "traffic") return Number.isFinite(predicted) ? predicted : undefined;
  if (kind !== "latency" || percentile === undefined) return undefined;
  return breakLoad(curve, percentile, required);
}

interface Found {
  readonly state: RequirementAnswer["state"];
  readonly predicted: number | undefined;
  readonly breaks: number | undefined;
  readonly keptBytes: number | undefined;
}

function sentenceOf(
  outlook: Outlook,
  { kind, percentile, required }: Requirement,
  { state, predicted = Number.NaN, breaks, keptBytes }: Found,
): string {
  switch (kind) {
    case "latency":
      return latencySentence(outlook, {
        percentile: percentile ?? "p99",
        requiredMs: required,
        predictedMs: predicted,
        breaksAtPerSecond: breaks,
      });
    case "traffic":
      return trafficSentence(outlook, { required, carried: predicted, holds: state === "holds" });
    case "availability":
      return availabilitySentence(outlook, required);
    case "durability":
      return durabilitySentence(outlook.model, required, durabilityOf(outlook.model));
    case "retention":
      return retentionSentence(outlook, required, keptBytes);
  }
}
