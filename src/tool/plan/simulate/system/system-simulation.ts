import type { AutoscalerOptions, PredictiveScalerOptions } from "../../../../blocks/autoscale/index.ts";
import type { SimulationAnswer } from "../../plan-answer.ts";
import type { Progress, RateSpec } from "../engine/index.ts";

/** What is done to a design while it is simulated. Times are simulated milliseconds from the run's beginning. */
export interface SystemSimulationOptions {
  /** A whole number. The same seed gives the same bytes. Default 1. */
  readonly seed?: number;
  /** Of the run, warm-up included; above 0. */
  readonly durationMs: number;
  /** What is left out of the figures, though not of the series. Default a tenth of the duration. */
  readonly warmUpMs?: number;
  /** Default: each class at its peak rate. */
  readonly arrivals?: SystemArrivals;
  /** What goes wrong, and when. Default nothing. */
  readonly troubles?: readonly Trouble[];
  /** How the replicas of parts follow the load, in place of what the design says. Default: as it says. */
  readonly scaling?: readonly ScaledPart[];
  /** Of the series. Default a hundred and twentieth of the duration; at least a 500th of it. */
  readonly windowMs?: number;
  /** Requests under way at once; those beyond are refused where they come in. Default 1,000,000. */
  readonly underWayMax?: number;
  /** Told about a hundred times how far the run has come. It changes nothing of the result. */
  readonly onProgress?: (progress: Progress) => void;
  /** Aborted, ends the run within a hundredth of its length. */
  readonly signal?: AbortSignal;
}

/** When requests come in. Rates are of all classes together, each of which has its part of them, unless they are by class. */
export type SystemArrivals =
  | { readonly kind: "rate"; readonly rate: RateSpec }
  /** By the name of each class; one that is not named has none. */
  | { readonly kind: "rates"; readonly rates: Readonly<Record<string, RateSpec>> }
  /** At recorded times, in rising order; the class of each is drawn by lot. */
  | { readonly kind: "trace"; readonly timesMs: Iterable<number> };

/** Something that goes wrong at a part for a while. */
export type Trouble = {
  readonly part: string;
  /** Which replica, from 1. Default: all of them. */
  readonly replica?: number;
  readonly atMs: number;
} & (
  | {
      /**
       * `crash`: requests there are lost and connections refused; what a cache held is gone. `partition`: nothing comes there or back, until it
       * ends and what was sent comes after all.
       */
      readonly kind: "crash" | "partition";
      readonly durationMs: number;
    }
  /** Service takes `factor` times as long; above 0. */
  | { readonly kind: "slow"; readonly durationMs: number; readonly factor: number }
  /** A cache forgets everything, at once. */
  | { readonly kind: "flush" }
);

/** How the replicas of a part follow the load. */
export interface ScaledPart {
  readonly part: string;
  /**
   * As `autoscaler` takes them. Metrics that the simulator can read, each over the time since the last look: `cpu`, as a share of one processor;
   * `requestsPerSecond`, what a replica begins; `concurrency`, what is there on average, served or waiting. As a total: `waiting`.
   */
  readonly autoscaler: AutoscalerOptions;
  /** Asks for replicas before the load comes. Simulated time is its wall clock. Default: nobody does. */
  readonly predictive?: PredictiveScalerOptions;
  /** What is forecast, of all replicas together. Default `requestsPerSecond`. */
  readonly predictiveMetric?: "cpu" | "requestsPerSecond" | "concurrency";
  /** From one look to the next. Default 15,000. */
  readonly everyMs?: number;
}

/** How a request, or a call, may fail. */
export type FailureKind = "refused" | "timed-out" | "shed" | "lost" | "spared";

/** What a simulated design came to, as plain data. */
export interface SystemSimulation extends SimulationAnswer {
  /**
   * Of `failed`, by what made them fail in the end: nobody took the connection or a queue was full (`refused`), no answer in time (`timed-out`),
   * turned away under load (`shed`), gone with a replica (`lost`), not even tried by an open circuit (`spared`).
   */
  readonly failedBy: Readonly<Record<FailureKind, number>>;
  /** Over the whole run, warm-up included: arrived = answered + failed + under way. */
  readonly whole: {
    readonly arrived: number;
    readonly answered: number;
    readonly failed: number;
    readonly underWay: number;
  };
  /** Calls of each part since the warm-up, in the order of the parts: attempts, and of these what callers made beside the first. */
  readonly calls: readonly {
    readonly part: string;
    readonly attempts: number;
    readonly retries: number;
    readonly hedges: number;
    /** Served for somebody who no longer waited. */
    readonly wasted: number;
  }[];
  /** Visits of replicas that are not over at the end, whether or not anybody still waits for them. */
  readonly leftOver: number;
  /** What was simulated otherwise than the design has it, in sentences. */
  readonly notes: readonly string[];
}
