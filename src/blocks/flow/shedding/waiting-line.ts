import { Timeout } from "../../time/index.ts";

/** Somebody who waits, as a link of a line and as a timeout at once, so that it costs one object. */
export abstract class Waiter extends Timeout {
  readonly enteredMs: number;
  older: Waiter | undefined = undefined;
  newer: Waiter | undefined = undefined;

  constructor(enteredMs: number) {
    super();
    this.enteredMs = enteredMs;
  }
}

/** Those of one priority who wait, in order of their coming. Every step is O(1). */
export class WaitingLine<Kind extends Waiter> {
  #oldest: Kind | undefined;
  #newest: Kind | undefined;

  get oldest(): Kind | undefined {
    return this.#oldest;
  }

  get newest(): Kind | undefined {
    return this.#newest;
  }

  push(waiter: Kind): void {
    const newest = this.#newest;
    waiter.older = newest;
    if (newest) newest.newer = waiter;
    else this.#oldest = waiter;
    this.#newest = waiter;
  }

  /** Takes out one who stands in this line. */
  remove(waiter: Kind): void {
    // Only this line links its waiters, so the neighbours are of its kind.
    const older = waiter.older as Kind | undefined;
    const newer = waiter.newer as Kind | undefined;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    waiter.older = undefined;
    waiter.newer = undefined;
  }
}
