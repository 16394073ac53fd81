/**
 * Names of keys in the store: `prefix{key}:mark`. The braces are the hash tag by which a cluster keeps all tiers of a key
 * in one slot. Braces of the user's own would end it early, so they are written as in a URL (`%7B`), and `%` as `%25`.
 * Half of a surrogate pair has no bytes in UTF-8, and all such would be one; it is written `%uD800`. An empty tag would not
 * count as one; an empty key is written `%`.
 */
export class StoreKeys {
  readonly #prefix: string;
  readonly #marks: readonly string[];

  /** One mark per tier. `RangeError` when the prefix has braces: it would be the hash tag. */
  constructor(prefix: string, marks: readonly string[]) {
    if (/[{}]/.test(prefix))
      throw new RangeError(`prefix has to be free of braces, not ${JSON.stringify(prefix)}`);
    this.#prefix = prefix;
    this.#marks = marks;
  }

  /** The names under which a key is kept, one per tier. */
  of(key: string): string[] {
    const start = `${this.#prefix}{${key === "" ? "%" : key.replace(UNSAFE, escaped)}}:`;
    return this.#marks.map((mark) => start + mark);
  }
}

const UNSAFE = /[%{}\p{Surrogate}]/gu;

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16).toUpperCase();
  return code.length > 2 ? `%u${code}` : `%${code}`;
}
