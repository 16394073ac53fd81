import { OrderedHeap } from "./events/ordered-heap.ts";
import { widened } from "./widened.ts";

/** What an event calls: the part that planned it. One object may serve for any number of events, told apart by their subjects. */
export interface EventHandler {
  /** The event's time has come: it is the simulation's `nowMs`. `subject`: what was given when it was planned. */
  happen(subject: number): void;
}

/** Why a run came to its end: its time was over, nothing more was planned, somebody stopped it, or too much happened. */
export type RunEnd = "time" | "idle" | "stopped" | "events";

export interface SimulationOptions {
  /** How many events may be planned at once, 1 to 2^22; at it, planning throws a `RangeError`. Default 2^22: about 200 MiB. */
  readonly pendingMax?: number;
  /** After so many events a run ends with `events`, however much is planned. Default 10^10: some hours. */
  readonly eventsMax?: number;
}

/** Entries of the heap are below this, so that one number can hold an entry and how often it was used before: 22 bits and 31. */
const ENTRIES = 2 ** 22;
const USES_MASK = 0x7fff_ffff;
const FIRST_CAPACITY = 64;

/**
 * A world whose time passes from event to event: the core that all of a simulation runs on.
 *
 * Parts plan events for themselves (`at`, `after`) and act when these happen. Those of one time happen in the order of their planning,
 * so that equal inputs give equal runs. Time is in milliseconds from 0, as a double: exact to a nanosecond for 50 days.
 *
 * Planning and happening make no objects: an event is a handler and a subject, by convention an index into arrays of the handler's.
 * Pure: nothing here asks the machine for time or chance.
 */
export class Simulation {
  readonly #heap: OrderedHeap;
  readonly #eventsMax: number;
  // By entry of the heap.
  #handlers: (EventHandler | undefined)[] = new Array(FIRST_CAPACITY).fill(undefined);
  #subjects = new Float64Array(FIRST_CAPACITY);
  /** How often an entry was used before: what a stale name does not match. */
  #uses = new Int32Array(FIRST_CAPACITY);
  #nowMs = 0;
  #events = 0;
  #isStopped = false;
  #owesPromises = false;

  /** @throws RangeError when an option is out of its range. */
  constructor(options: SimulationOptions = {}) {
    const { pendingMax = ENTRIES, eventsMax = 1e10 } = options;
    if (!(pendingMax <= ENTRIES))
      throw new RangeError(`pendingMax has to be at most 2^22, not ${pendingMax}`);
    this.#heap = new OrderedHeap(pendingMax);
    if (!(eventsMax >= 1)) throw new RangeError(`eventsMax has to be 1 or more, not ${eventsMax}`);
    this.#eventsMax = eventsMax;
  }

  /** Milliseconds since the simulation's start. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many events have happened. */
  get events(): number {
    return this.#events;
  }

  /** How many events are planned. */
  get pending(): number {
    return this.#heap.size;
  }

  /** When the next event is planned for; `Infinity` when none is. */
  get nextMs(): number {
    return this.#heap.leastKey;
  }

  /**
   * Plans an event that nobody will cancel, for a time from now on; one before now is taken as now, and `Infinity` as never.
   * `subject` is handed back to the handler.
   *
   * @throws RangeError when the time is no number, or when too many events are planned.
   */
  at(timeMs: number, handler: EventHandler, subject = 0): void {
    if (timeMs !== Number.POSITIVE_INFINITY) this.#plan(timeMs, handler, subject);
  }

