import type { Priority } from "../../resilience/gate.ts";
import { type Clock, SharedTimeouts, systemClock } from "../../time/index.ts";
import { FlowError } from "../errors.ts";
import { Codel, type CodelOptions } from "./codel.ts";
import { URGENCY } from "./urgency.ts";
import { Waiter, WaitingLine } from "./waiting-line.ts";

/** How many may be inside, how many may wait, and for how long. */
export interface AdmissionQueueOptions extends CodelOptions {
  /** Calls admitted at once; a whole number from 1. */
  readonly concurrent: number;
  /** Calls that may wait, over all priorities; a whole number from 0. Default 1,000. */
  readonly capacity?: number;
  /** Default `systemClock`. */
  readonly clock?: Clock;
}

/** A place that is held until it is released; releasing twice does nothing. Can be held with `using`. */
export interface Admission extends Disposable {
  release(): void;
}

/**
 * A waiting room in front of something that does only so much at once. It has nothing to close: its one timer runs while somebody
 * waits, which is for `intervalMs` at most.
 */
export interface AdmissionQueue {
  /**
   * Resolves with a place once there is one; at once while some are free. Default priority: `normal`.
   *
   * @throws FlowError `OVERLOADED` when the room is full, when more urgent calls needed the place, or when the call has waited
   * too long; `details` are `reason` (`"full"`, `"displaced"`, `"waited"`), `waitedMs` and `retryAfterMs`.
   * @throws the signal's reason when it aborts before the place is given.
   */
  enter(options?: { priority?: Priority; signal?: AbortSignal }): Promise<Admission>;
  /** Places held. */
  readonly admitted: number;
  /** Calls that wait. */
  readonly waiting: number;
  /** Whether the newest are served first, and nobody who has waited for more than twice the target. */
  readonly isOverloaded: boolean;
  /** How long the one has waited who has waited longest, in milliseconds; 0 when nobody waits. A reading for a load shedder. */
  readonly oldestWaitMs: number;
}

/**
 * A bounded waiting room by priority, whose waits `Codel` judges.
 *
 * The more urgent are served first, and those of one priority in order of their coming. Under overload the newest go first
 * (adaptive LIFO): there is time for a part of them only, and in order of coming each would be served just before or after
 * its caller gave up; newest first, those who are served are served at once. Nobody waits for longer than `intervalMs`,
 * whatever becomes of those who are inside. In a full room a call takes the place of the oldest among the least urgent
 * below it, or, under overload, of its own kind.
 *
 * Each step is O(1), if who is turned away counts with the step that let it in. Nobody leaves a timer or a listener behind,
 * however the wait ends.
 *
 * @throws RangeError when an option is out of its range.
 */
export function admissionQueue(options: AdmissionQueueOptions): AdmissionQueue {
  return new Room(options);
}

type Reason = "full" | "displaced" | "waited";

class Room implements AdmissionQueue {
  readonly #concurrent: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  readonly #codel: Codel;
  readonly #timeouts: SharedTimeouts;
  readonly #lines: readonly WaitingLine<Call>[] = Array.from({ length: 4 }, () => new WaitingLine<Call>());
  #admitted = 0;
  #waiting = 0;

  constructor(options: AdmissionQueueOptions) {
    const { concurrent, capacity = 1_000, clock = systemClock } = options;
    if (!Number.isSafeInteger(concurrent) || concurrent < 1) {
      throw new RangeError(`concurrent has to be a whole number from 1, not ${concurrent}`);
    }
    if (!Number.isSafeInteger(capacity) || capacity < 0) {
      throw new RangeError(`capacity has to be a whole number from 0, not ${capacity}`);
    }
    this.#concurrent = concurrent;
    this.#capacity = capacity;
    this.#clock = clock;
    this.#codel = new Codel(options);
    this.#timeouts = new SharedTimeouts(clock, this.#codel.intervalMs);
  }

  get admitted(): number {
    return this.#admitted;
  }

  get waiting(): number {
    return this.#waiting;
  }

  get isOverloaded(): boolean {
    return this.#codel.isOverloaded;
  }

  get oldestWaitMs(): number {
    return this.#waiting === 0 ? 0 : this.#oldestWait(this.#clock.monotonicMs());
  }

