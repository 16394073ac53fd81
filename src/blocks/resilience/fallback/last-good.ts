export interface LastGoodOptions {
  /** How old a value may be to be answered. Milliseconds, above 0; `Infinity` for any age. */
  readonly ageMsMax: number;
  /** For how many keys a value is kept: the one set longest ago makes room. A whole number of at least 1. Default 1,000. */
  readonly keysMax?: number;
}

interface Kept<Value> {
  readonly value: Value;
  readonly atMs: number;
}

/** The last value that succeeded, by key. Pure: times are monotonic milliseconds and are given. */
export class LastGood<Value> {
  readonly #ageMsMax: number;
  readonly #keysMax: number;
  /** In the order in which they were set. */
  readonly #kept = new Map<string, Kept<Value>>();

  /** Throws a `RangeError` for options out of their range. */
  constructor(options: LastGoodOptions) {
    const { ageMsMax, keysMax = 1_000 } = options;
    if (!(ageMsMax > 0)) throw new RangeError(`lastGood: ageMsMax has to be above 0, not ${ageMsMax}`);
    if (!(Number.isSafeInteger(keysMax) && keysMax >= 1))
      throw new RangeError(`lastGood: keysMax has to be a whole number of at least 1, not ${keysMax}`);
    this.#ageMsMax = ageMsMax;
    this.#keysMax = keysMax;
  }

  /** For how many keys a value is kept. */
  get size(): number {
    return this.#kept.size;
  }

  keep(key: string, value: Value, nowMs: number): void {
    this.#kept.delete(key);
    this.#kept.set(key, { value, atMs: nowMs });
    if (this.#kept.size <= this.#keysMax) return;
    const oldest = this.#kept.keys().next();
    if (!oldest.done) this.#kept.delete(oldest.value);
  }

  /** The value kept for the key, if it is young enough. One that is too old is forgotten. */
  find(key: string, nowMs: number): { readonly value: Value } | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    if (nowMs - kept.atMs <= this.#ageMsMax) return kept;
    this.#kept.delete(key);
    return undefined;
  }
}

/**
 * A fallback's step that keeps the last good value of each `key` that calls are run with, and answers with it when a call
 * fails. Calls without a key are neither kept nor answered, since their values could be somebody else's. To be used in one
 * policy, or in several whose keys and values mean the same.
 *
 * Throws a `RangeError` for options out of their range.
 */
export function lastGood<Value>(options: LastGoodOptions): LastGood<Value> {
  return new LastGood(options);
}
