/** One requirement of the design, judged by what was measured. */
export interface RequirementStatus {
  /** `latency.p99`, `availability`, `traffic`. */
  readonly id: string;
  readonly title: string;
  /** In base units: ms, a share, requests per second. */
  readonly unit: "ms" | "share" | "per-second";
  readonly required: number;
  /** Whether the measured figure has to be at most, or at least, the required one. */
  readonly bound: "at-most" | "at-least";
  /** What the plan expects; absent until there is a plan for it. */
  readonly predicted?: number;
  /** Over the whole run so far; absent while nothing was measured. */
  readonly measured?: number;
  /** Over the last minute. */
  readonly recent?: number;
  /** Judged over the run; `unknown` while nothing was measured. */
  readonly state: "met" | "not-met" | "unknown";
  /** In words: what holds or does not, with the figures. */
  readonly sentence: string;
  /** One for each window of `windowMs`, the oldest first, at most 360. */
  readonly windows: readonly RequirementWindow[];
  readonly windowMs: number;
  /** Of a requirement that allows a share of bad requests: a percentile of latency, availability. */
  readonly budget?: ErrorBudget;
}

export interface RequirementWindow {
  readonly fromMs: number;
  readonly state: "met" | "not-met" | "unknown";
  readonly measured?: number;
}

/** How many bad requests a requirement allows, and how many there were. Google's SRE workbook, chapter 5. */
export interface ErrorBudget {
  /** The share of requests that may be bad: 0.01 of a p99, 0.0001 of 99.99 %. */
  readonly allowedShare: number;
  readonly requests: number;
  readonly bad: number;
  /** What is left of the budget, 1 to below 0. */
  readonly remaining: number;
  /** How many times faster than allowed it is spent: over the last 5 minutes, and the last hour. */
  readonly burn5m: number;
  readonly burn1h: number;
}