  /** As `at`, after a delay in milliseconds. */
  after(delayMs: number, handler: EventHandler, subject = 0): void {
    this.at(this.#nowMs + delayMs, handler, subject);
  }

  /**
   * As `at`, and gives the event's name for `cancel`. Names are never used twice. Never is a time that takes no room: its name is -1.
   */
  cancellableAt(timeMs: number, handler: EventHandler, subject = 0): number {
    if (timeMs === Number.POSITIVE_INFINITY) return -1;
    const entry = this.#plan(timeMs, handler, subject);
    return (this.#uses[entry] as number) * ENTRIES + entry;
  }

  /** As `cancellableAt`, after a delay in milliseconds. */
  cancellableAfter(delayMs: number, handler: EventHandler, subject = 0): number {
    return this.cancellableAt(this.#nowMs + delayMs, handler, subject);
  }

  /** Takes an event out of the plan at once. False when it has happened, was cancelled before, or never was. */
  cancel(event: number): boolean {
    if (event < 0) return false;
    const entry = event % ENTRIES;
    if (this.#uses[entry] !== (event - entry) / ENTRIES || !this.#heap.remove(entry)) return false;
    this.#forget(entry);
    return true;
  }

  /** Whether an event is planned still. */
  isPlanned(event: number): boolean {
    const entry = event % ENTRIES;
    return event >= 0 && this.#uses[entry] === (event - entry) / ENTRIES && this.#heap.has(entry);
  }

  /**
   * Lets happen what is planned up to and including `untilMs`. When that is all, time stands at `untilMs` afterwards; when the run was
   * stopped, at the last event. A run may be followed by another.
   *
   * @throws Error when code that uses promises took part, which needs `runWithPromises`. What a handler throws comes through, and
   * the simulation is as it was at that event.
   */
  run(untilMs = Number.POSITIVE_INFINITY): RunEnd {
    this.#isStopped = false;
    while (!this.#isStopped) {
      const end = this.#step(untilMs);
      if (end) return end;
      if (this.#owesPromises) {
        throw new Error("promises take part in this simulation: it has to be run by runWithPromises");
      }
    }
    return "stopped";
  }

  /**
   * As `run`, for simulations in which promises take part: after each event that let such code run (see `SimulationClock`) it waits
   * until `settled` resolves, by when all promises that can settle have to have settled. Other events cost what they cost in `run`.
   */
  async runWithPromises(settled: () => Promise<void>, untilMs = Number.POSITIVE_INFINITY): Promise<RunEnd> {
    this.#isStopped = false;
    for (;;) {
      if (this.#owesPromises) {
        this.#owesPromises = false;
        await settled();
      }
      if (this.#isStopped) return "stopped";
      const end = this.#step(untilMs);
      if (end) return end;
    }
  }

  /** Ends the run after the event that is happening. */
  stop(): void {
    this.#isStopped = true;
  }

  /** To be called when code ran that may have settled a promise: no further event happens before all have settled. */
  owePromises(): void {
    this.#owesPromises = true;
  }

  #step(untilMs: number): RunEnd | undefined {
    const heap = this.#heap;
    const timeMs = heap.leastKey;
    if (timeMs > untilMs || timeMs === Number.POSITIVE_INFINITY) {
      if (untilMs !== Number.POSITIVE_INFINITY) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return "time";
      }
      return "idle";
    }
    if (this.#events >= this.#eventsMax) return "events";
    const entry = heap.takeLeast();
    const handler = this.#handlers[entry];
    const subject = this.#subjects[entry] as number;
    this.#forget(entry);
    this.#nowMs = timeMs;
    this.#events++;
    handler?.happen(subject);
    return undefined;
  }

  #plan(timeMs: number, handler: EventHandler, subject: number): number {
    const nowMs = this.#nowMs;
    const dueMs = Math.max(timeMs, nowMs);
    if (Number.isNaN(timeMs)) throw new RangeError("an event cannot be planned for a time that is no number");
    const entry = this.#heap.add(dueMs);
    if (entry < 0) throw new RangeError(`too many events are planned at once: ${this.#heap.size}`);
    if (entry >= this.#subjects.length) this.#grow();
    this.#handlers[entry] = handler;
    this.#subjects[entry] = subject;
    return entry;
  }

  #forget(entry: number): void {
    this.#handlers[entry] = undefined;
    // Begins anew after two billion uses of one entry: a name would have to be kept for as long to be mistaken.
    this.#uses[entry] = ((this.#uses[entry] as number) + 1) & USES_MASK;
  }

  #grow(): void {
    const { capacity } = this.#heap;
    this.#subjects = widened(this.#subjects, new Float64Array(capacity));
    this.#uses = widened(this.#uses, new Int32Array(capacity));
    for (let entry = this.#handlers.length; entry < capacity; entry++) this.#handlers.push(undefined);
  }
}
