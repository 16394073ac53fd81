import type { HedgePercentile } from "../../blocks/resilience/hedge/hedge-rules.ts";
import type { BackOffOptions } from "../../blocks/resilience/retry/back-off.ts";
import type { RetryBudgetOptions } from "../../blocks/resilience/retry/retry-budget.ts";
import type { BreakerConfig, UpstreamConfig } from "../../engines/edge/config/index.ts";
import type { PartKind } from "../design/model.ts";
import type { ScalingModel } from "../design/scaling-model.ts";
import type { Source } from "./figure.ts";

/**
 * A design as a plan sees it: which requests come in, which way each takes through the parts, and how long it stays where. Estimates
 * and simulations start from the same. Pure.
 */
export interface ResolvedSystem {
  readonly name: string;
  readonly classes: readonly ResolvedClass[];
  /** In the order of the design; no tasks. */
  readonly parts: readonly ResolvedPart[];
  /** Set where all parts share the processors of one machine; without it, each place of a part has a processor when it needs one. */
  readonly here?: Machine;
  /** What was assumed for want of better, in sentences. */
  readonly assumptions: readonly string[];
}

/** One machine on which everything runs. */
export interface Machine {
  readonly cores: number;
  /** Processor time that each request of the whole costs beside the parts, such as that of whoever makes the load. */
  readonly otherCpuMs?: number;
  /** Processor time that it costs a process to wake up and look what has come, however much that is. Default 0. */
  readonly turnMs?: number;
  /** How long a thread keeps a processor while others wait for it. Default 3. */
  readonly sliceMs?: number;
  /** Work that comes by the clock and keeps a processor busy for a while, besides what requests ask for. */
  readonly background?: readonly BackgroundWork[];
}

export interface BackgroundWork {
  /** What it is, in a few words: `clicks are written`. */
  readonly title: string;
  /** From the beginning of one to that of the next. */
  readonly everyMs: number;
  /** Each time, and besides that for each request of the whole since the last time. */
  readonly cpuMs: number;
  readonly cpuMsPerRequest?: number;
}

/** A class of requests, with its rates. */
export interface ResolvedClass {
  readonly name: string;
  readonly kind: "read" | "write";
  /** On average, and at the peak. */
  readonly perSecond: number;
  readonly peakPerSecond: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly keys?: { readonly count: number; readonly skew: number };
  /** The way through the parts, beginning where it comes in. */
  readonly way: Stay;
  readonly source: Source;
}

/** One stay at a part: time of its own, then calls of others. */
export interface Stay {
  readonly part: string;
  readonly time: ServiceTime;
  /** In their order; those of one group at the same time. */
  readonly calls: readonly Call[];
}

/** How long a request keeps one of a part's places busy, without what it waits for others. */
export interface ServiceTime {
  readonly meanMs: number;
  /** Coefficient of variation. */
  readonly spread: number;
  /** Measured times at these ranks, rising, where they were measured: they say more than a mean. */
  readonly percentiles?: readonly { readonly rank: number; readonly ms: number }[];
  /** Of the mean, what is processor time; the rest waits for disks and clocks. 0 to 1. */
  readonly cpuShare: number;
  readonly source: Source;
}

export interface Call {
  readonly to: Stay;
  /** How many, one after the other. May be a fraction: an average. */
  readonly times: number;
  /** In which share of the requests. */
  readonly share: number;
  readonly group?: string;
  /** Made only when this cache, asked before, has not got it: `share` is 1 minus the hit ratio expected. */
  readonly onMissOf?: string;
  readonly timeoutMs?: number;
  readonly retries: number;
  readonly budget: boolean;
  /** Over the network, there and back, without the stay. */
  readonly networkMs: number;
  /** The caller does without it when it fails, as with a cache before a database. */
  readonly optional?: true;
  /** The caller does not wait for it, as with a mirrored request. */
  readonly detached?: true;
  /** How long to wait between attempts. Absent: not at all, as an edge does. */
  readonly backoff?: BackOffOptions;
  /** The figures of the budget, where there is one. Absent: those of `retryBudget`. */
  readonly budgetOf?: RetryBudgetOptions;
  /** Of this caller, around all attempts of a call. Absent: none. */
  readonly breaker?: BreakerConfig;
  /** A second attempt beside one that takes long. Absent: none. */
  readonly hedge?: { readonly after?: number | HedgePercentile; readonly attempts?: number };
  /** While one asks for a key, others of the same caller's replica wait for its answer: only behind a cache, for classes with keys. */
  readonly singleFlight?: true;
}

/** A part with what a plan needs of it. */
export interface ResolvedPart {
  readonly name: string;
  readonly kind: PartKind;
  readonly external: boolean;
  /** How many serve; of an edge the workers of all its copies, of a database and a cache one. */
  readonly replicas: number;
  /** Set where replicas follow the load. */
  readonly scaling?: ScalingModel;
  /** Requests that one replica works on at once: threads, connections, or 1 for a single event loop that computes. */
  readonly places: number;
  /** Requests that may wait at each replica; Infinity where nothing bounds them. */
  readonly queueMax: number;
  /** How those who call it choose among the replicas: an algorithm of the edge. */
  readonly balance: string;
  /** Of one replica. */
  readonly availability: number;
  readonly failoverMs: number;
  readonly zones: number;
  /** Copies of its data. */
  readonly copies: number;
  /** Of a database: how much data each copy has room for. Absent: nothing says. */
  readonly diskBytes?: number;
  readonly pricePerMonth?: number;
  /** Of a cache. */
  readonly cache?: {
    readonly memoryBytes: number;
    readonly itemBytes: number;
    readonly items: number;
    readonly hitRatio: number;
  };
  /** From the start of a replica until it can serve, when one is added or comes back. Absent: at once. */
  readonly startupMs?: number;
  /** Its first requests take `factor` times as long, less and less until `durationMs` are over. Absent: no slower than later ones. */
  readonly coldStart?: { readonly factor: number; readonly durationMs: number };
  /** Whom each replica turns away before its queue is full. Absent: nobody. */
  readonly admission?: Admission;
  /** How those who call it guard their requests, in an edge's words. Absent: the edge's defaults. */
  readonly upstream?: Pick<
    UpstreamConfig,
    "bounds" | "breaker" | "health" | "outliers" | "panicShare" | "slowStartMs"
  >;
  /** Where each of these comes from, by the field's name. */
  readonly sources: Readonly<Record<string, Source>>;
}

/** How a replica sheds load. */
export type Admission =
  /** Bounds the wait: see `Codel` and `admissionQueue`. Times in milliseconds. */
  | { readonly kind: "codel"; readonly targetMs?: number; readonly intervalMs?: number }
  /** Bounds what is under way, by what calls take: see `adaptiveLimit`. */
  | {
      readonly kind: "adaptive";
      readonly law: "gradient" | "vegas" | "aimd";
      readonly min?: number;
      readonly max?: number;
    }
  /** Turns away the least urgent first, by the longest wait: see `loadShedder` and `queueDelay`. Times in milliseconds. */
  | { readonly kind: "shedder"; readonly startsAtMs?: number; readonly allButCriticalAtMs?: number };
