import type { Clock, Timer } from "../../blocks/time/index.ts";

/** Something with a deadline. */
export interface Watched {
  /** Looks at its own deadlines; called every period while it is watched. */
  sweep(nowMs: number): void;
}

/**
 * One timer for all deadlines: a timer per request would cost more than it guards. Deadlines are therefore met up to one
 * period late. With nothing to watch, no timer is set.
 */
export class Watch {
  readonly #clock: Clock;
  readonly #watched = new Set<Watched>();
  #periodMs: number;
  #timer: Timer | undefined;

  /** `periodMs`: how late a deadline may be met. */
  constructor(clock: Clock, periodMs: number) {
    this.#clock = clock;
    this.#periodMs = periodMs;
  }

  set periodMs(periodMs: number) {
    this.#periodMs = periodMs;
  }

  add(one: Watched): void {
    this.#watched.add(one);
    this.#timer ??= this.#clock.setTimer(this.#periodMs, this.#sweep);
  }

  delete(one: Watched): void {
    this.#watched.delete(one);
  }

  close(): void {
    this.#watched.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  readonly #sweep = (): void => {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    for (const one of this.#watched) one.sweep(nowMs);
    if (this.#watched.size > 0) this.#timer = this.#clock.setTimer(this.#periodMs, this.#sweep);
  };
}
