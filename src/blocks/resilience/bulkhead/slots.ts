/** Somebody who waits for a slot, as a link of the line. */
export interface Waiting<Kind> {
  ahead: Kind | undefined;
  behind: Kind | undefined;
}

/**
 * A number of slots, and a line of bounded length before them: first come, first served. Every step takes constant time. Pure:
 * it says who is next, and the caller wakes them.
 *
 * Laws: never more than `concurrent` hold a slot, never more than `queue` wait, and whoever waits is served before whoever came
 * later.
 */
export class Slots<Kind extends Waiting<Kind>> {
  readonly #concurrent: number;
  readonly #queue: number;
  #held = 0;
  #waiting = 0;
  #first: Kind | undefined;
  #last: Kind | undefined;

  /** `concurrent`: slots, at least 1. `queue`: places in the line, at least 0. Throws a `RangeError` for others. */
  constructor(concurrent: number, queue: number) {
    if (!(Number.isSafeInteger(concurrent) && concurrent >= 1))
      throw new RangeError(`bulkhead: concurrent has to be a whole number of at least 1, not ${concurrent}`);
    if (!(Number.isSafeInteger(queue) && queue >= 0))
      throw new RangeError(`bulkhead: queue has to be a whole number of at least 0, not ${queue}`);
    this.#concurrent = concurrent;
    this.#queue = queue;
  }

  get held(): number {
    return this.#held;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Takes a free slot. There is none while anybody waits. */
  take(): boolean {
    if (this.#held >= this.#concurrent) return false;
    this.#held++;
    return true;
  }

  /** Joins the end of the line, where there is room. To be called when `take` has said no. */
  wait(one: Kind): boolean {
    if (this.#waiting >= this.#queue) return false;
    this.#waiting++;
    one.ahead = this.#last;
    if (this.#last) this.#last.behind = one;
    else this.#first = one;
    this.#last = one;
    return true;
  }

  /** Steps out of the line, in which it stands. */
  leaveLine(one: Kind): void {
    this.#waiting--;
    if (one.ahead) one.ahead.behind = one.behind;
    else this.#first = one.behind;
    if (one.behind) one.behind.ahead = one.ahead;
    else this.#last = one.ahead;
    one.ahead = undefined;
    one.behind = undefined;
  }

  /** Gives a slot back. It goes to the first in the line, who is returned and no longer waits. */
  giveBack(): Kind | undefined {
    const next = this.#first;
    if (next) this.leaveLine(next);
    else this.#held--;
    return next;
  }
}
