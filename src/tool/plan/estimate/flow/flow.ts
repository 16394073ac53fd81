import type { ClassAnswer, LatencyPercentiles } from "../../plan-answer.ts";

/**
 * How the requests of a system flow through its parts at one load: how full each part is, how long requests wait there, and how long
 * each class of requests takes. What is full has times of Infinity, never NaN. Pure.
 */
export interface Flow {
  /** Of the peak's rates: 1 is the peak itself. */
  readonly scale: number;
  /** Requests of the whole that come in. */
  readonly perSecond: number;
  readonly classes: readonly ClassFlow[];
  /** Of all classes together, by their rates. */
  readonly all: LatencyPercentiles;
  /** In the order of the design. */
  readonly parts: readonly PartFlow[];
}

/** A class of requests at that load. */
export interface ClassFlow {
  readonly name: string;
  readonly perSecond: number;
  /**
   * In ms; Infinity when a part that it has to pass is full. What is given up without an answer counts as longer than all that is answered:
   * with 2 % of it, p99 is Infinity. The mean is of the answered.
   */
  readonly latencyMs: LatencyPercentiles;
  /** The share that is given up after timeouts, turned away by full lines, or waits for ever: 0 to 1. */
  readonly unansweredShare: number;
  /** The share of requests answered within that many ms, 0 to 1. */
  readonly share: (ms: number) => number;
  /** For a waterfall: the stays of its way, callers before called, with the mean time at each, waiting included. */
  readonly stays: ClassAnswer["stays"];
}

/** A part at that load. */
export interface PartFlow {
  readonly name: string;
  /** Requests that come to it, retries included. */
  readonly perSecond: number;
  /** Of its places, or of the machine's processors where those fill first: 1 and more is full. */
  readonly utilisation: number;
  /** For a place or a processor, on average. */
  readonly meanWaitMs: number;
  /** Waiting and working together, without what it waits for others. */
  readonly meanStayMs: number;
  /** Places in use, on average, over all replicas. */
  readonly busyPlaces: number;
  /** The load of the whole, in requests per second by the same mix of classes, at which it is full; Infinity where nothing comes to it. */
  readonly saturatedAtPerSecond: number;
  /** The formula of its utilisation with its values. */
  readonly filled: string;
}
