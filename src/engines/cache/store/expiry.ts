import type { Store } from "./store.ts";

/** Entries looked at before asking whether it is worth going on. */
const ROUND = 200;
/** Rounds in one sweep at most, so that no client waits long: 4,000 removals take a few milliseconds. */
const ROUNDS_MAX = 20;
/** Worth going on while more than this share of a round had expired (as in Redis). */
const STALE_SHARE = 0.1;

/** Whether a sweep found little more to do, or was cut off in the midst of many expired entries. */
export type SweepOutcome = "calm" | "cut off";

/**
 * Removes expired entries that nobody asks for, a bounded number at a time. It walks the deadlines from the end of their
 * list to its start and around; what is removed is replaced from the end, which was seen already, so a walk misses none.
 */
export class ExpirySweeper {
  readonly #store: Store;
  #place = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** One bounded piece of work. */
  sweep(): SweepOutcome {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      const looked = Math.min(ROUND, this.#store.deadlines.size);
      const expired = this.#round(looked);
      if (expired <= looked * STALE_SHARE) return "calm";
    }
    return "cut off";
  }

  #round(count: number): number {
    const { deadlines } = this.#store;
    let expired = 0;
    for (let looked = 0; looked < count && deadlines.size > 0; looked++) {
      if (this.#place <= 0 || this.#place > deadlines.size) this.#place = deadlines.size;
      const slot = deadlines.slotAt(--this.#place);
      if (!this.#store.expired(slot)) continue;
      this.#store.removeExpired(slot);
      expired++;
    }
    return expired;
  }
}
