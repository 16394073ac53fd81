import { type Clock, SharedTimeouts } from "../../blocks/time/index.ts";

/** The timeouts of an edge by their lengths, of which a configuration names a few: those of one length share a timer. */
export class Timeouts {
  readonly #clock: Clock;
  readonly #lengths = new Map<number, SharedTimeouts>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those that take `delayMs`. Who starts one stops it there. */
  of(delayMs: number): SharedTimeouts {
    let shared = this.#lengths.get(delayMs);
    if (!shared) {
      shared = new SharedTimeouts(this.#clock, delayMs);
      this.#lengths.set(delayMs, shared);
    }
    return shared;
  }

  /** Forgets the lengths that nobody waits for, once a configuration has come that may not name them any more. */
  tidy(): void {
    for (const [delayMs, shared] of this.#lengths) if (shared.isEmpty) this.#lengths.delete(delayMs);
  }
}
