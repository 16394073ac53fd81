import type { Gate, Priority } from "../../resilience/gate.ts";
import { type Clock, type Random, systemClock, systemRandom, type Timer } from "../../time/index.ts";
import { eventLoopDelay } from "./event-loop-delay.ts";
import { Pressure, shedShare } from "./pressure.ts";
import { type PressureReading, SmoothedReading } from "./pressure-reading.ts";

/** What a load shedder goes by. */
export interface LoadShedderOptions {
  /** What tells of overload; the worst of them counts. Default: `[eventLoopDelay()]`. */
  readonly readings?: readonly PressureReading[];
  /** How long pressure takes to fall from all to nothing, in milliseconds; above 0. Default 10,000. */
  readonly recoveryMs?: number;
  /** Default `systemClock`. */
  readonly clock?: Clock;
  /** Draws the lots within a priority. Default `systemRandom`. */
  readonly random?: Random;
}

/** How often readings are taken: often enough to meet every turn of the loop that is too long. */
const TICK_MS = 20;

/** When nobody has asked for so long, sampling stops, so that a process at rest is at rest. */
const IDLE_MS = 5_000;

/** Nobody is told to come again sooner than this. */
const RETRY_AFTER_MS_MIN = 1_000;

/** Turns calls away by how urgent they are while the process has more to do than it can. */
export interface LoadShedder extends Gate, Disposable {
  /** From 0, where everybody enters, by quarters for each priority, to 1, where nobody does. */
  readonly pressure: number;
  /** Stops sampling. Everybody enters from then on. */
  close(): void;
}

/**
 * Sheds load by priority while the readings tell of overload: background calls first, then low ones, then normal ones, and
 * critical ones only when all the others are shed. Within a priority lots are drawn, and the share rises evenly with pressure.
 *
 * Readings are taken every 20 ms by a timer that keeps no process alive, from the first call on; they stop when nobody has
 * asked for 5 s. They are smoothed over a second; pressure rises with them and falls no faster than `recoveryMs` says.
 *
 * @throws RangeError when an option is out of its range.
 */
export function loadShedder(options: LoadShedderOptions = {}): LoadShedder {
  return new Shedder(options);
}

class Shedder implements LoadShedder {
  readonly #readings: readonly SmoothedReading[];
  readonly #recoveryMs: number;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #pressure: Pressure;
  readonly #onTick = () => this.#tick();
  #timer: Timer | undefined;
  #tickedMs = 0;
  #askedMs = 0;
  #wasAsked = false;
  #isClosed = false;

  constructor(options: LoadShedderOptions) {
    const { readings = [eventLoopDelay()], recoveryMs = 10_000 } = options;
    if (readings.length === 0) throw new RangeError("readings names at least one, not none");
    if (!(recoveryMs > 0 && recoveryMs < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`recoveryMs has to be above 0, not ${recoveryMs}`);
    }
    this.#readings = readings.map((reading) => new SmoothedReading(reading));
    this.#recoveryMs = recoveryMs;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#pressure = new Pressure(recoveryMs);
  }

  get pressure(): number {
    return this.#pressure.value;
  }

  get retryAfterMs(): number {
    return Math.ceil(Math.max(RETRY_AFTER_MS_MIN, this.#pressure.value * this.#recoveryMs));
  }

  enter(_nowMs: number, priority: Priority): boolean {
    this.#wasAsked = true;
    if (!this.#timer) this.#begin();
    const pressure = this.#pressure.value;
    if (pressure === 0) return true;
    const share = shedShare(pressure, priority);
    return share < 1 && (share === 0 || this.#random() >= share);
  }

  /** Nothing to learn: the readings tell. */
  leave(): void {}

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #begin(): void {
    if (this.#isClosed) return;
    for (const reading of this.#readings) reading.begin();
    this.#tickedMs = this.#clock.monotonicMs();
    this.#askedMs = this.#tickedMs;
    this.#arm();
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(TICK_MS, this.#onTick);
    this.#timer.unref();
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    const elapsedMs = nowMs - this.#tickedMs;
    this.#tickedMs = nowMs;
    if (this.#wasAsked) this.#askedMs = nowMs;
    this.#wasAsked = false;
    if (nowMs - this.#askedMs >= IDLE_MS) {
      this.#stop();
      return;
    }
    if (elapsedMs > 0) this.#sample(elapsedMs);
    // A reading may have closed it.
    if (!this.#isClosed) this.#arm();
  }

  #sample(elapsedMs: number): void {
    const tick = { elapsedMs, latenessMs: Math.max(0, elapsedMs - TICK_MS) };
    let worst = 0;
    for (const reading of this.#readings) worst = Math.max(worst, reading.sample(tick));
    this.#pressure.update(worst, elapsedMs);
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#pressure.reset();
  }
}
