/**
 * A table of what belongs to which server's name. An exact name comes before a pattern; `"*.example.com"` is every name one label
 * longer than `example.com`, as in a certificate (RFC 6125, section 6.4.3). The cost does not grow with the table. Pure.
 */
export class ServerNames<Value> {
  readonly #exact = new Map<string, Value>();
  /** By what follows the star and its dot. */
  readonly #wild = new Map<string, Value>();

  /** Names are compared in lower case; of one that is given twice the first holds. */
  constructor(entries: Iterable<readonly [name: string, value: Value]>) {
    for (const [name, value] of entries) {
      const lower = name.toLowerCase();
      const [table, key] = lower.startsWith("*.") ? [this.#wild, lower.slice(2)] : [this.#exact, lower];
      if (!table.has(key)) table.set(key, value);
    }
  }

  /** `name` in lower case, as a ClientHello gives it. */
  find(name: string): Value | undefined {
    const exact = this.#exact.get(name);
    if (exact !== undefined) return exact;
    const dot = name.indexOf(".");
    return dot > 0 ? this.#wild.get(name.slice(dot + 1)) : undefined;
  }
}
