import { ANSWERED, type Outcome } from "./outcome.ts";
import type { CacheUse, StayPlan } from "./stay-plan.ts";

/** Where a visit stands. */
export const STANDS = { coming: 0, waiting: 1, serving: 2, calling: 3, over: 4 } as const;

/** Where visits are served, as far as they and their callers know it. */
export interface Host {
  readonly name: string;
  /** Whether it takes connections. */
  readonly isUp: boolean;
  /** Until when nothing comes there or back. */
  readonly partitionedUntilMs: number;
  /** Takes a visit (`ANSWERED`), or says why not. */
  arrive(visit: Visit): Outcome;
  /** The service of a visit is over. */
  ended(visit: Visit): void;
  /** A visit that is there has work of its own again. */
  again(visit: Visit): void;
  /** A visit leaves with its answer. */
  leave(visit: Visit, outcome: Outcome): void;
}

/**
 * A request at one replica, from when it was sent there until it was answered, whether or not anybody still waits for that. Objects are used
 * again: millions of requests pass through as many as are under way at once. Pure.
 */
export class Visit {
  /** By which events name it. */
  readonly id: number;
  plan: StayPlan;
  /** Where it is sent. */
  host: Host;
  /** The number of the call that waits for it; -1 once that was given up. */
  calling = -1;
  /** What it is about; -1 where that is not told. */
  key = -1;
  stands: number = STANDS.coming;
  sentMs = 0;
  arrivedMs = 0;
  /** Milliseconds of service until it calls, or answers; and of each piece of it. */
  needsMs = 0;
  pieceMs = 0;
  /** The event that ends its service, while one does. */
  ending = -1;
  /** Its ticket at the shared processors, while it is there. */
  ticket = -1;
  /** Of its plan, those before are over. */
  stage = 0;
  /** Calls of its stage that are not over. */
  pending = 0;
  /** How the first of its calls failed that it cannot do without. */
  failed: Outcome = ANSWERED;
  /** Of caches that it asked: those that had nothing, by a bit for each. */
  missed = 0;
  /** Caches whose answer, or want of one, it knows. */
  asked = 0;
  /** At a cache: what is done there, and whether it had what was read. */
  cacheUse: CacheUse | undefined = undefined;
  isHit = false;
  /** Whether a gate counts it. */
  isGated = false;
  /** Neighbours in the line before its replica. */
  ahead: Visit | undefined = undefined;
  behind: Visit | undefined = undefined;
  /** Neighbours among all that are at its replica. */
  left: Visit | undefined = undefined;
  right: Visit | undefined = undefined;

  constructor(id: number, plan: StayPlan, host: Host) {
    this.id = id;
    this.plan = plan;
    this.host = host;
  }
}
