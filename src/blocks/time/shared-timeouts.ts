import type { Clock, Timer } from "./clock.ts";

/** Something that is to end after a while. To be extended by what waits, so that a timeout costs no object of its own. */
export abstract class Timeout {
  /** Monotonic milliseconds. */
  dueMs = 0;
  previous: Timeout | undefined = undefined;
  next: Timeout | undefined = undefined;
  /** The time is up. Never called after `stop`. */
  abstract expired(): void;
}

/**
 * Timeouts of one length over one timer. Those that began first fall due first, so a list in order of arrival is all that is
 * needed: to start and to stop one costs a few assignments, where a timer of its own costs hundreds of nanoseconds. Nearly all
 * timeouts are stopped before they fall due.
 *
 * The timer keeps the process alive while anything waits, and no longer.
 */
export class SharedTimeouts {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #fire = () => this.#expire();
  #first: Timeout | undefined;
  #last: Timeout | undefined;
  #timer: Timer | undefined;

  /** `delayMs`: how long each of them takes. */
  constructor(clock: Clock, delayMs: number) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  /** Whether nothing waits. */
  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Begins a timeout that is not under way. */
  start(timeout: Timeout): void {
    timeout.dueMs = this.#clock.monotonicMs() + this.#delayMs;
    const last = this.#last;
    this.#last = timeout;
    if (last) {
      last.next = timeout;
      timeout.previous = last;
      return;
    }
    this.#first = timeout;
    if (this.#timer) this.#timer.ref();
    else this.#timer = this.#clock.setTimer(this.#delayMs, this.#fire);
  }

  /** Ends one before its time; one that has expired or was stopped is left as it is. */
  stop(timeout: Timeout): void {
    const { previous, next } = timeout;
    if (previous) previous.next = next;
    else if (this.#first === timeout) this.#first = next;
    else return;
    if (next) next.previous = previous;
    else this.#last = previous;
    timeout.previous = undefined;
    timeout.next = undefined;
    if (!this.#first) this.#timer?.unref();
  }

  #expire(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.monotonicMs();
    let first = this.#first;
    while (first && first.dueMs <= nowMs) {
      this.stop(first);
      first.expired();
      first = this.#first;
    }
    // What just expired may have begun another, which set a timer.
    if (first && !this.#timer) this.#timer = this.#clock.setTimer(first.dueMs - nowMs, this.#fire);
  }
}