  enter(options: { priority?: Priority; signal?: AbortSignal } = {}): Promise<Admission> {
    const { priority = "normal", signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#admitted < this.#concurrent) {
      this.#admitted++;
      if (this.#codel.state.kind !== "good") this.#codel.observe(this.#clock.monotonicMs(), 0);
      return Promise.resolve(new Place(this));
    }
    const line = this.#lineOf(URGENCY[priority]);
    const nowMs = this.#clock.monotonicMs();
    if (this.#waiting >= this.#capacity) {
      const displaced = this.#displaceable(URGENCY[priority]);
      if (!displaced) return Promise.reject(this.#overloaded("full", 0));
      this.#turnAway(displaced, "displaced", nowMs);
    }
    return new Promise((resolve, reject) => {
      const call = new Call(this, line, nowMs, resolve, reject, signal);
      line.push(call);
      this.#waiting++;
      this.#timeouts.start(call);
      if (signal) signal.addEventListener("abort", call, { once: true });
    });
  }

  /** A place is free: the next who waits gets it. */
  passOn(): void {
    if (this.#waiting === 0) {
      this.#admitted--;
      if (this.#codel.state.kind !== "good") this.#codel.observe(this.#clock.monotonicMs(), 0);
      return;
    }
    const nowMs = this.#clock.monotonicMs();
    this.#codel.observe(nowMs, this.#oldestWait(nowMs));
    const { isOverloaded } = this.#codel;
    // Also when all is well: after a pause of the whole process, releases may come before the timer does.
    this.#turnAwayTheLate(nowMs);
    for (let urgency = this.#lines.length - 1; urgency >= 0; urgency--) {
      const line = this.#lineOf(urgency);
      const next = isOverloaded ? line.newest : line.oldest;
      if (!next) continue;
      this.leave(next);
      next.resolve(new Place(this));
      return;
    }
    this.#admitted--;
  }

  /** Takes a call out of the room, whatever for. */
  leave(call: Call): void {
    call.line.remove(call);
    this.#waiting--;
    this.#timeouts.stop(call);
    call.signal?.removeEventListener("abort", call);
  }

  expire(call: Call): void {
    this.#turnAway(call, "waited", this.#clock.monotonicMs());
  }

  #turnAwayTheLate(nowMs: number): void {
    const latestMs = nowMs - this.#codel.patienceMs;
    for (const line of this.#lines) {
      let oldest = line.oldest;
      while (oldest && oldest.enteredMs < latestMs) {
        this.#turnAway(oldest, "waited", nowMs);
        oldest = line.oldest;
      }
    }
  }

  #turnAway(call: Call, reason: Reason, nowMs: number): void {
    this.leave(call);
    call.reject(this.#overloaded(reason, nowMs - call.enteredMs));
  }

  /** Who makes place in a full room for a call of that urgency, if anybody does. */
  #displaceable(urgency: number): Call | undefined {
    for (let below = 0; below < urgency; below++) {
      const { oldest } = this.#lineOf(below);
      if (oldest) return oldest;
    }
    return this.isOverloaded ? this.#lineOf(urgency).oldest : undefined;
  }

  #oldestWait(nowMs: number): number {
    let earliestMs = nowMs;
    for (const { oldest } of this.#lines) {
      if (oldest && oldest.enteredMs < earliestMs) earliestMs = oldest.enteredMs;
    }
    return nowMs - earliestMs;
  }

  #lineOf(urgency: number): WaitingLine<Call> {
    const line = this.#lines[urgency];
    if (!line) throw new RangeError("priority is background, low, normal or critical");
    return line;
  }

  #overloaded(reason: Reason, waitedMs: number): FlowError {
    const message = {
      full: `turned away: ${this.#waiting} calls wait already`,
      displaced: "turned away: the room is full, and another call needed the place more",
      waited: `turned away after waiting for ${Math.round(waitedMs)} ms`,
    }[reason];
    // A stack would name whoever happened to come or go, and cost five times what else turning away does.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return new FlowError("OVERLOADED", {
        message,
        details: { reason, waitedMs, retryAfterMs: this.#codel.intervalMs },
      });
    } finally {
      Error.stackTraceLimit = limit;
    }
  }
}

class Call extends Waiter {
  readonly line: WaitingLine<Call>;
  readonly resolve: (place: Admission) => void;
  readonly reject: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly #room: Room;

  constructor(
    room: Room,
    line: WaitingLine<Call>,
    enteredMs: number,
    resolve: (place: Admission) => void,
    reject: (reason: unknown) => void,
    signal: AbortSignal | undefined,
  ) {
    super(enteredMs);
    this.#room = room;
    this.line = line;
    this.resolve = resolve;
    this.reject = reject;
    this.signal = signal;
  }

  expired(): void {
    this.#room.expire(this);
  }

  /** The signal aborted: as its listener, the call needs no function of its own. */
  handleEvent(): void {
    this.#room.leave(this);
    this.reject(this.signal?.reason);
  }
}

class Place implements Admission {
  #room: Room | undefined;

  constructor(room: Room) {
    this.#room = room;
  }

  release(): void {
    const room = this.#room;
    this.#room = undefined;
    room?.passOn();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
