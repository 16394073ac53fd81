import { createHmac } from "node:crypto";
import type { EdgeConfig } from "../config/index.ts";
import { AdminError } from "./admin-errors.ts";

/** Tells one configuration from another by an entity tag (RFC 9110, section 8.8.3). `key`: random bytes that stay here. */
export class ConfigVersions {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** The same for the same configuration, whoever put it in force. */
  tagOf(config: EdgeConfig): string {
    const digest = createHmac("sha256", this.#key).update(JSON.stringify(config)).digest("base64url");
    return `"${digest.slice(0, 22)}"`;
  }

  /**
   * Throws `AdminError` `PRECONDITION_FAILED` when an `If-Match` field names other versions than the one in force (RFC 9110, section
   * 13.1.1). Without the field anything goes.
   */
  requireMatch(ifMatch: string | undefined, current: EdgeConfig): void {
    if (ifMatch === undefined || ifMatch.trim() === "*") return;
    const wanted = ifMatch.split(",").map((tag) => tag.trim());
    if (!wanted.includes(this.tagOf(current))) throw new AdminError("PRECONDITION_FAILED");
  }
}
