import type { Clock, Timer } from "../../../blocks/time/index.ts";
import type { Engine } from "../core/index.ts";

/** Between two sweeps, and after one that was cut off with more to do. */
const CALM_MS = 100;
const BUSY_MS = 10;

/** Sweeps expired entries away, a bounded piece at a time; sleeps while nothing expires. */
export class ExpiryTimer {
  readonly #engine: Engine;
  readonly #clock: Clock;
  #timer: Timer | undefined;

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** To be called when there may be something to expire. */
  wake(): void {
    if (!this.#timer && this.#engine.hasDeadlines) this.#set(CALM_MS);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #set(delayMs: number): void {
    this.#timer = this.#clock.setTimer(delayMs, () => {
      const outcome = this.#engine.sweep();
      this.#timer = undefined;
      if (this.#engine.hasDeadlines) this.#set(outcome === "calm" ? CALM_MS : BUSY_MS);
    });
  }
}
