import type { EventHandler, Simulation } from "../simulation.ts";
import { JobTable, NONE } from "./job-table.ts";
import type { Station, StationOwner } from "./station.ts";
import { StationStatistics } from "./station-statistics.ts";
import { type ServiceOrder, WaitingLines } from "./waiting-lines.ts";

export interface QueueingStationOptions {
  /** Jobs that are served at once, 0 or more; `Infinity`: nobody ever waits. */
  readonly servers: number;
  /** Jobs that may wait, from 0; at it, those that arrive are refused. Default 1,000,000: bounded, but hardly felt. */
  readonly waitingMax?: number;
  /** Default `first-come`. Whoever is in service stays there. */
  readonly order?: ServiceOrder;
  /**
   * Asked when a job's turn has come: false drops it as `turned-away`, and the next one's turn comes. For load shedding at the queue's head. `waitedMs`: how
   * long this one waited; `oldestMs`: how long the one that has waited longest did.
   */
  readonly mayBegin?: (job: number, waitedMs: number, oldestMs: number) => boolean;
}

/** Some servers, and a line before them. A service that has begun is not interrupted. */
export class QueueingStation implements Station, EventHandler {
  readonly statistics: StationStatistics;
  readonly #simulation: Simulation;
  readonly #owner: StationOwner;
  readonly #waitingMax: number;
  readonly #mayBegin: QueueingStationOptions["mayBegin"];
  readonly #table = new JobTable();
  readonly #waiting: WaitingLines;
  #servers: number;
  #slowness = 1;
  #busy = 0;

  /** @throws RangeError when an option is out of its range. */
  constructor(simulation: Simulation, options: QueueingStationOptions, owner: StationOwner) {
    const { servers, waitingMax = 1_000_000, order = "first-come" } = options;
    checkServers(servers);
    if (!(waitingMax >= 0)) throw new RangeError(`waitingMax has to be 0 or more, not ${waitingMax}`);
    this.#simulation = simulation;
    this.#owner = owner;
    this.#servers = servers;
    this.#waitingMax = waitingMax;
    this.#mayBegin = options.mayBegin;
    this.#waiting = new WaitingLines(this.#table, order);
    this.statistics = new StationStatistics(servers);
  }

  get jobs(): number {
    return this.#table.size;
  }

  /** Jobs in service. */
  get busy(): number {
    return this.#busy;
  }

  /** Jobs that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  arrive(job: number, serviceMs: number, urgency = 0): number {
    const { statistics } = this;
    statistics.arrived++;
    const nowMs = this.#simulation.nowMs;
    // Somebody may wait before a free server while others are let in or turned away, and come first.
    const waits = this.#busy >= this.#servers || this.#waiting.size > 0;
    const isFull = waits && this.#waiting.size >= this.#waitingMax;
    const place = isFull ? NONE : this.#table.take(job, serviceMs, nowMs);
    if (place === NONE) {
      statistics.refused++;
      return NONE;
    }
    if (waits) {
      this.#waiting.add(place, urgency);
      statistics.waiting.set(nowMs, this.#waiting.size);
    } else this.#begin(place, nowMs);
    return this.#table.ticketOf(place);
  }

  withdraw(ticket: number): boolean {
    const place = this.#table.placeOf(ticket);
    if (place === NONE) return false;
    this.statistics.withdrawn++;
    this.#remove(place);
    this.#fill();
    return true;
  }

  fail(): void {
    const table = this.#table;
    const lost: number[] = [];
    for (let place = 0; place < table.end; place++) {
      if (!table.isTaken(place)) continue;
      lost.push(table.jobs[place] as number);
      this.#remove(place);
    }
    this.statistics.dropped += lost.length;
    for (const job of lost) this.#owner.dropped?.(job, "failed");
  }

  setServers(servers: number): void {
    checkServers(servers);
    this.#servers = servers;
    this.statistics.setServers(this.#simulation.nowMs, servers);
    this.#fill();
  }

  setSlowness(factor: number): void {
    checkSlowness(factor);
    this.#slowness = factor;
  }

  /** A service is over. */
  happen(place: number): void {
    const table = this.#table;
    const nowMs = this.#simulation.nowMs;
    const { statistics } = this;
    const job = table.jobs[place] as number;
    statistics.served++;
    statistics.responseMs.record(nowMs - (table.arrivedMs[place] as number));
    table.release(place);
    this.#busy--;
    if (this.#waiting.size > 0) this.#fill();
    if (this.#busy !== statistics.busy.level) statistics.busy.set(nowMs, this.#busy);
    this.#owner.served(job);
  }

  #begin(place: number, nowMs: number): void {
    const table = this.#table;
    const { statistics } = this;
    statistics.waitMs.record(nowMs - (table.arrivedMs[place] as number));
    this.#busy++;
    if (this.#busy !== statistics.busy.level) statistics.busy.set(nowMs, this.#busy);
    table.endings[place] = this.#simulation.cancellableAfter(
      (table.needsMs[place] as number) * this.#slowness,
      this,
      place,
    );
  }

  /** Lets those begin whose turn has come. */
  #fill(): void {
    const nowMs = this.#simulation.nowMs;
    const before = this.#waiting.size;
    while (this.#busy < this.#servers && this.#waiting.size > 0) {
      const oldest = this.#mayBegin ? this.#waiting.oldest : NONE;
      const oldestMs = oldest === NONE ? 0 : nowMs - (this.#table.arrivedMs[oldest] as number);
      const place = this.#waiting.take();
      if (this.#isTurnedAway(place, nowMs, oldestMs)) continue;
      this.#begin(place, nowMs);
    }
    if (this.#waiting.size !== before) this.statistics.waiting.set(nowMs, this.#waiting.size);
  }

  #isTurnedAway(place: number, nowMs: number, oldestMs: number): boolean {
    const mayBegin = this.#mayBegin;
    if (!mayBegin) return false;
    const job = this.#table.jobs[place] as number;
    if (mayBegin(job, nowMs - (this.#table.arrivedMs[place] as number), oldestMs)) return false;
    this.#table.release(place);
    this.statistics.dropped++;
    this.#owner.dropped?.(job, "turned-away");
    return true;
  }

  #remove(place: number): void {
    const ending = this.#table.endings[place] as number;
    const nowMs = this.#simulation.nowMs;
    if (ending === NONE) {
      this.#waiting.remove(place);
      this.statistics.waiting.set(nowMs, this.#waiting.size);
    } else {
      this.#simulation.cancel(ending);
      this.#busy--;
      this.statistics.busy.set(nowMs, this.#busy);
    }
    this.#table.release(place);
  }
}

export function checkServers(servers: number): void {
  if (!(servers >= 0)) throw new RangeError(`servers has to be 0 or more, not ${servers}`);
}

export function checkSlowness(factor: number): void {
  if (factor > 0 && factor < Number.POSITIVE_INFINITY) return;
  throw new RangeError(`slowness has to be above 0 and finite, not ${factor}`);
}
