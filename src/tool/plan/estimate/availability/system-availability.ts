import type { Figure } from "../../figure.ts";

/** How available a design is, in the large and by its requests and parts. Pure data. */
export interface SystemAvailability {
  /** The share of all requests that are served, each class weighing as much as it has requests. 0 to 1. */
  readonly availability: number;
  /** What that comes to in a year of 365 days, if it were all or nothing. */
  readonly downMinutesPerYear: number;
  /** In the order of the design. */
  readonly classes: readonly ClassAvailability[];
  /** In the order of the design. */
  readonly parts: readonly PartAvailability[];
  /** All of this as figures: of each part, of each class, of the whole. */
  readonly figures: readonly Figure[];
}

/** What becomes of the requests of a class. */
export interface ClassAvailability {
  readonly name: string;
  /** The share that is served, be it with less than everything. */
  readonly availability: number;
  readonly downMinutesPerYear: number;
  /** The share that is served with everything, optional calls included. At most `availability`. */
  readonly inFull: number;
  /** The parts without which none of its requests is served, in the order of the way. */
  readonly needs: readonly string[];
}

/** What a part contributes. */
export interface PartAvailability {
  readonly name: string;
  /** Of all its replicas or copies together, with zones and failover. */
  readonly availability: number;
  readonly downMinutesPerYear: number;
  /** Its share of what the whole loses: what would be won if it never failed, beside the same of all others. 0 to 1; all add up to 1, or to 0 when nothing is lost. */
  readonly lossShare: number;
  /** How many of its replicas or copies there are, and how many of them are needed at the peak. */
  readonly replicas: number;
  readonly needed: number;
}
