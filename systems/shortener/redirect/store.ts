/** A shared cache of short texts that may forget anything at any time, and may fail. */
export interface Store {
  get(key: string): Promise<string | null>;
  /** Keeps `value` for `ttlMs`, whatever was there. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Keeps `value` for `ttlMs` unless there is a value already; true when it was kept. One step, for all clients. */
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;
}
