/**
 * A shared cache of short texts. It may forget anything at any time, and a store that cannot be reached answers as one that
 * knows nothing and keeps nothing: no call rejects, and none takes long.
 */
export interface Store {
  get(key: string): Promise<string | undefined>;
  /** Keeps `value` for `ttlMs` (whole milliseconds), whatever was there; false when it may not have been kept. */
  set(key: string, value: string, ttlMs: number): Promise<boolean>;
  /** Keeps `value` for `ttlMs` unless there is a value already, in one step for all clients; true when it was kept. */
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;
}
