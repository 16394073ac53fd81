import type { Machine } from "../../resolved-model.ts";
import type { EventHandler, Simulation } from "../engine/index.ts";
import { ProcessStation } from "../engine/processors/process-station.ts";
import { Processors as Cores } from "../engine/processors/processors.ts";
import type { Visit } from "./visit.ts";

/** Threads of one process that are told apart; beyond, visits wait for one of them. */
const THREADS_MAX = 64;

/**
 * The machine that all parts share: each replica is a process of its own, and those who make the load are another. How long work takes depends on
 * who else runs, and what it costs to wake up is shared by all that has come by then: see `Processors` of the engine. Pure.
 */
export class Processors {
  readonly #simulation: Simulation;
  readonly #cores: Cores;
  readonly #turnMs: number;
  readonly #visitOf: (id: number) => Visit;
  readonly #otherCpuMs: number;
  readonly #others: ProcessStation;
  /** What waits for the others' work, by the ticket under which it was given to them. */
  readonly #after: ((() => void) | undefined)[] = [];
  readonly #free: number[] = [];
  #requests = 0;

  constructor(simulation: Simulation, machine: Machine, visitOf: (id: number) => Visit) {
    this.#simulation = simulation;
    this.#visitOf = visitOf;
    this.#turnMs = machine.turnMs ?? 0;
    this.#otherCpuMs = machine.otherCpuMs ?? 0;
    this.#cores = new Cores(simulation, {
      cores: machine.cores,
      ...(machine.sliceMs === undefined ? {} : { sliceMs: machine.sliceMs }),
    });
    this.#others = new ProcessStation(
      simulation,
      this.#cores,
      { threads: 1, turnMs: this.#turnMs },
      { served: (job) => this.#othersDone(job) },
    );
    for (const work of machine.background ?? []) this.#repeat(work);
  }

  /** A process with so many threads; `waiting` is how many wait for it elsewhere. */
  process(threads: number, waiting: () => number): Process {
    const station = new ProcessStation(
      this.#simulation,
      this.#cores,
      { threads: Math.min(threads, THREADS_MAX), turnMs: this.#turnMs, waiting },
      {
        served: (job) => {
          const visit = this.#visitOf(job);
          visit.ticket = -1;
          visit.host.ended(visit);
        },
      },
    );
    return new Process(station);
  }

  /** A request of the whole is made by who makes the load: then it is on its way. */
  requested(then: () => void): void {
    this.#requests++;
    this.#byOthers(then);
  }

  /** Its answer is read by who made it. */
  answered(then: () => void): void {
    this.#byOthers(then);
  }

  /** Of all processors, how much was busy since the run began, in milliseconds. */
  get busyMs(): number {
    return this.#cores.busyMs;
  }

  #byOthers(then: () => void): void {
    if (this.#otherCpuMs === 0) {
      then();
      return;
    }
    const job = this.#free.pop() ?? this.#after.length;
    this.#after[job] = then;
    if (this.#others.arrive(job, this.#otherCpuMs / 2) < 0) this.#othersDone(job);
  }

  #othersDone(job: number): void {
    const then = this.#after[job];
    this.#after[job] = undefined;
    this.#free.push(job);
    then?.();
  }

  #repeat({ everyMs, cpuMs, cpuMsPerRequest = 0 }: NonNullable<Machine["background"]>[number]): void {
    const simulation = this.#simulation;
    const station = new ProcessStation(simulation, this.#cores, { threads: 1 }, { served: () => {} });
    let seen = 0;
    const work: EventHandler = {
      happen: () => {
        station.arrive(0, cpuMs + cpuMsPerRequest * (this.#requests - seen));
        seen = this.#requests;
        simulation.after(everyMs, work);
      },
    };
    simulation.after(everyMs, work);
  }
}

/** A replica's own process. */
export class Process {
  readonly #station: ProcessStation;

  constructor(station: ProcessStation) {
    this.#station = station;
  }

  work(visit: Visit, cpuMs: number): void {
    visit.ticket = this.#station.arrive(visit.id, cpuMs);
    // More wait than a process keeps: as if this one had come to its end, since no place may be held for ever.
    if (visit.ticket < 0) visit.host.ended(visit);
  }

  /** Takes a visit off the processors. False when it is not there. */
  giveUp(visit: Visit): boolean {
    if (visit.ticket < 0) return false;
    this.#station.withdraw(visit.ticket);
    visit.ticket = -1;
    return true;
  }
}
