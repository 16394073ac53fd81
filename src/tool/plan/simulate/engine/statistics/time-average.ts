/** A level that stands for a while and then changes: how many wait, or are busy. Its mean is over time, not over changes. Pure. */
export class TimeAverage {
  #level = 0;
  #greatest = 0;
  #area = 0;
  #sinceMs = 0;
  #fromMs = 0;

  /** `level`: what it begins with, at `nowMs`. */
  constructor(level = 0, nowMs = 0) {
    this.#level = level;
    this.#greatest = level;
    this.#sinceMs = nowMs;
    this.#fromMs = nowMs;
  }

  get level(): number {
    return this.#level;
  }

  /** The greatest since the last `reset`. */
  get greatest(): number {
    return this.#greatest;
  }

  /** From now on it stands at `level`. Times must not go back. */
  set(nowMs: number, level: number): void {
    this.#area += this.#level * (nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
    this.#level = level;
    if (level > this.#greatest) this.#greatest = level;
  }

  /** The mean since the last `reset`; the level itself when no time has passed. */
  mean(nowMs: number): number {
    const spanMs = nowMs - this.#fromMs;
    if (!(spanMs > 0)) return this.#level;
    return (this.#area + this.#level * (nowMs - this.#sinceMs)) / spanMs;
  }

  /** Forgets what was, and keeps the level. */
  reset(nowMs: number): void {
    this.#area = 0;
    this.#sinceMs = nowMs;
    this.#fromMs = nowMs;
    this.#greatest = this.#level;
  }
}
