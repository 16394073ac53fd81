import { ALL_BUT_CRITICAL } from "./pressure.ts";

/** The moment of a reading: a timer that has come round. */
export interface Tick {
  /** Milliseconds since the last one, above 0. */
  readonly elapsedMs: number;
  /** How much later than asked for the timer came, in milliseconds: as long has the event loop been kept. */
  readonly latenessMs: number;
}

/** Something that tells of overload: the more, the worse. */
export interface PressureReading {
  /** For people, as in `"event-loop delay"`. */
  readonly name: string;
  /** The value at which shedding begins. */
  readonly startsAt: number;
  /** The value at which all calls but critical ones are shed; above `startsAt`. */
  readonly allButCriticalAt: number;
  /** Sampling begins, for the first time or after a pause. */
  begin?(): void;
  /**
   * The value at this moment, or over the time since the last; it need not be smooth. One that cannot tell (NaN, or thrown)
   * says that nothing is wrong: a broken sensor must not close the door.
   */
  sample(tick: Tick): number;
}

/** Thresholds of a reading, in its own unit. */
export interface Thresholds {
  /** Where shedding begins; 0 or above. */
  readonly startsAt?: number;
  /** Where all calls but critical ones are shed; above `startsAt`. */
  readonly allButCriticalAt?: number;
}

/** Readings count for about a second: one long pause, as of a garbage collector, is no overload; a second of them is. */
const MEMORY_MS = 1_000;

/** A value smoothed over time and seen as pressure. */
export class SmoothedReading {
  readonly #reading: PressureReading;
  /** Worse than this is not remembered, so that what is over is soon forgotten. */
  readonly #worst: number;
  #value = 0;

  /** @throws RangeError when the thresholds are not as said. */
  constructor(reading: PressureReading) {
    const { name, startsAt, allButCriticalAt } = reading;
    if (!(startsAt >= 0)) throw new RangeError(`${name}: startsAt has to be 0 or above, not ${startsAt}`);
    if (!(allButCriticalAt > startsAt && allButCriticalAt < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `${name}: allButCriticalAt has to be above startsAt (${startsAt}), not ${allButCriticalAt}`,
      );
    }
    this.#reading = reading;
    this.#worst = 2 * allButCriticalAt;
  }

  begin(): void {
    this.#value = 0;
    this.#reading.begin?.();
  }

  /** Takes a sample. The pressure from 0 to 1. */
  sample(tick: Tick): number {
    const sampled = this.#sampled(tick);
    const value = sampled > 0 ? Math.min(sampled, this.#worst) : 0;
    this.#value += (1 - Math.exp(-tick.elapsedMs / MEMORY_MS)) * (value - this.#value);
    const { startsAt, allButCriticalAt } = this.#reading;
    const share = (this.#value - startsAt) / (allButCriticalAt - startsAt);
    return Math.max(0, Math.min(1, share * ALL_BUT_CRITICAL));
  }

  #sampled(tick: Tick): number {
    try {
      return this.#reading.sample(tick);
    } catch {
      return Number.NaN;
    }
  }
}
