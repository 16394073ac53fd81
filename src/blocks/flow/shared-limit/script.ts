/** A Lua script and the name that a server has for it. */
export class Script {
  readonly text: string;
  #sha: string | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** SHA-1 of the text in hexadecimal, as `EVALSHA` takes it. */
  get sha(): string {
    // Loaded on first use: an import of it takes 3 MB in every process that limits anything.
    this.#sha ??= process.getBuiltinModule("node:crypto").createHash("sha1").update(this.text).digest("hex");
    return this.#sha;
  }
}
