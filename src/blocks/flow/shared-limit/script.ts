import { createHash } from "node:crypto";

/** A Lua script and the name that a server has for it. */
export class Script {
  readonly text: string;
  /** SHA-1 of the text in hexadecimal, as `EVALSHA` takes it. */
  readonly sha: string;

  constructor(text: string) {
    this.text = text;
    this.sha = createHash("sha1").update(text).digest("hex");
  }
}
