/** What one process may write to its log. More than that is a flood: the rest is left out, and counted. */
export interface LogBudgetOptions {
  /** Lines kept per second in the long run. Default 2,000. */
  readonly linesPerSecond: number;
  /** Lines kept at once after a quiet time. Default 10,000. */
  readonly burstLines: number;
  /** Bytes read per second in the long run; beyond it the process waits for its reader. Default 8 MiB. */
  readonly bytesPerSecond: number;
}

export const DEFAULT_LOG_BUDGET: LogBudgetOptions = {
  linesPerSecond: 2_000,
  burstLines: 10_000,
  bytesPerSecond: 8 * 1024 * 1024,
};

/** A pair of token buckets, for lines and for bytes. */
export class LogBudget {
  readonly #options: LogBudgetOptions;
  #lines: number;
  #bytes: number;
  #lastMs: number;
  #leftOut = 0;

  constructor(nowMs: number, options: Partial<LogBudgetOptions> = {}) {
    this.#options = { ...DEFAULT_LOG_BUDGET, ...options };
    this.#lines = this.#options.burstLines;
    this.#bytes = this.#options.bytesPerSecond;
    this.#lastMs = nowMs;
  }

  /**
   * How many of `count` lines may be kept now. When some may, `leftOutBefore` is how many were left out since the last
   * that were kept, so that the gap can be told where it is.
   */
  takeLines(count: number, nowMs: number): { kept: number; leftOutBefore: number } {
    this.#refill(nowMs);
    const kept = Math.min(count, Math.floor(this.#lines));
    this.#lines -= kept;
    const leftOutBefore = kept > 0 ? this.#leftOut : 0;
    this.#leftOut += count - kept - leftOutBefore;
    return { kept, leftOutBefore };
  }

  /** How many lines were left out since the last that were kept, or since this was last asked. */
  takeLeftOut(): number {
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    return leftOut;
  }

  /** Notes that `count` bytes were read, and says for how long to read no more (0: read on). */
  takeBytes(count: number, nowMs: number): number {
    this.#refill(nowMs);
    this.#bytes -= count;
    return this.#bytes >= 0 ? 0 : Math.ceil((-this.#bytes / this.#options.bytesPerSecond) * 1000);
  }

  #refill(nowMs: number): void {
    const seconds = Math.max(0, nowMs - this.#lastMs) / 1000;
    this.#lastMs = nowMs;
    const { linesPerSecond, burstLines, bytesPerSecond } = this.#options;
    this.#lines = Math.min(burstLines, this.#lines + seconds * linesPerSecond);
    this.#bytes = Math.min(bytesPerSecond, this.#bytes + seconds * bytesPerSecond);
  }
}
