import type { Clock, Timer } from "../../../../blocks/time/clock.ts";
import type { EventHandler, Simulation } from "./simulation.ts";

/** The work of a simulated dependency, as code with promises waits for it: settled by the event that ends it. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(reason: unknown): void;
}

export interface SimulationClockOptions {
  /** Wall time at the simulation's start, in Unix milliseconds. Default 2026-01-01T00:00:00Z. */
  readonly startMs?: number;
  /**
   * Whether timers call code that may settle promises, so that the simulation has to be run by `runWithPromises`. False for blocks that only call
   * back, such as `SharedTimeouts`: their timers cost an event and no more. Default true.
   */
  readonly promises?: boolean;
}

/**
 * The clock of a simulation, for the blocks as they are: policies, limiters, gates and channels run on it in simulated time. A timer is
 * an event; cancelled, it is gone at once.
 *
 * Promises settle between events, not in them. So whatever lets code with promises run has to come through here (`begin`, a
 * `Deferred`, a timer, a sleep), and after each such event the run waits for a turn of the machine's event loop, which runs all that can
 * run before simulated time goes on: the order is the same each time, at about a microsecond each. Where blocks come as pure
 * engines beneath their policies (a circuit, a retry budget, a back-off, CoDel, the algorithms of limits, balancers) those are to be
 * preferred in simulations: they need no clock, no promises and no such wait.
 */
export class SimulationClock implements Clock {
  readonly #simulation: Simulation;
  readonly #startMs: number;
  readonly #promises: boolean;
  #pendingTimers = 0;
  readonly #ended = (hasFired: boolean) => {
    this.#pendingTimers--;
    if (hasFired && this.#promises) this.#simulation.owePromises();
  };

  constructor(simulation: Simulation, options: SimulationClockOptions = {}) {
    const { startMs = Date.UTC(2026, 0, 1), promises = true } = options;
    this.#simulation = simulation;
    this.#startMs = startMs;
    this.#promises = promises;
  }

  /** How many timers are set: zero when nothing leaks. */
  get pendingTimers(): number {
    return this.#pendingTimers;
  }

  wallMs(): number {
    return this.#startMs + this.#simulation.nowMs;
  }

  monotonicMs(): number {
    return this.#simulation.nowMs;
  }

  /** A simulation ends when its time is over, so `ref` and `unref` change nothing. */
  setTimer(delayMs: number, callback: () => void): Timer {
    this.#pendingTimers++;
    return new SimulationTimer(this.#simulation, Math.max(0, delayMs), callback, this.#ended);
  }

  sleep(delayMs: number, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    const { promise, resolve, reject } = this.deferred<void>();
    if (signal?.aborted) {
      reject(signal.reason);
      return promise;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = this.setTimer(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    return promise;
  }

  /** Calls code that uses promises: a policy's `run`, or a service's handler. */
  begin<Result>(work: () => Result): Result {
    this.#simulation.owePromises();
    return work();
  }

  /** A promise that an event settles. */
  deferred<Value>(): Deferred<Value> {
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    return {
      promise,
      resolve: (value) => {
        this.#simulation.owePromises();
        resolve(value);
      },
      reject: (reason) => {
        this.#simulation.owePromises();
        reject(reason);
      },
    };
  }
}

class SimulationTimer implements Timer, EventHandler {
  readonly #simulation: Simulation;
  readonly #callback: () => void;
  readonly #ended: (hasFired: boolean) => void;
  readonly #event: number;

  constructor(
    simulation: Simulation,
    delayMs: number,
    callback: () => void,
    ended: (hasFired: boolean) => void,
  ) {
    this.#simulation = simulation;
    this.#callback = callback;
    this.#ended = ended;
    this.#event = simulation.cancellableAfter(delayMs, this);
  }

  happen(): void {
    this.#ended(true);
    this.#callback();
  }

  cancel(): void {
    if (this.#simulation.cancel(this.#event)) this.#ended(false);
  }

  unref(): void {}

  ref(): void {}
}
