import type { RequirementStatus } from "../../../control-api/index.ts";
import type { LatencyModel, RequirementsModel, TrafficModel } from "../../../design/model.ts";
import type { WindowTally } from "./window-tally.ts";

/** A requirement that what edges measure can prove or refute. */
export interface Requirement {
  readonly id: string;
  readonly title: string;
  readonly unit: RequirementStatus["unit"];
  readonly required: number;
  readonly bound: RequirementStatus["bound"];
  /** The share of requests that may be bad; absent where none is counted. */
  readonly allowedShare?: number;
  /** What was measured; undefined where nothing was. */
  measured(tally: WindowTally): number | undefined;
  /** How many were bad, of a requirement that allows a share. */
  bad(tally: WindowTally): number;
}

const PERCENTILES: readonly {
  readonly key: keyof LatencyModel;
  readonly name: string;
  readonly rank: number;
}[] = [
  { key: "p50Ms", name: "p50", rank: 0.5 },
  { key: "p90Ms", name: "p90", rank: 0.9 },
  { key: "p95Ms", name: "p95", rank: 0.95 },
  { key: "p99Ms", name: "p99", rank: 0.99 },
  { key: "p999Ms", name: "p999", rank: 0.999 },
];

/** Those of a design that can be judged by measuring: durability, retention and sizes cannot. Pure. */
export function requirementsOf(requires: RequirementsModel): readonly Requirement[] {
  const { latency = {}, availability, traffic } = requires;
  const found: Requirement[] = [];
  for (const { key, name, rank } of PERCENTILES) {
    const required = latency[key];
    if (required === undefined) continue;
    found.push({
      id: `latency.${name}`,
      title: `${name} latency`,
      unit: "ms",
      required,
      bound: "at-most",
      // 1 - 0.99 is 0.010000000000000009.
      allowedShare: Number((1 - rank).toFixed(6)),
      measured: ({ buckets }) => buckets.percentileMs(rank),
      bad: ({ buckets }) => buckets.above(required),
    });
  }
  if (availability !== undefined) {
    found.push({
      id: "availability",
      title: "availability",
      unit: "share",
      required: availability,
      bound: "at-least",
      allowedShare: Number((1 - availability).toFixed(12)),
      measured: ({ requests, failed }) => (requests > 0 ? 1 - failed / requests : undefined),
      bad: ({ failed }) => failed,
    });
  }
  const peak = traffic && peakPerSecond(traffic);
  if (peak !== undefined) {
    found.push({
      id: "traffic",
      title: "peak traffic",
      unit: "per-second",
      required: peak,
      bound: "at-least",
      measured: ({ requests, failed, lengthMs }) =>
        requests > 0 ? ((requests - failed) * 1_000) / lengthMs : undefined,
      bad: () => 0,
    });
  }
  return found;
}

/** The latencies that a design requires, in milliseconds. */
export function requiredLatencies({ latency = {} }: RequirementsModel): readonly number[] {
  return PERCENTILES.flatMap(({ key }) => latency[key] ?? []);
}

/** Requests per second at the peak; undefined where the design says too little. */
function peakPerSecond(traffic: TrafficModel): number | undefined {
  const { dailyUsers, requestsPerUserPerDay, requestsPerSecond, peak } = traffic;
  if (requestsPerSecond !== undefined) return requestsPerSecond * peak;
  if (dailyUsers === undefined || requestsPerUserPerDay === undefined) return undefined;
  return ((dailyUsers * requestsPerUserPerDay) / 86_400) * peak;
}
