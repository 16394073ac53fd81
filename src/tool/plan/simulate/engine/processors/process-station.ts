import type { Simulation } from "../simulation.ts";
import { JobTable, NONE } from "../stations/job-table.ts";
import type { StationOwner } from "../stations/station.ts";
import { StationStatistics } from "../stations/station-statistics.ts";
import { WaitingLines } from "../stations/waiting-lines.ts";
import type { Processors, ThreadWork } from "./processors.ts";

export interface ProcessStationOptions {
  /** 1 is an event loop, which takes up all that has come whenever it turns; more are workers that each take one job at a time. */
  readonly threads: number;
  /** Processor time that it costs to wake up and look what there is, in milliseconds; of an event loop for all that it takes up together. Default 0. */
  readonly turnMs?: number;
  /** How many have come besides, that whoever owns the station hands over one by one: an event loop takes them up with the others. Default none. */
  readonly waiting?: () => number;
  /** Jobs that may wait, from 0; at it, those that arrive are refused. Default 1,000,000. */
  readonly waitingMax?: number;
}

/**
 * A process that works on its machine's processors: what a job needs is processor time, and how long it takes depends on who else there runs.
 * The more there is to do, the less it costs to wake up for each: so a busy event loop does more with the same processor. Pure.
 */
export class ProcessStation {
  readonly statistics: StationStatistics;
  readonly #simulation: Simulation;
  readonly #owner: StationOwner;
  readonly #waitingMax: number;
  readonly #table = new JobTable();
  readonly #waiting: WaitingLines;
  readonly #workers: Worker[];
  #busy = 0;

  /** @throws RangeError when an option is out of its range. */
  constructor(
    simulation: Simulation,
    processors: Processors,
    options: ProcessStationOptions,
    owner: StationOwner,
  ) {
    const { threads, turnMs = 0, waiting, waitingMax = 1_000_000 } = options;
    if (!Number.isInteger(threads) || threads < 1 || threads > 10_000) {
      throw new RangeError(`threads has to be a whole number from 1 to 10,000, not ${threads}`);
    }
    if (!(turnMs >= 0)) throw new RangeError(`turnMs has to be 0 or more, not ${turnMs}`);
    if (!(waitingMax >= 0)) throw new RangeError(`waitingMax has to be 0 or more, not ${waitingMax}`);
    this.#simulation = simulation;
    this.#owner = owner;
    this.#waitingMax = waitingMax;
    this.#waiting = new WaitingLines(this.#table, "first-come");
    this.statistics = new StationStatistics(threads);
    const isLoop = threads === 1;
    const host: WorkerHost = {
      turnMs,
      takeUp: () => (isLoop ? this.#waiting.size + (waiting?.() ?? 0) : Math.min(1, this.#waiting.size)),
      begin: () => this.#begin(),
      needMs: (place) => this.#table.needsMs[place] as number,
      over: (place) => this.#over(place),
    };
    this.#workers = Array.from({ length: threads }, () => new Worker(processors, host));
  }

  get jobs(): number {
    return this.#table.size;
  }

  arrive(job: number, serviceMs: number): number {
    const { statistics } = this;
    statistics.arrived++;
    const asleep =
      this.#waiting.size < this.#workers.length ? this.#workers.find((one) => one.isAsleep) : undefined;
    const isFull = asleep === undefined && this.#waiting.size >= this.#waitingMax;
    const place = isFull ? NONE : this.#table.take(job, serviceMs, this.#simulation.nowMs);
    if (place === NONE) {
      statistics.refused++;
      return NONE;
    }
    this.#waiting.add(place, 0);
    statistics.waiting.set(this.#simulation.nowMs, this.#waiting.size);
    const ticket = this.#table.ticketOf(place);
    asleep?.wake();
    return ticket;
  }

  /** Processor time that was spent is spent: a job in service goes on to its end, and nobody is told. */
  withdraw(ticket: number): boolean {
    const place = this.#table.placeOf(ticket);
    if (place === NONE || this.#table.endings[place] === FORGOTTEN) return false;
    this.statistics.withdrawn++;
    this.#forget(place);
    return true;
  }

  #begin(): number {
    if (this.#waiting.size === 0) return NONE;
    const { statistics } = this;
    const nowMs = this.#simulation.nowMs;
    const table = this.#table;
    const place = this.#waiting.take();
    statistics.waiting.set(nowMs, this.#waiting.size);
    statistics.waitMs.record(nowMs - (table.arrivedMs[place] as number));
    table.endings[place] = RUNNING;
    statistics.busy.set(nowMs, ++this.#busy);
    return place;
  }

  #over(place: number): void {
    const table = this.#table;
    const nowMs = this.#simulation.nowMs;
    const job = table.jobs[place] as number;
    const isForgotten = table.endings[place] === FORGOTTEN;
    this.statistics.busy.set(nowMs, --this.#busy);
    if (!isForgotten) {
      this.statistics.served++;
      this.statistics.responseMs.record(nowMs - (table.arrivedMs[place] as number));
    }
    table.release(place);
    if (!isForgotten) this.#owner.served(job);
  }

  #forget(place: number): void {
    if (this.#table.endings[place] === RUNNING) {
      this.#table.endings[place] = FORGOTTEN;
      return;
    }
    this.#waiting.remove(place);
    this.statistics.waiting.set(this.#simulation.nowMs, this.#waiting.size);
    this.#table.release(place);
  }
}

/** Marks in a table's `endings`: nothing is planned for a job's end, the processors tell it. */
const RUNNING = -2;
const FORGOTTEN = -3;

interface WorkerHost {
  readonly turnMs: number;
  /** How many to take up in a turn that begins now. */
  takeUp(): number;
  /** Lets the next one begin: its place, or `NONE` when nobody waits any more. */
  begin(): number;
  needMs(place: number): number;
  over(place: number): void;
}

/** One thread: a turn, then the jobs that it took up, one after the other, and over again until there are none. */
class Worker implements ThreadWork {
  needMs = 0;
  readonly #processors: Processors;
  readonly #host: WorkerHost;
  readonly #thread: number;
  #isAsleep = true;
  #left = 0;
  #place = NONE;

  constructor(processors: Processors, host: WorkerHost) {
    this.#processors = processors;
    this.#host = host;
    this.#thread = processors.add(this);
  }

  get isAsleep(): boolean {
    return this.#isAsleep;
  }

  wake(): void {
    this.#isAsleep = false;
    this.#turn();
    this.#processors.wake(this.#thread);
  }

  stepOver(): boolean {
    const place = this.#place;
    this.#place = NONE;
    if (place !== NONE) this.#host.over(place);
    if (this.#left > 0) {
      this.#left--;
      this.#place = this.#host.begin();
      if (this.#place !== NONE) {
        this.needMs = this.#host.needMs(this.#place);
        return true;
      }
    }
    if (this.#host.takeUp() > 0) {
      this.#turn();
      return true;
    }
    this.#isAsleep = true;
    return false;
  }

  #turn(): void {
    this.needMs = this.#host.turnMs;
    this.#left = Math.max(1, this.#host.takeUp());
  }
}
