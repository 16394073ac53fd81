import type { LatencyModel, RequirementsModel, TrafficModel } from "../../../design/model.ts";
import type { LatencyPercentiles, RequirementAnswer } from "../../plan-answer.ts";
import type { Outlook } from "../outlook.ts";
import { tightestRoom } from "../storage/index.ts";
import { durabilityOf } from "./durability.ts";

/** A requirement that a plan has something to say about. Ids and titles are those by which a running system is judged. */
export interface Requirement extends Pick<RequirementAnswer, "id" | "title" | "unit" | "required" | "bound"> {
  readonly kind: "latency" | "traffic" | "availability" | "durability" | "retention";
  /** Of latency: which. */
  readonly percentile?: Percentile;
  /** What a design comes to; undefined where that cannot be known, Infinity where nothing bounds it. */
  readonly predicted: (outlook: Outlook) => number | undefined;
}

export type Percentile = Exclude<keyof LatencyPercentiles, "mean">;

const PERCENTILES: readonly { readonly key: keyof LatencyModel; readonly percentile: Percentile }[] = [
  { key: "p50Ms", percentile: "p50" },
  { key: "p90Ms", percentile: "p90" },
  { key: "p95Ms", percentile: "p95" },
  { key: "p99Ms", percentile: "p99" },
  { key: "p999Ms", percentile: "p999" },
];

/** What a design requires, in the order in which reports tell it. Growth and sizes are facts and no requirements. Pure. */
export function requirementsOf(requires: RequirementsModel): readonly Requirement[] {
  const { latency = {}, availability, traffic, durability, retentionMs } = requires;
  const found: Requirement[] = [];
  for (const { key, percentile } of PERCENTILES) {
    const required = latency[key];
    if (required === undefined) continue;
    found.push({
      kind: "latency",
      percentile,
      id: `latency.${percentile}`,
      title: `${percentile} latency`,
      unit: "ms",
      required,
      bound: "at-most",
      predicted: ({ curve }) => curve.peak.all[percentile],
    });
  }
  const share = { unit: "share", bound: "at-least" } as const;
  if (availability !== undefined)
    found.push({
      ...share,
      kind: "availability",
      id: "availability",
      title: "availability",
      required: availability,
      predicted: (outlook) => outlook.availability.availability,
    });
  const peak = traffic && peakPerSecond(traffic);
  if (peak !== undefined)
    found.push({
      kind: "traffic",
      id: "traffic",
      title: "peak traffic",
      unit: "per-second",
      required: peak,
      bound: "at-least",
      predicted: ({ curve }) => curve.bottleneck?.perSecond ?? Number.POSITIVE_INFINITY,
    });
  if (durability !== undefined)
    found.push({
      ...share,
      kind: "durability",
      id: "durability",
      title: "durability",
      required: durability,
      predicted: ({ model }) => durabilityOf(model)?.durability,
    });
  if (retentionMs !== undefined)
    found.push({
      kind: "retention",
      id: "retention",
      title: "retention",
      unit: "ms",
      required: retentionMs,
      bound: "at-least",
      predicted: ({ model, resolved }) => tightestRoom(model, resolved)?.fullAfterMs,
    });
  return found;
}

/** Whether what is predicted is what is required. The last bits of a share or a time are not counted; what is just full is too full. */
export function stateOf(
  { bound, required, unit }: Pick<Requirement, "bound" | "required" | "unit">,
  predicted: number | undefined,
): RequirementAnswer["state"] {
  if (predicted === undefined || Number.isNaN(predicted)) return "unknown";
  const isMet =
    bound === "at-most"
      ? predicted <= required
      : unit === "per-second"
        ? predicted > required * (1 + FULL_MARGIN) || required === 0
        : predicted >= required - SHARE_MARGIN * Math.max(1, required);
  return isMet ? "holds" : "fails";
}

const SHARE_MARGIN = 1e-12;
const FULL_MARGIN = 1e-9;

/** Requests per second at the peak; undefined where the design says too little. */
function peakPerSecond(traffic: TrafficModel): number | undefined {
  const { dailyUsers, requestsPerUserPerDay, requestsPerSecond, peak } = traffic;
  if (requestsPerSecond !== undefined) return requestsPerSecond * peak;
  if (dailyUsers === undefined || requestsPerUserPerDay === undefined) return undefined;
  return ((dailyUsers * requestsPerUserPerDay) / 86_400) * peak;
}
