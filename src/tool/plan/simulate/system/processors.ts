import type { Machine } from "../../resolved-model.ts";
import { type EventHandler, SharingStation, type Simulation } from "../engine/index.ts";
import type { Visit } from "./visit.ts";

/** Stands for work that is nobody's visit. */
const OTHER = -1;

/** The processors of one machine, which all parts share: each visit advances as fast as the others, and none has more than one. Pure. */
export class Processors {
  /** What it costs a process to wake up. */
  readonly turnMs: number;
  readonly #station: SharingStation;
  readonly #otherCpuMs: number;
  #requests = 0;

  constructor(simulation: Simulation, machine: Machine, visitOf: (id: number) => Visit) {
    this.turnMs = machine.turnMs ?? 0;
    this.#otherCpuMs = machine.otherCpuMs ?? 0;
    this.#station = new SharingStation(
      simulation,
      { servers: machine.cores },
      {
        served: (job) => {
          if (job === OTHER) return;
          const visit = visitOf(job);
          visit.ticket = -1;
          visit.replica.ended(visit);
        },
      },
    );
    for (const { everyMs, cpuMs, cpuMsPerRequest = 0 } of machine.background ?? []) {
      let seen = 0;
      const work: EventHandler = {
        happen: () => {
          this.#station.arrive(OTHER, cpuMs + cpuMsPerRequest * (this.#requests - seen));
          seen = this.#requests;
          simulation.after(everyMs, work);
        },
      };
      simulation.after(everyMs, work);
    }
  }

  /** A request of the whole has come in: what it costs beside the parts. */
  requested(): void {
    this.#requests++;
    if (this.#otherCpuMs > 0) this.#station.arrive(OTHER, this.#otherCpuMs);
  }

  work(visit: Visit, cpuMs: number): void {
    visit.ticket = this.#station.arrive(visit.id, cpuMs);
    // More than a million are on the processors: as if this one had come to its end, since no place may be held for ever.
    if (visit.ticket < 0) visit.replica.ended(visit);
  }

  /** Takes a visit off the processors. False when it is not there. */
  giveUp(visit: Visit): boolean {
    if (visit.ticket < 0) return false;
    this.#station.withdraw(visit.ticket);
    visit.ticket = -1;
    return true;
  }

  /** Of all processors, how much was busy since the run began, in milliseconds. */
  busyMs(nowMs: number): number {
    return this.#station.statistics.busy.mean(nowMs) * nowMs;
  }
}
