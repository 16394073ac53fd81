import type { Clock, Timer } from "./clock.ts";

interface Pending {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
  isHeld: boolean;
}

/**
 * A clock that stands still until it is told to move: timers fire in the order of their times, and of their setting where
 * those are equal.
 */
export class SimulatedClock implements Clock {
  #nowMs = 0;
  #order = 0;
  readonly #startMs: number;
  readonly #pending = new Set<Pending>();

  /** `startMs` is the wall time at the start (Unix milliseconds; default 2026-01-01T00:00:00Z). */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#startMs = startMs;
  }

  wallMs(): number {
    return this.#startMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const atMs = this.#nowMs + Math.max(0, delayMs);
    const pending: Pending = { atMs, order: this.#order++, callback, isHeld: true };
    this.#pending.add(pending);
    return {
      cancel: () => void this.#pending.delete(pending),
      unref: () => {
        pending.isHeld = false;
      },
      ref: () => {
        pending.isHeld = true;
      },
    };
  }

  sleep(delayMs: number, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        timer.cancel();
        reject(signal?.reason);
      };
      const timer = this.setTimer(delayMs, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** How many timers are set that would keep a process alive: zero when nothing leaks. */
  get pendingTimers(): number {
    let count = 0;
    for (const { isHeld } of this.#pending) if (isHeld) count++;
    return count;
  }

  /** Moves time on by `durationMs`, firing what falls due, and lets promises settle after each timer. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    for (;;) {
      await settled();
      const next = this.#earliest();
      if (!next || next.atMs > untilMs) break;
      this.#pending.delete(next);
      this.#nowMs = next.atMs;
      next.callback();
    }
    this.#nowMs = untilMs;
    await settled();
  }

  #earliest(): Pending | undefined {
    let first: Pending | undefined;
    for (const one of this.#pending) {
      if (!first || one.atMs < first.atMs || (one.atMs === first.atMs && one.order < first.order))
        first = one;
    }
    return first;
  }
}

/** Lets every promise that can settle now do so: a turn of the event loop runs all microtasks first. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
