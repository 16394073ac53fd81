import { isBinding, isFailing, type LimitSample } from "./limit-law.ts";

/** Between probes, in milliseconds: the first pause, which doubles while probes find nothing new, and the longest. */
const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_MAX = 30_000;

/** How much of a window's mean the baseline takes over: of calls that waited for nobody, or were quicker than ever. */
const LEARNING = 0.1;

/** Probes that differ by less than this are averaged: one window alone is off by a tenth. */
const CHANCE = 0.25;

/** Halving the limit took so much of the time away that what was lost must have been waiting. */
const WAITING_SLACK = 1.05;

type State =
  | {
      readonly kind: "watching";
      readonly probedAtMs: number;
      readonly probeAtMs: number;
      readonly limitAtProbe: number;
    }
  | {
      readonly kind: "probing";
      readonly limitBefore: number;
      readonly meanBeforeMs: number;
      readonly isDrained: boolean;
    };

/**
 * What a call takes when none waits for another: the measure against which a queue is seen.
 *
 * The least time ever seen is a bad one (one lucky call, and the limit starves), and so is a long mean (under lasting
 * overload it learns the queue, and the limit drifts up). So the limit is halved for two windows now and then, and what calls
 * take in the second is the baseline, upwards and downwards; TCP BBR's ProbeRTT does the same. If the time is halved too, both were
 * doing the same work per second: all the rest was queue, and the half is kept.
 */
export class Baseline {
  #meanMs = Number.NaN;
  #pauseMs = PAUSE_MS_MIN;
  #state: State = { kind: "watching", probedAtMs: 0, probeAtMs: Number.NEGATIVE_INFINITY, limitAtProbe: 0 };

  /** Milliseconds; NaN before the first call succeeded. */
  get meanMs(): number {
    return this.#meanMs;
  }

  /** Learns from a window. The limit that a probe asks for, or `undefined` when the law is to decide. */
  observe(sample: LimitSample): number | undefined {
    const { meanMs, limit, nowMs } = sample;
    if (this.#state.kind === "probing") return this.#judge(sample, this.#state);
    if (Number.isNaN(meanMs) || isFailing(sample)) return undefined;
    if (Number.isNaN(this.#meanMs)) this.#meanMs = meanMs;
    if (!isBinding(sample) || meanMs < this.#meanMs) this.#meanMs += LEARNING * (meanMs - this.#meanMs);
    if (!isBinding(sample)) return undefined;
    const { probedAtMs, probeAtMs, limitAtProbe } = this.#state;
    // A limit that fell by half has met a slow server, or follows a baseline that no longer holds. A probe tells which.
    const hasFallen = limit < limitAtProbe / 2 && nowMs >= probedAtMs + PAUSE_MS_MIN;
    if (nowMs < probeAtMs && !hasFallen) return undefined;
    this.#state = { kind: "probing", limitBefore: limit, meanBeforeMs: meanMs, isDrained: false };
    return limit / 2;
  }

  #judge(sample: LimitSample, before: State & { kind: "probing" }): number | undefined {
    const { meanMs, limit, nowMs } = sample;
    const { limitBefore, meanBeforeMs } = before;
    if (Number.isNaN(meanMs) || isFailing(sample)) {
      this.#watch(nowMs, PAUSE_MS_MIN, limit);
      return undefined;
    }
    if (!before.isDrained) {
      // Among these calls are some from before, which the queue of before had delayed.
      this.#state = { ...before, isDrained: true };
      return limit;
    }
    const isNear = Math.abs(meanMs - this.#meanMs) < CHANCE * this.#meanMs;
    this.#meanMs = isNear ? (this.#meanMs + meanMs) / 2 : meanMs;
    const share = limit / limitBefore;
    if (share < 0.6 && meanMs <= meanBeforeMs * share * WAITING_SLACK) {
      this.#watch(nowMs, 0, limit);
      this.#pauseMs = PAUSE_MS_MIN;
      return limit;
    }
    this.#watch(nowMs, this.#pauseMs, limitBefore);
    this.#pauseMs = Math.min(this.#pauseMs * 2, PAUSE_MS_MAX);
    return limitBefore;
  }

  #watch(nowMs: number, pauseMs: number, limitAtProbe: number): void {
    this.#state = { kind: "watching", probedAtMs: nowMs, probeAtMs: nowMs + pauseMs, limitAtProbe };
  }
}
