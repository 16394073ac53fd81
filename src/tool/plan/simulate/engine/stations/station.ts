import type { StationStatistics } from "./station-statistics.ts";

/** Why a job left without its service: its turn came too late (`turned-away`), or the station went down (`failed`). */
export type DropReason = "turned-away" | "failed";

/**
 * Whose jobs a station serves. A job is a number of its owner's, by convention an index into arrays in which the owner keeps what belongs to a
 * request.
 */
export interface StationOwner {
  /** The service of a job is over. */
  served(job: number): void;
  /** A job that was taken will not be served. Not called for those that `arrive` refused or `withdraw` took back. */
  dropped?(job: number, reason: DropReason): void;
}

/** Where jobs are served, and wait for it if need be: a process with its threads, a pool of connections, a disk. */
export interface Station {
  readonly statistics: StationStatistics;
  /** Jobs in service and waiting. */
  readonly jobs: number;
  /**
   * Takes a job that needs so many milliseconds of service, or refuses it. Gives a ticket, by which it can be withdrawn; -1 when it was refused
   * since too many wait. `urgency`: 0 is served first; only where the order heeds it.
   */
  arrive(job: number, serviceMs: number, urgency?: number): number;
  /** Takes a job back, waiting or in service. False when it has left already. */
  withdraw(ticket: number): boolean;
  /** Drops all jobs as `failed`, in no order of note: the process has died. New ones are taken as before; whether they come is the owner's to decide. */
  fail(): void;
  /** From now on there are so many servers, 0 or more. With fewer, those in service go on to their end. */
  setServers(servers: number): void;
  /** From now on service takes so many times as long; above 0, 1 at first. */
  setSlowness(factor: number): void;
}
