import type { EventHandler, Simulation } from "../simulation.ts";

/** A thread, as those who share processors see it. */
export interface ThreadWork {
  /** Milliseconds of processor time until it has come to the end of a step. Counted down as it runs. */
  needMs: number;
  /** A step is over. True when there is another, whose `needMs` is set; false when the thread goes to sleep, until `wake`. */
  stepOver(): boolean;
}

export interface ProcessorsOptions {
  /** How many there are: a whole number from 1. */
  readonly cores: number;
  /** Milliseconds that a thread keeps a processor while others wait for it; above 0. Default 3, see `Processors`. */
  readonly sliceMs?: number;
}

const NOBODY = -1;
/** Less than this is nothing: what is left over when times are added up. */
const NOTHING_MS = 1e-6;

/**
 * The processors of one machine, shared by the threads of all its processes as Linux shares them between equals.
 *
 * Each processor has a line of its own. Who wakes up goes where it ran last; when that is busy, to one that is idle; and when all are, it waits where it
 * ran last. Nobody is interrupted before its slice is over. Whoever has run least is next; who slept is not paid for all that it slept.
 * An idle processor takes nobody from the others' lines until a whole slice has run while somebody waited, as a busy processor of the kernel wakes an
 * idle one for that at its tick. So, as on a real machine, a process waits behind another's slice although the rest of the machine is at leisure, and
 * two that never sleep do not stay on one processor.
 *
 * The slice is as it was found to fit measured systems, between the base slice (1.4 ms on two processors) and the kernel's tick at 250 Hz (4 ms) that
 * enforces it. Sources: Stoica and Abdel-Wahab, "Earliest Eligible Virtual Deadline First" (1995); the Linux kernel's documentation of
 * its EEVDF scheduler. Pure.
 */
export class Processors implements EventHandler {
  readonly #simulation: Simulation;
  readonly #cores: number;
  readonly #sliceMs: number;
  readonly #threads: ThreadWork[] = [];
  // By thread.
  readonly #ranMs: number[] = [];
  readonly #coreOf: number[] = [];
  // By processor.
  readonly #running: Int32Array;
  readonly #waiting: number[][];
  readonly #startedMs: Float64Array;
  readonly #sliceEndsMs: Float64Array;
  /** What those that are there have run at least. */
  readonly #leastRanMs: Float64Array;
  #busyMs = 0;

  /** @throws RangeError when an option is out of its range. */
  constructor(simulation: Simulation, { cores, sliceMs = 3 }: ProcessorsOptions) {
    if (!Number.isInteger(cores) || cores < 1 || cores > 4_096) {
      throw new RangeError(`cores has to be a whole number from 1 to 4,096, not ${cores}`);
    }
    if (!(sliceMs > 0)) throw new RangeError(`sliceMs has to be above 0, not ${sliceMs}`);
    this.#simulation = simulation;
    this.#cores = cores;
    this.#sliceMs = sliceMs;
    this.#running = new Int32Array(cores).fill(NOBODY);
    this.#waiting = Array.from({ length: cores }, () => []);
    this.#startedMs = new Float64Array(cores);
    this.#sliceEndsMs = new Float64Array(cores);
    this.#leastRanMs = new Float64Array(cores);
  }

  get cores(): number {
    return this.#cores;
  }

  /** Milliseconds in which a processor was busy, of all together, up to the last step that was over. */
  get busyMs(): number {
    return this.#busyMs;
  }

  /** Adds a thread that sleeps. Gives its number. */
  add(work: ThreadWork): number {
    const thread = this.#threads.length;
    this.#threads.push(work);
    this.#ranMs.push(0);
    this.#coreOf.push(thread % this.#cores);
    return thread;
  }

  /** A thread that slept has something to do: its `needMs` is set. */
  wake(thread: number): void {
    const last = this.#coreOf[thread] as number;
    const core = this.#isIdle(last) ? last : this.#idleOr(last);
    if (core !== last) this.#move(thread, core);
    const least = this.#leastRanMs[core] as number;
    this.#ranMs[thread] = Math.max(this.#ranMs[thread] as number, least - this.#sliceMs / 2);
    if (this.#running[core] === NOBODY) this.#begin(core, thread);
    else this.#waiting[core]?.push(thread);
  }

  /** A step, or a slice, is over. */
  happen(core: number): void {
    const thread = this.#running[core] as number;
    const work = this.#threads[thread];
    if (work === undefined) return;
    const nowMs = this.#simulation.nowMs;
    const ranMs = nowMs - (this.#startedMs[core] as number);
    this.#busyMs += ranMs;
    this.#ranMs[thread] = (this.#ranMs[thread] as number) + ranMs;
    work.needMs -= ranMs;
    const isReady = work.needMs > NOTHING_MS || work.stepOver();
    if (isReady && nowMs < (this.#sliceEndsMs[core] as number) - NOTHING_MS) {
      this.#run(core);
      return;
    }
    this.#running[core] = NOBODY;
    if (isReady) this.#waiting[core]?.push(thread);
    this.#next(core, thread);
    if (isReady) this.#balance(core);
  }

  /** After a whole slice somebody still waits here: a processor that is idle by then takes over who has run least of those. */
  #balance(core: number): void {
    const waiting = this.#waiting[core] as number[];
    if (waiting.length === 0) return;
    const idle = this.#idleOr(core);
    if (idle === core) return;
    const thread = this.#takeLeast(waiting);
    this.#move(thread, idle);
    this.#begin(idle, thread);
  }

  #next(core: number, last: number): void {
    const thread = this.#takeLeast(this.#waiting[core] as number[]);
    const reachedMs = this.#ranMs[thread === NOBODY ? last : thread] as number;
    this.#leastRanMs[core] = Math.max(this.#leastRanMs[core] as number, reachedMs);
    if (thread !== NOBODY) this.#begin(core, thread);
  }

  /** Takes who has run least of those that wait out of their line: `NOBODY` when nobody waits. */
  #takeLeast(waiting: number[]): number {
    let at = NOBODY;
    let leastMs = Number.POSITIVE_INFINITY;
    for (let place = 0; place < waiting.length; place++) {
      const ranMs = this.#ranMs[waiting[place] as number] as number;
      if (ranMs >= leastMs) continue;
      leastMs = ranMs;
      at = place;
    }
    return at === NOBODY ? NOBODY : (waiting.splice(at, 1)[0] ?? NOBODY);
  }

  #begin(core: number, thread: number): void {
    this.#running[core] = thread;
    this.#sliceEndsMs[core] = this.#simulation.nowMs + this.#sliceMs;
    this.#run(core);
  }

  #run(core: number): void {
    const nowMs = this.#simulation.nowMs;
    const needMs = this.#threads[this.#running[core] as number]?.needMs ?? 0;
    this.#startedMs[core] = nowMs;
    this.#simulation.at(Math.min(nowMs + needMs, this.#sliceEndsMs[core] as number), this, core);
  }

  #isIdle(core: number): boolean {
    return this.#running[core] === NOBODY && this.#waiting[core]?.length === 0;
  }

  #idleOr(last: number): number {
    for (let core = 0; core < this.#cores; core++) if (this.#isIdle(core)) return core;
    return last;
  }

  /** On another processor it stands where those there stand. */
  #move(thread: number, core: number): void {
    this.#coreOf[thread] = core;
    this.#ranMs[thread] = this.#leastRanMs[core] as number;
  }
}
