const NAMES_MAX = 512;
const CHARACTERS_MAX = 256;

/**
 * Names that come again and again, of which one copy is kept for all who hold them: each batch of telemetry brings its sender's name
 * anew. A copy leads to nothing else in memory, as a part of a longer text would. Pure.
 */
export class SharedNames {
  readonly #names = new Map<string, string>();

  /** The name, cut to 256 characters. */
  of(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    // Names from outside may be of any number: the table begins anew, and those who hold a name keep it.
    if (this.#names.size >= NAMES_MAX) this.#names.clear();
    const copy = Buffer.from(name.slice(0, CHARACTERS_MAX), "utf8").toString("utf8");
    this.#names.set(copy, copy);
    return copy;
  }
}
