import type { PartKind } from "../design/model.ts";

/** Where a process, or the part it belongs to, stands. */
export type State =
  /** Not started yet: something it needs is not ready. */
  | { readonly is: "waiting"; readonly for: string }
  /** Its process runs; `for` names what is still missing. */
  | { readonly is: "starting"; readonly for: string }
  | { readonly is: "ready" }
  /** A task that has done its work. */
  | { readonly is: "done" }
  /** It ended or could not start, and will be tried again. `looping` is the crash-loop verdict. */
  | { readonly is: "failed"; readonly reason: string; readonly looping: boolean; readonly retryInMs: number }
  /** A task that failed: nothing tries it again until someone asks. */
  | { readonly is: "gave-up"; readonly reason: string }
  | { readonly is: "stopping" }
  | { readonly is: "stopped" };

/** What the supervisor tells the world, in the order in which it happened. */
export type RunEvent = { readonly timeMs: number } & RunFact;

export type RunFact =
  | { readonly type: "system"; readonly state: SystemState }
  | { readonly type: "part"; readonly part: string; readonly replica: string; readonly state: State }
  | { readonly type: "notice"; readonly part?: string; readonly message: string }
  | ScaledFact
  | ({ readonly type: "log" } & LogLine);

/** A service got another number of replicas. */
export interface ScaledFact {
  readonly type: "scaled";
  readonly part: string;
  readonly replicas: number;
  /** Why, where it follows its load: then it is told before the replicas come or go. Absent where somebody asked for it, and has got it. */
  readonly reason?: string;
}

export type SystemState = "starting" | "ready" | "degraded" | "stopping" | "stopped";

/** One line that a process wrote. */
export interface LogLine {
  readonly part: string;
  /** `shortener.2`; an engine's is its part's name. */
  readonly replica: string;
  /** `otlp` stands in the record of a run alone: not a line, but an entry that came over OTLP, as JSON. */
  readonly stream: "stdout" | "stderr" | "trestle" | "otlp";
  readonly text: string;
  /** That of its `LogEntry`, in the record of a run. */
  readonly id?: number;
}

/** The whole system at one moment, as `ps` shows it. */
export interface SystemSnapshot {
  readonly system: string;
  readonly file: string;
  readonly state: SystemState;
  /** The supervisor's own process. */
  readonly pid: number;
  readonly memoryBytes?: number;
  readonly startedMs: number;
  /** The record of this run, a folder under `runs/`. */
  readonly run: string;
  readonly parts: readonly PartSnapshot[];
}

export interface PartSnapshot {
  readonly name: string;
  readonly kind: PartKind;
  /** Where its users reach it; a password in it is left out. */
  readonly url?: string;
  /** Where else it is reached: an edge's other listeners, and its metrics. */
  readonly moreUrls?: readonly string[];
  /** Outside Trestle: nothing is run for it. */
  readonly external: boolean;
  /** Present where the number of replicas follows the load. */
  readonly scaling?: ScalingSnapshot;
  readonly replicas: readonly ReplicaSnapshot[];
}

/** How a service's replicas follow its load. */
export interface ScalingSnapshot {
  readonly min: number;
  readonly max: number;
  /** How many there shall be now; they may be fewer or more as yet. */
  readonly wanted: number;
  /** Why, by the last look, in a sentence; absent before the first, and after a change by hand until the next. */
  readonly reason?: string;
}

export interface ReplicaSnapshot {
  readonly id: string;
  readonly state: State;
  readonly pid?: number;
  readonly port?: number;
  readonly restarts: number;
  /** When its present state began, in Unix milliseconds. */
  readonly sinceMs: number;
  /** Resident memory of its process and those it started. */
  readonly memoryBytes?: number;
}
