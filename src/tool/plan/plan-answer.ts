import type { PartKind } from "../design/model.ts";
import type { Figure } from "./figure.ts";

/** What `trestle plan` answers, as `--json` prints it. Times without an end, of what is full, are Infinity: `null` in JSON. Pure data. */
export interface PlanAnswer {
  readonly version: 1;
  readonly system: string;
  readonly file: string;
  /** Every figure, by the order in which a report tells them. */
  readonly figures: readonly Figure[];
  readonly classes: readonly ClassAnswer[];
  readonly parts: readonly PartAnswer[];
  readonly requirements: readonly RequirementAnswer[];
  /** The part that is full first, and at what load of the whole. */
  readonly bottleneck?: { readonly part: string; readonly perSecond: number };
  /** How long requests take at loads of the whole, rising up to where the first part is full; Infinity where one is. */
  readonly loads?: readonly LoadAnswer[];
  readonly pricePerMonth?: number;
  readonly findings?: readonly Finding[];
  readonly simulation?: SimulationAnswer;
  /** What was assumed for want of better, in sentences. */
  readonly assumptions: readonly string[];
}

/** All classes together at one load. */
export interface LoadAnswer {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface ClassAnswer {
  readonly name: string;
  readonly peakPerSecond: number;
  readonly latencyMs: LatencyPercentiles;
  readonly availability: number;
  /** The stays of its way with the mean time at each, waiting included: what a waterfall shows. */
  readonly stays: readonly {
    readonly part: string;
    readonly depth: number;
    readonly ms: number;
    readonly visits: number;
  }[];
}

export interface LatencyPercentiles {
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
}

export interface PartAnswer {
  readonly name: string;
  readonly kind: PartKind;
  readonly replicas: number;
  /** At the peak. */
  readonly perSecond: number;
  readonly utilisation: number;
  readonly meanWaitMs: number;
  /** With which the times and the traffic required hold at the peak, and the availability where replicas can give it; absent where none do. */
  readonly replicasNeeded?: number;
  readonly availability: number;
  /** Its share of all the time in which the system is down. */
  readonly lossShare: number;
  readonly hitRatio?: number;
  readonly pricePerMonth?: number;
}

export interface RequirementAnswer {
  /** As the console names them: `latency.p99`, `availability`, `traffic`. */
  readonly id: string;
  readonly title: string;
  readonly unit: "ms" | "share" | "per-second" | "bytes";
  readonly required: number;
  readonly bound: "at-most" | "at-least";
  readonly predicted?: number;
  readonly state: "holds" | "fails" | "unknown";
  /** In words that a non-expert follows, with the figures. */
  readonly sentence: string;
  /** The load up to which it holds, in requests per second of the whole; 0 where it holds at none. */
  readonly breaksAtPerSecond?: number;
  /** The smallest change that would mend it, as `--set` takes it, several joined by ` --set `; and what it would come to. */
  readonly mend?: { readonly set: string; readonly predicted: number; readonly pricePerMonth?: number };
}

/** What a review found. */
export interface Finding {
  /** Of the rule: `timeouts/inside-longer-than-outside`. */
  readonly rule: string;
  readonly severity: "risk" | "question" | "advice";
  /** In the design: `front.routes[0]`; a path of parts where it is about one. */
  readonly place: string;
  readonly parts: readonly string[];
  readonly title: string;
  readonly reason: string;
  readonly mend: string;
  /** A page and a section of the docs. */
  readonly link: string;
}

/** What a simulation came to. */
export interface SimulationAnswer {
  readonly seed: number;
  readonly simulatedMs: number;
  readonly events: number;
  readonly requests: number;
  readonly failed: number;
  /** Of `failed`, by what made them fail in the end. */
  readonly failedBy?: Readonly<Record<string, number>>;
  /** What was simulated otherwise than the design has it, in sentences. */
  readonly notes?: readonly string[];
  readonly classes: readonly {
    readonly name: string;
    readonly requests: number;
    readonly failed: number;
    readonly latencyMs: LatencyPercentiles;
  }[];
  readonly parts: readonly {
    readonly name: string;
    readonly utilisation: number;
    readonly meanWaitMs: number;
    readonly hitRatio?: number;
    readonly refused: number;
  }[];
  /** For charts, by windows of `windowMs`. */
  readonly windowMs: number;
  readonly series: readonly {
    readonly name: string;
    readonly unit: string;
    readonly values: readonly (number | null)[];
  }[];
}
