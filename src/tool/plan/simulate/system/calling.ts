import type { Pass } from "../../../../blocks/resilience/circuit-breaker/circuit.ts";
import type { CallGuard } from "./call-guard.ts";
import type { CallPlan } from "./stay-plan.ts";
import type { Member, UpstreamView } from "./upstream-view.ts";
import type { Visit } from "./visit.ts";

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
  /** Those under way, one, or more with hedges, and to whom each was sent. */
  readonly attempts: Visit[] = [];
  readonly members: Member[] = [];
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
  waitsAt: CallLine | undefined = undefined;
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

/** Calls that wait for a connection to one member, in the order of their coming. Pure. */
export class CallLine {
  #first: Calling | undefined = undefined;
  #last: Calling | undefined = undefined;

  add(calling: Calling): void {
    calling.waitsAt = this;
    calling.ahead = this.#last;
    calling.behind = undefined;
    if (this.#last) this.#last.behind = calling;
    else this.#first = calling;
    this.#last = calling;
    calling.view.pending++;
  }

  remove(calling: Calling): void {
    if (calling.ahead) calling.ahead.behind = calling.behind;
    else this.#first = calling.behind;
    if (calling.behind) calling.behind.ahead = calling.ahead;
    else this.#last = calling.ahead;
    calling.waitsAt = undefined;
    calling.ahead = undefined;
    calling.behind = undefined;
    calling.view.pending--;
  }

  /** Takes who waits longest. */
  next(): Calling | undefined {
    const first = this.#first;
    if (first) this.remove(first);
    return first;
  }
}
