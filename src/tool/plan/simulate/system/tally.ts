import { Histogram } from "../engine/index.ts";
import { ANSWERED, FAILURE_KINDS, type Outcome } from "./outcome.ts";
import type { FailureKind } from "./system-simulation.ts";
import type { Windows } from "./windows.ts";

/** What became of the requests of one class since the warm-up. */
export interface ClassTally {
  requests: number;
  failed: number;
  readonly latencies: Histogram;
}

/** Attempts at one part since the warm-up. */
export interface CallTally {
  attempts: number;
  retries: number;
  hedges: number;
  wasted: number;
}

/** Counts what happens to requests and calls, in constant memory. Pure. */
export class Tally {
  readonly classes: readonly ClassTally[];
  readonly calls: readonly CallTally[];
  readonly #windows: Windows;
  readonly #failedBy: number[] = new Array(FAILURE_KINDS.length + 1).fill(0);
  #arrived = 0;
  #answered = 0;
  #failed = 0;

  constructor(classes: number, parts: number, windows: Windows) {
    this.classes = Array.from({ length: classes }, () => ({
      requests: 0,
      failed: 0,
      latencies: new Histogram(),
    }));
    this.calls = Array.from({ length: parts }, () => ({ attempts: 0, retries: 0, hedges: 0, wasted: 0 }));
    this.#windows = windows;
  }

  /** Of the whole run. */
  get whole(): { readonly arrived: number; readonly answered: number; readonly failed: number } {
    return { arrived: this.#arrived, answered: this.#answered, failed: this.#failed };
  }

  get failedBy(): Readonly<Record<FailureKind, number>> {
    const of = (kind: FailureKind) => this.#failedBy[FAILURE_KINDS.indexOf(kind) + 1] ?? 0;
    return {
      refused: of("refused"),
      "timed-out": of("timed-out"),
      shed: of("shed"),
      lost: of("lost"),
      spared: of("spared"),
    };
  }

  arrived(): void {
    this.#arrived++;
    this.#windows.arrived();
  }

  ended(number: number, outcome: Outcome, latencyMs: number): void {
    this.#windows.ended(outcome, latencyMs);
    const tally = this.classes[number];
    if (!tally) return;
    tally.requests++;
    if (outcome === ANSWERED) {
      this.#answered++;
      tally.latencies.record(latencyMs);
      return;
    }
    this.#failed++;
    tally.failed++;
    this.#failedBy[outcome] = (this.#failedBy[outcome] ?? 0) + 1;
  }

  /** The warm-up is over. */
  reset(): void {
    this.#failedBy.fill(0);
    for (const tally of this.classes) {
      tally.requests = 0;
      tally.failed = 0;
      tally.latencies.reset();
    }
    for (const tally of this.calls) {
      tally.attempts = 0;
      tally.retries = 0;
      tally.hedges = 0;
      tally.wasted = 0;
    }
  }
}
