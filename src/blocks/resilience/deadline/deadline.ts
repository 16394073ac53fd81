import { AsyncLocalStorage } from "node:async_hooks";
import { type Clock, turnClock } from "../../time/index.ts";

/** The moment by which whoever asked first wants to have the answer. */
export class Deadline {
  /** On the monotonic time of `clock`. */
  readonly atMs: number;
  readonly clock: Clock;

  /** `inMs`: milliseconds from now; 0 or less is a deadline that has passed. Default clock: the machine's. */
  constructor(inMs: number, clock: Clock = turnClock()) {
    if (Number.isNaN(inMs)) throw new RangeError("a deadline has to be in a number of milliseconds, not NaN");
    this.clock = clock;
    this.atMs = clock.monotonicMs() + inMs;
  }

  /** Milliseconds left; negative once it has passed. */
  get remainingMs(): number {
    return this.atMs - this.clock.monotonicMs();
  }

  get hasPassed(): boolean {
    return this.remainingMs <= 0;
  }
}

const current = new AsyncLocalStorage<Deadline | undefined>();

/** The deadline that the running work is under, if any. It follows the work through every `await`. */
export function currentDeadline(): Deadline | undefined {
  return current.getStore();
}

/**
 * Runs work under a deadline: every policy that is called within it gets at most what is left. A deadline never grows: one
 * that the caller is already under stays in force when it is earlier.
 */
export function withDeadline<Value>(deadline: Deadline, work: () => Value): Value {
  const outer = current.getStore();
  const earlier = outer && outer.remainingMs < deadline.remainingMs ? outer : deadline;
  return current.run(earlier, work);
}
