import { OrderedHeap } from "../events/ordered-heap.ts";
import type { EventHandler, Simulation } from "../simulation.ts";
import { widened } from "../widened.ts";
import { JobTable, NONE } from "./job-table.ts";
import { checkServers, checkSlowness } from "./queueing-station.ts";
import type { Station, StationOwner } from "./station.ts";
import { StationStatistics } from "./station-statistics.ts";

export interface SharingStationOptions {
  /** Processors, of which a job can use one at most; 0 or more, and a fraction is a share of one, as containers get it. */
  readonly servers: number;
  /** Jobs that may be there at once, 0 or more; at it, those that arrive are refused. Default 1,000,000. */
  readonly jobsMax?: number;
}

/**
 * Processors that all jobs share evenly, as an operating system has it: nobody waits, and everybody is slower (egalitarian processor sharing;
 * Kleinrock, "Time-shared systems", 1967). With more jobs than processors each gets servers / jobs of one.
 *
 * All jobs advance alike, so what counts is how far a job that never left would have come: a job is over when that has advanced by
 * what it needs, and those that are next to be over are kept in a heap. An arrival costs its logarithm, whatever the number of jobs.
 */
export class SharingStation implements Station, EventHandler {
  readonly statistics: StationStatistics;
  readonly #simulation: Simulation;
  readonly #owner: StationOwner;
  readonly #jobsMax: number;
  readonly #table = new JobTable();
  /** Jobs by how far all will have come when they are over. */
  readonly #heap = new OrderedHeap();
  #placeOfEntry = new Int32Array(0);
  #servers: number;
  #slowness = 1;
  /** How far, in milliseconds of service, each that was there all the time has come, as of `#sinceMs`. */
  #advancedMs = 0;
  #sinceMs = 0;
  #ending = NONE;

  /** @throws RangeError when an option is out of its range. */
  constructor(simulation: Simulation, options: SharingStationOptions, owner: StationOwner) {
    const { servers, jobsMax = 1_000_000 } = options;
    checkServers(servers);
    if (!(jobsMax >= 0)) throw new RangeError(`jobsMax has to be 0 or more, not ${jobsMax}`);
    this.#simulation = simulation;
    this.#owner = owner;
    this.#servers = servers;
    this.#jobsMax = jobsMax;
    this.statistics = new StationStatistics(servers);
  }

  get jobs(): number {
    return this.#table.size;
  }

  arrive(job: number, serviceMs: number): number {
    const { statistics } = this;
    statistics.arrived++;
    const nowMs = this.#simulation.nowMs;
    const place = this.jobs >= this.#jobsMax ? NONE : this.#table.take(job, serviceMs, nowMs);
    if (place === NONE) {
      statistics.refused++;
      return NONE;
    }
    this.#advance();
    const entry = this.#heap.add(this.#advancedMs + serviceMs);
    if (this.#placeOfEntry.length < this.#heap.capacity) {
      this.#placeOfEntry = widened(this.#placeOfEntry, new Int32Array(this.#heap.capacity));
    }
    this.#placeOfEntry[entry] = place;
    this.#table.endings[place] = entry;
    statistics.waitMs.record(0);
    this.#changed();
    return this.#table.ticketOf(place);
  }

  withdraw(ticket: number): boolean {
    const place = this.#table.placeOf(ticket);
    if (place === NONE) return false;
    this.#advance();
    this.#heap.remove(this.#table.endings[place] as number);
    this.#table.release(place);
    this.statistics.withdrawn++;
    this.#changed();
    return true;
  }

  fail(): void {
    const table = this.#table;
    const lost: number[] = [];
    this.#advance();
    for (let place = 0; place < table.end; place++) {
      if (!table.isTaken(place)) continue;
      lost.push(table.jobs[place] as number);
      this.#heap.remove(table.endings[place] as number);
      table.release(place);
    }
    this.#changed();
    this.statistics.dropped += lost.length;
    for (const job of lost) this.#owner.dropped?.(job, "failed");
  }

  setServers(servers: number): void {
    checkServers(servers);
    this.#advance();
    this.#servers = servers;
    this.statistics.setServers(this.#simulation.nowMs, servers);
    this.#changed();
  }

  setSlowness(factor: number): void {
    checkSlowness(factor);
    this.#advance();
    this.#slowness = factor;
    this.#changed();
  }

  /** The job that was next to be over is. */
  happen(): void {
    const table = this.#table;
    // To the very point, which the way here missed by a rounding.
    this.#advancedMs = this.#heap.leastKey;
    this.#sinceMs = this.#simulation.nowMs;
    const place = this.#placeOfEntry[this.#heap.takeLeast()] as number;
    const job = table.jobs[place] as number;
    this.statistics.served++;
    this.statistics.responseMs.record(this.#simulation.nowMs - (table.arrivedMs[place] as number));
    table.release(place);
    this.#ending = NONE;
    this.#changed();
    this.#owner.served(job);
  }

  /** Milliseconds of service per millisecond that each job gets. */
  get #pace(): number {
    const jobs = this.#heap.size;
    return Math.min(1, this.#servers / jobs) / this.#slowness;
  }

  #advance(): void {
    const nowMs = this.#simulation.nowMs;
    if (this.#heap.size > 0) this.#advancedMs += (nowMs - this.#sinceMs) * this.#pace;
    else this.#advancedMs = 0;
    this.#sinceMs = nowMs;
  }

  /** Plans the next end anew, after whatever changes who is there or how fast they are. */
  #changed(): void {
    const nowMs = this.#simulation.nowMs;
    const jobs = this.#heap.size;
    const { busy, waiting } = this.statistics;
    const working = Math.min(jobs, this.#servers);
    if (busy.level !== working) busy.set(nowMs, working);
    if (waiting.level !== jobs - working) waiting.set(nowMs, jobs - working);
    if (this.#ending !== NONE) this.#simulation.cancel(this.#ending);
    this.#ending = NONE;
    if (jobs === 0 || this.#servers === 0) return;
    const leftMs = Math.max(0, this.#heap.leastKey - this.#advancedMs);
    this.#ending = this.#simulation.cancellableAfter(leftMs / this.#pace, this);
  }
}
