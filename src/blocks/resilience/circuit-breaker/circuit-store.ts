/** Where circuit breakers of several processes meet: two verbs of any cache. Keys and values are short and plain ASCII. */
export interface CircuitStore {
  /** The value, or `null` when there is none or its time is over. */
  get(key: string): Promise<string | null>;
  /**
   * Sets the value for `ttlMs` (whole milliseconds, at least 1). With `onlyIfAbsent` it does so only where there is none, and
   * of all who try at once it does so for one. Resolves to whether it was set.
   */
  set(
    key: string,
    value: string,
    ttlMs: number,
    options?: { readonly onlyIfAbsent?: boolean },
  ): Promise<boolean>;
}

/** All that is needed of a client of a RESP server: what `fromIoredis` and its siblings of `trestle/flow` make. */
export interface CommandSender {
  /** Sends one command; `key` is its key, by which a client of a cluster finds the node. */
  command(words: readonly string[], key: string): Promise<unknown>;
}

/** A store in any server that speaks RESP and knows `GET` and `SET` with `PX` and `NX`: no scripts. */
export function respCircuitStore(sender: CommandSender): CircuitStore {
  return {
    async get(key) {
      const value = await sender.command(["GET", key], key);
      return value === null || value === undefined ? null : String(value);
    },
    async set(key, value, ttlMs, options) {
      const words = ["SET", key, value, "PX", String(ttlMs)];
      if (options?.onlyIfAbsent) words.push("NX");
      return (await sender.command(words, key)) !== null;
    },
  };
}
