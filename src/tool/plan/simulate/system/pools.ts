import type { CallGuard } from "./call-guard.ts";
import { Calling, NOBODY } from "./calling.ts";
import { ANSWERED } from "./outcome.ts";
import type { CallPlan, StayPlan } from "./stay-plan.ts";
import type { UpstreamView } from "./upstream-view.ts";
import { type Host, STANDS, Visit } from "./visit.ts";

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

  /** The call of that number. */
  readonly callingOf = (id: number): Calling => {
    const calling = this.callings[id];
    if (!calling) throw new RangeError(`there is no call ${id}`);
    return calling;
  };

  /** Visits that are in use. */
  get visiting(): number {
    return this.visits.length - this.#freeVisits.length;
  }

  visit(plan: StayPlan, host: Host): Visit {
    const visit = this.#freeVisits.pop();
    if (!visit) {
      const fresh = new Visit(this.visits.length, plan, host);
      this.visits.push(fresh);
      return fresh;
    }
    visit.plan = plan;
    visit.host = host;
    visit.stands = STANDS.coming;
    visit.stage = 0;
    visit.failed = ANSWERED;
    visit.missed = 0;
    visit.asked = 0;
    visit.isHit = false;
    return visit;
  }

  releaseVisit(visit: Visit): void {
    visit.calling = -1;
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
