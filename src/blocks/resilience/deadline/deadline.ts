import { AsyncLocalStorage } from "node:async_hooks";
import type { Clock } from "../../time/index.ts";
import { realWorld } from "../world.ts";

/** The moment by which whoever asked first wants to have the answer. */
export class Deadline {
  /** On the monotonic time of `clock`. */
  readonly atMs: number;
  readonly clock: Clock;

  /**
   * `inMs`: milliseconds from now; 0 or less is a deadline that has passed, `Infinity` one that never does. Default clock: the
   * machine's. Throws a `RangeError` for NaN.
   */
  constructor(inMs: number, clock: Clock = realWorld.clock) {
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
 * that the caller is already under stays in force when it is earlier. Further arguments are passed to the work.
 *
 * It ends nothing by itself: `timeout` and `deadline` in a policy do.
 */
export function withDeadline<Value, Args extends unknown[]>(
  deadline: Deadline,
  work: (...args: Args) => Value,
  ...args: Args
): Value {
  const outer = current.getStore();
  return current.run(outer ? earlierOf(outer, deadline) : deadline, work, ...args);
}

/** The one that passes first. */
export function earlierOf(one: Deadline, other: Deadline): Deadline {
  if (one.clock === other.clock) return other.atMs < one.atMs ? other : one;
  return other.remainingMs < one.remainingMs ? other : one;
}
