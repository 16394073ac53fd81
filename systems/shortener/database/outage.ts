import type { Clock } from "trestle/time";

/**
 * Decides how long requests may still hope while the database is away.
 *
 * A restart takes a second or two and should be waited out rather than reported; a longer outage should be reported at once
 * rather than pile up waiting requests. So all requests share one deadline, `patienceMs` after the outage began.
 */
export class Outage {
  readonly #clock: Clock;
  readonly #patienceMs: number;
  #sinceMs: number | undefined;

  constructor(clock: Clock, patienceMs: number) {
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /** The database could not be reached just now. True when an outage begins with that. */
  failed(): boolean {
    const began = this.#sinceMs === undefined;
    this.#sinceMs ??= this.#clock.monotonicMs();
    return began;
  }

  /** The database answered. True when that ended an outage. */
  answered(): boolean {
    const ended = this.#sinceMs !== undefined;
    this.#sinceMs = undefined;
    return ended;
  }

  /** Whether to wait and try again. */
  get worthWaiting(): boolean {
    return this.#sinceMs === undefined || this.#clock.monotonicMs() - this.#sinceMs < this.#patienceMs;
  }
}
