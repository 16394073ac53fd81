import type { Pass } from "../../../../blocks/resilience/circuit-breaker/circuit.ts";
import type { CallGuard } from "./call-guard.ts";
import { ANSWERED, type Outcome } from "./outcome.ts";
import type { Replica } from "./replica.ts";
import type { CacheUse, CallPlan, StayPlan } from "./stay-plan.ts";
import type { Member, UpstreamView } from "./upstream-view.ts";

/** Where a visit stands. */
export const STANDS = { coming: 0, waiting: 1, serving: 2, calling: 3, over: 4 } as const;

/**
 * A request at one replica, from when it was sent there until it was answered, whether or not anybody still waits for that. Objects are used
 * again: millions of requests pass through as many as are under way at once. Pure.
 */
export class Visit {
  /** By which events name it. */
  readonly id: number;
  plan: StayPlan;
  /** Where it is sent. */
  replica: Replica;
  /** As whom its caller knows that. */
  member: Member | undefined = undefined;
  /** Who waits for it; nobody once that was given up. */
  calling: Calling | undefined = undefined;
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

  constructor(id: number, plan: StayPlan, replica: Replica) {
    this.id = id;
    this.plan = plan;
    this.replica = replica;
  }
}

/** What waits for a call's end: a client, another visit, or nobody. */
export const AWAITED = { byClient: 0, byVisit: 1, byNobody: 2 } as const;

/** A call under way, from the caller's side: its attempts, and what happens when they fail. Objects are used again. Pure. */
export class Calling {
  readonly id: number;
  plan: CallPlan;
  view: UpstreamView;
  guard: CallGuard;
  awaited: number = AWAITED.byClient;
  parent: Visit | undefined = undefined;
  /** Of a client: the number of its class. */
  requests = 0;
  key = -1;
  /** How often it is to be made in all, this time included. */
  left = 1;
  startedMs = 0;
  /** Attempts begun, hedges not counted. */
  attempt = 0;
  attemptMs = 0;
  previousDelayMs = 0;
  /** Those under way: one, or more with hedges. */
  readonly attempts: Visit[] = [];
  /** Whom it was sent to before. */
  tried: readonly Member[] = NOBODY;
  pass: Pass | undefined = undefined;
  timeout = -1;
  hedge = -1;
  /** The event that ends its waiting for a connection. */
  patience = -1;
  /** The event of its next attempt. */
  retry = -1;
  /** Where it waits for a connection, and who does behind and before it. */
  waitsAt: Member | undefined = undefined;
  behind: Calling | undefined = undefined;
  ahead: Calling | undefined = undefined;
  /** Whether its view counts it. */
  isInside = false;
  /** Whether others wait for what it brings. */
  leads = false;
  /** Whether a cache had what it asked for. */
  isHit = false;

  constructor(id: number, plan: CallPlan, view: UpstreamView, guard: CallGuard) {
    this.id = id;
    this.plan = plan;
    this.view = view;
    this.guard = guard;
  }
}

/** Never written to. */
export const NOBODY: readonly Member[] = [];

/** Visits and callings by their numbers; those that are free are given out again. Pure. */
export class Pools {
  readonly visits: Visit[] = [];
  readonly callings: Calling[] = [];
  readonly #freeVisits: Visit[] = [];
  readonly #freeCallings: Calling[] = [];

  /** The visit of that number. */
  readonly visitOf = (id: number): Visit => {
    const visit = this.visits[id];
    if (!visit) throw new RangeError(`there is no visit ${id}`);
    return visit;
  };

  /** Visits that are in use. */
  get visiting(): number {
    return this.visits.length - this.#freeVisits.length;
  }

  visit(plan: StayPlan, replica: Replica): Visit {
    const visit = this.#freeVisits.pop();
    if (!visit) {
      const fresh = new Visit(this.visits.length, plan, replica);
      this.visits.push(fresh);
      return fresh;
    }
    visit.plan = plan;
    visit.replica = replica;
    visit.stands = STANDS.coming;
    visit.stage = 0;
    visit.failed = ANSWERED;
    visit.missed = 0;
    visit.asked = 0;
    visit.isHit = false;
    return visit;
  }

  releaseVisit(visit: Visit): void {
    visit.calling = undefined;
    visit.member = undefined;
    this.#freeVisits.push(visit);
  }

  calling(plan: CallPlan, view: UpstreamView, guard: CallGuard): Calling {
    const calling = this.#freeCallings.pop();
    if (!calling) {
      const fresh = new Calling(this.callings.length, plan, view, guard);
      this.callings.push(fresh);
      return fresh;
    }
    calling.plan = plan;
    calling.view = view;
    calling.guard = guard;
    calling.left = 1;
    calling.isHit = false;
    return calling;
  }

  releaseCalling(calling: Calling): void {
    calling.parent = undefined;
    calling.pass = undefined;
    calling.tried = NOBODY;
    this.#freeCallings.push(calling);
  }
}
