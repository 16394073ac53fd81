/** Which traces that begin here are told. Pure. */

import { isSampled, thresholdOf, withThreshold } from "../../../blocks/telemetry/trace/sampling-threshold.ts";

const WINDOW_MS = 1_000;
/** Of what may begin in a second, so much is aimed at: lots differ, and the bound itself would favour whoever comes early. */
const AIM = 0.9;
/** No rate is read out of a shorter time. */
const SHORTEST_MS = 0.5;

/** What a sampler goes by. */
export interface SamplerSettings {
  /** Of all traces, 0 to 1. */
  readonly share: number;
  readonly perSecondMax: number;
}

/**
 * Samples traces by their ids, with a probability that follows their number: the share that is wanted, or less, so that never more
 * than `perSecondMax` begin in a second, of which each stands for as many as its threshold says. The probability is found anew each
 * second by the rate of the one before, and within a second whenever half of what is left of its room is used up, so that a flood
 * does not take all of it at its beginning.
 */
export class TraceSampler {
  /** The `tracestate` of those that are sampled now: `ot=th:…`. */
  traceState = "";
  #threshold = "";
  #settings: SamplerSettings;
  #probability = 0;
  #sinceMs: number;
  #endMs: number;
  /** Asked about since the window began. */
  #seen = 0;
  #left = 0;
  /** When so many are left, the probability is found anew. */
  #nextMark = 0;

  constructor(settings: SamplerSettings, nowMs: number) {
    this.#settings = settings;
    this.#sinceMs = nowMs;
    this.#endMs = nowMs + WINDOW_MS;
    this.#begin(nowMs, settings.share);
  }

  /** Goes by other settings from now on. */
  configure(settings: SamplerSettings, nowMs: number): void {
    this.#settings = settings;
    this.#begin(nowMs, settings.share);
  }

  /** Whether a trace that begins now is told. */
  samples(traceId: string, nowMs: number): boolean {
    if (nowMs >= this.#endMs) this.#roll(nowMs);
    this.#seen += 1;
    if (this.#left <= 0 || !isSampled(traceId, this.#threshold)) return false;
    this.#left -= 1;
    if (this.#left === this.#nextMark) this.#slowDown(nowMs);
    return true;
  }

  #roll(nowMs: number): void {
    const { share, perSecondMax } = this.#settings;
    const perSecond = (this.#seen * WINDOW_MS) / (nowMs - this.#sinceMs);
    this.#begin(nowMs, perSecond > 0 ? Math.min(share, (AIM * perSecondMax) / perSecond) : share);
  }

  #begin(nowMs: number, probability: number): void {
    const { perSecondMax } = this.#settings;
    this.#sinceMs = nowMs;
    this.#endMs = nowMs + WINDOW_MS;
    this.#seen = 0;
    this.#left = perSecondMax;
    this.#nextMark = perSecondMax >> 1;
    this.#take(probability);
  }

  #slowDown(nowMs: number): void {
    const elapsedMs = Math.max(SHORTEST_MS, nowMs - this.#sinceMs);
    const toCome = (this.#seen * (this.#endMs - nowMs)) / elapsedMs;
    const fitting = (AIM * this.#left) / toCome;
    this.#nextMark = this.#left >> 1;
    if (fitting < this.#probability) this.#take(fitting);
  }

  #take(probability: number): void {
    if (probability === this.#probability) return;
    this.#probability = probability;
    this.#threshold = thresholdOf(probability);
    this.traceState = withThreshold("", this.#threshold);
  }
}
