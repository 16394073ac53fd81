import type { EdgeModel } from "./edge-model.ts";
import type { PlanFactsModel, RequestClassModel } from "./plan-model.ts";
import type { ScalingModel } from "./scaling-model.ts";
import type { HealthModel, UpstreamModel } from "./upstream-model.ts";

/**
 * The checked design: what every verb reads. Plain, frozen data that serialises to JSON; all quantities in base units,
 * all defaults filled in, parts in dependency order (each one after whatever it uses).
 */
export interface SystemModel {
  /** The version of this shape. */
  readonly version: 1;
  readonly name: string;
  readonly requires: RequirementsModel;
  /** What is observed of it; absent: nothing. */
  readonly telemetry?: TelemetryModel;
  /** The requests that it gets, by class; absent: as `requires.traffic` says. */
  readonly requests?: readonly RequestClassModel[];
  readonly parts: readonly PartModel[];
}

/** One part of a system. New kinds (log, coordination, realtime, CDN tier, external) join this union. */
export type PartModel = CacheModel | DatabaseModel | EdgeModel | ServiceModel | TaskModel;

export type PartKind = PartModel["kind"];

/** What a part hands to those who use it, by the name they call it: `{ links: "links" }` becomes `LINKS_URL`. */
export type UsesModel = Readonly<Record<string, string>>;

/**
 * How to start a process: a TypeScript or JavaScript file run by Trestle's Node (its path starts at the working folder), or
 * any command (empty for a service that stands outside Trestle and names no program).
 */
export type ProgramModel = { readonly run: string } | { readonly command: readonly string[] };

export interface ServiceModel {
  readonly kind: "service";
  readonly name: string;
  readonly program: ProgramModel;
  /** The working folder, relative to the design file. */
  readonly folder: string;
  readonly uses: UsesModel;
  readonly environment: Readonly<Record<string, string>>;
  /** How many it starts with; where it is scaled, `scaling.min`. */
  readonly replicas: number;
  /** How its replicas follow the load; absent: their number stays as it is. */
  readonly scaling?: ScalingModel;
  /** When a replica can serve, and how edges check it then; without one, an open port is enough, and nobody checks it later. */
  readonly health?: HealthModel;
  /** How long a replica may take to become ready. */
  readonly startTimeoutMs: number;
  /** How long a replica may take to end after SIGTERM. */
  readonly stopTimeoutMs: number;
  /** How those who call it spread and guard their requests; absent: as edges do by default. */
  readonly upstream?: UpstreamModel;
  /** Stands outside Trestle: nothing is started, and this URL is handed on. */
  readonly url?: string;
  /** What a plan is told of it. */
  readonly plan?: PlanFactsModel;
}

export interface TaskModel {
  readonly kind: "task";
  readonly name: string;
  readonly program: ProgramModel;
  readonly folder: string;
  readonly uses: UsesModel;
  readonly environment: Readonly<Record<string, string>>;
  /** How long the command may run. */
  readonly timeoutMs: number;
}

export interface CacheModel {
  readonly kind: "cache";
  readonly name: string;
  readonly memoryBytes: number;
  readonly url?: string;
  readonly plan?: PlanFactsModel;
}

export interface DatabaseModel {
  readonly kind: "database";
  readonly name: string;
  /** A folder of ordered `.sql` files, relative to the design file. */
  readonly migrations?: string;
  readonly url?: string;
  readonly plan?: PlanFactsModel;
}

/** What the system must do; whatever the design does not say is absent. */
export interface RequirementsModel {
  readonly traffic?: TrafficModel;
  readonly latency?: LatencyModel;
  /** A share of time, such as 0.9999. */
  readonly availability?: number;
  /** The share of acknowledged writes that must outlive a year, such as 0.99999999999. */
  readonly durability?: number;
  readonly retentionMs?: number;
  readonly data?: DataModel;
  /** Growth of traffic per year: 0.5 is half as much again. */
  readonly growthPerYear?: number;
}

export interface TrafficModel {
  readonly dailyUsers?: number;
  readonly requestsPerUserPerDay?: number;
  /** Requests per second on average, where the design states it rather than users. */
  readonly requestsPerSecond?: number;
  /** Peak traffic as a multiple of the average. */
  readonly peak: number;
  /** The share of requests that read, 0 to 1. */
  readonly reads?: number;
}

/** What is observed of a running system. */
export interface TelemetryModel {
  readonly traces: TracesModel;
  /** The base URL of a collector to which everything is sent on. */
  readonly forward?: string;
  /** Whether it is kept with the run's record. */
  readonly record: boolean;
}

export interface TracesModel {
  /** The share of requests that are traced. */
  readonly share: number;
  /** How many traces may begin in a second, at each edge. */
  readonly perSecondMax: number;
  /** What takes longer is told even when it is not traced. */
  readonly slowMs: number;
  /** Whether clients may say in which trace they are; absent: those on this machine. */
  readonly trustClients?: boolean;
}

/** Upper bounds in milliseconds. */
export interface LatencyModel {
  readonly p50Ms?: number;
  readonly p90Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly p999Ms?: number;
}

export interface DataModel {
  readonly recordBytes?: number;
  readonly recordsPerDay?: number;
  readonly requestBytes?: number;
  readonly responseBytes?: number;
}

/** A checked design and where it was read: relative paths in the model start at `folder`. */
export interface LoadedDesign {
  readonly file: string;
  readonly folder: string;
  readonly model: SystemModel;
}
