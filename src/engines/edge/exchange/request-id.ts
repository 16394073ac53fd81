import type { Random } from "../../../blocks/time/index.ts";

/** The ids that are taken over from a client: what fits in any log, header and shell word. */
const SANE = /^[A-Za-z0-9._-]{1,128}$/;

/** Whether an id that a client sent may be used. */
export function isSaneRequestId(id: string): boolean {
  return SANE.test(id);
}

/** Makes request ids: ten random characters per edge, and a counter. Unique, and cheap; not a secret. */
export class RequestIds {
  /** Tells the ids of this edge from those of others. */
  readonly edge: string;
  #count = 0;

  constructor(random: Random) {
    let edge = "";
    for (let digit = 0; digit < 10; digit++) edge += Math.floor(random() * 36).toString(36);
    this.edge = edge;
  }

  next(): string {
    this.#count += 1;
    return `${this.edge}-${this.#count.toString(36)}`;
  }
}
