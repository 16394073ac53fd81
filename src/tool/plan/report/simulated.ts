import type { LatencyPercentiles, PlanAnswer, RequirementAnswer } from "../plan-answer.ts";
import { requirementText, valueText } from "./figure-text.ts";

/** Ranks of latency by the ids of requirements. */
const RANKS: Readonly<Record<string, keyof LatencyPercentiles>> = {
  "latency.p50": "p50",
  "latency.p90": "p90",
  "latency.p95": "p95",
  "latency.p99": "p99",
  "latency.p999": "p999",
};

/**
 * Where a simulation does not keep what the estimate says holds, in sentences; none where they agree or nothing was simulated. What is simulated
 * with troubles is told as well: it is what was asked. Pure.
 */
export function contradictionsOf({ requirements, simulation }: PlanAnswer): readonly string[] {
  if (simulation === undefined || simulation.requests === 0) return [];
  return requirements
    .filter(({ state }) => state === "holds")
    .flatMap((one): string[] => {
      if (one.id === "availability") return lossOf(one, simulation);
      const rank = RANKS[one.id];
      return rank === undefined ? [] : latenessOf(one, rank, simulation);
    });
}

type Simulation = NonNullable<PlanAnswer["simulation"]>;

function lossOf({ required }: RequirementAnswer, { failed, requests }: Simulation): string[] {
  const share = failed / requests;
  const allowed = 1 - required;
  if (share <= allowed) return [];
  return [
    `Simulated, ${valueText(share, "share")} of the requests fail, where availability allows ${valueText(allowed, "share")}.`,
  ];
}

function latenessOf(
  requirement: RequirementAnswer,
  rank: keyof LatencyPercentiles,
  { classes }: Simulation,
): string[] {
  const [slowest] = classes.toSorted((one, other) => other.latencyMs[rank] - one.latencyMs[rank]);
  if (slowest === undefined || slowest.latencyMs[rank] <= requirement.required) return [];
  return [
    `Simulated, ${requirement.title} of ${slowest.name} is ${requirementText(slowest.latencyMs[rank], requirement)}, where ${requirementText(requirement.required, requirement)} are allowed.`,
  ];
}
