import type { State, SystemState } from "./events.ts";

/** What is known of the requests on a way, over the last seconds. */
export interface RequestFigures {
  readonly perSecond: number;
  /** The share that failed, 0 to 1; 0 when there were none. */
  readonly errorShare: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

/** Where the figures of a link come from, best first. */
export type LinkSource =
  /** An edge counted what it sent there. */
  | "edge"
  /** The program that uses it measured each call (metrics of its own SDK). */
  | "client-metrics"
  /** Counted from the spans that reached the supervisor, each for as many as its sampling stands for. */
  | "spans"
  /** The part that is used counted what came from its user; times are its own, without the way there. */
  | "engine";

/** One part's use of another, now. */
export interface LinkFigures {
  readonly from: string;
  readonly to: string;
  /** Absent while nobody tells. */
  readonly requests?: RequestFigures & { readonly source: LinkSource };
  /** Open connections, where they are counted. */
  readonly connections?: number;
}

/** One figure of an engine's own that belongs on the map: a hit ratio, connections, lag. */
export interface OwnFigure {
  /** Two or three words: `hit ratio`. */
  readonly label: string;
  readonly value: number;
  readonly unit: "share" | "count" | "per-second" | "bytes" | "ms";
  /** `warn` and `bad` are coloured, with the reason in `why`. Default fine. */
  readonly level?: "warn" | "bad";
  readonly why?: string;
}

/** One replica now. */
export interface ReplicaFigures {
  readonly id: string;
  readonly state: State;
  /** Processors in use: 0.5 is half of one. */
  readonly cpu?: number;
  readonly memoryBytes?: number;
  readonly restarts: number;
  readonly sinceMs: number;
}

/** One part now. */
export interface PartFigures {
  readonly name: string;
  /** Sum over its replicas. */
  readonly cpu?: number;
  readonly memoryBytes?: number;
  /** What it was asked, over all who use it. */
  readonly requests?: RequestFigures;
  readonly own: readonly OwnFigure[];
  readonly replicas: readonly ReplicaFigures[];
}

/** The whole system now: what the map shows. Told once a second. */
export interface Figures {
  readonly timeMs: number;
  readonly state: SystemState;
  readonly parts: readonly PartFigures[];
  readonly links: readonly LinkFigures[];
}

/** A moment or a stretch that every chart marks: a death, a restart, a scaling, a fault. */
export interface Mark {
  readonly id: string;
  readonly kind: "death" | "restart" | "scaled" | "fault" | "notice";
  readonly fromMs: number;
  /** Undefined of a moment, and of what is not over. */
  readonly toMs?: number;
  /** True of a stretch that goes on. */
  readonly open?: true;
  readonly part?: string;
  /** The other end, of what concerns a link. */
  readonly to?: string;
  /** In words: `shortener.2 was killed`. */
  readonly text: string;
}
