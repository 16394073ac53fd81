import type { Random } from "../../../../blocks/time/random.ts";
import type { Simulation } from "../engine/index.ts";
import { type CallGuard, UNGUARDED } from "./call-guard.ts";
import { AWAITED } from "./calling.ts";
import type { Calls } from "./calls.ts";
import { ANSWERED, type Outcome, REFUSED } from "./outcome.ts";
import type { Pools } from "./pools.ts";
import type { Processors } from "./processors.ts";
import type { ReplicaOwner } from "./replica.ts";
import type { SimulatedPart } from "./simulated-part.ts";
import type { CallPlan, ClassPlan } from "./stay-plan.ts";
import type { Tally } from "./tally.ts";
import type { UpstreamView } from "./upstream-view.ts";
import { type Host, STANDS, type Visit } from "./visit.ts";

/** What requests walk through. */
export interface WalkWorld {
  readonly simulation: Simulation;
  readonly pools: Pools;
  readonly parts: readonly SimulatedPart[];
  readonly tally: Tally;
  readonly calls: Calls;
  readonly processors: Processors | undefined;
  readonly underWayMax: number;
}

/** What a replica knows of those whom it calls, by the numbers of parts and of guards; made when they are first called. */
interface Caller {
  readonly views: (UpstreamView | undefined)[];
  readonly guards: (CallGuard | undefined)[];
}

/**
 * Takes requests through the parts: to a replica, through its line and its service, to whom it calls, stage after stage, and back. What calls do
 * about failures is for `Calls`. Pure.
 */
export class Walk implements ReplicaOwner {
  readonly #world: WalkWorld;
  readonly #callers = new WeakMap<Host, Caller>();
  /** How clients see the parts at which they come in. */
  readonly #entries: (UpstreamView | undefined)[] = [];
  /** Events: who reaches a replica after the way there. */
  readonly arrivals = { happen: (id: number): void => this.arrive(this.#world.pools.visitOf(id)) };
  /** Events: whose answer comes through after a partition. */
  readonly #answers = { happen: (id: number): void => this.#deliver(this.#world.pools.visitOf(id)) };

  constructor(world: WalkWorld) {
    this.#world = world;
  }

  /** A request of a class comes in, about `key`. */
  request({ number, entry }: ClassPlan, key: number): void {
    const { tally, pools, calls, processors, underWayMax } = this.#world;
    tally.arrived();
    if (pools.visiting >= underWayMax) {
      tally.ended(number, REFUSED, 0);
      return;
    }
    const calling = pools.calling(entry, this.#entry(entry.to.part), UNGUARDED);
    calling.awaited = AWAITED.byClient;
    calling.requests = number;
    calling.key = key;
    if (processors) processors.requested(() => calls.begin(calling));
    else calls.begin(calling);
  }

  /** A visit reaches its replica. */
  arrive(visit: Visit): void {
    const { simulation, calls, pools } = this.#world;
    const { host, plan } = visit;
    if (simulation.nowMs < host.partitionedUntilMs) {
      // What nobody waits for any more is not sent anew when the network is whole again.
      if (visit.calling >= 0) simulation.at(host.partitionedUntilMs, this.arrivals, visit.id);
      else pools.releaseVisit(visit);
      return;
    }
    visit.pieceMs = plan.time.draw(plan.random) / plan.pieces;
    visit.needsMs = visit.pieceMs;
    const isReached = host.isUp;
    const outcome = isReached ? host.arrive(visit) : REFUSED;
    if (outcome === ANSWERED) return;
    if (visit.calling >= 0) calls.settle(pools.callingOf(visit.calling), visit, outcome, !isReached);
    pools.releaseVisit(visit);
  }

  /** Its service is over: a cache has looked, and others are called. */
  served(visit: Visit): void {
    const { contents } = this.#part(visit.plan.part);
    if (contents && visit.stage === 0) {
      if (visit.cacheUse === "read") visit.isHit = contents.read(visit.key);
      else if (visit.cacheUse === "put") contents.put(visit.key);
      else if (visit.cacheUse === "remove") contents.remove(visit.key);
    }
    this.#proceed(visit);
  }

  /** A replica loses a visit, or turns it away. */
  dropped(visit: Visit, outcome: Outcome): void {
    const { calls, pools } = this.#world;
    const { calling } = visit;
    if (visit.pending > 0) visit.stands = STANDS.over;
    if (calling >= 0) calls.settle(pools.callingOf(calling), visit, outcome, false);
    // Whom it calls goes on, and finds nobody who waits.
    if (visit.pending === 0) pools.releaseVisit(visit);
  }

  /** A call of a visit is over. `isHit`: of a cache that it read. */
  callOver(visit: Visit, plan: CallPlan, outcome: Outcome, isHit: boolean): void {
    visit.pending--;
    if (plan.reads > 0) {
      visit.asked |= plan.reads;
      if (!isHit) visit.missed |= plan.reads;
    }
    if (outcome === ANSWERED) {
      for (const cache of plan.fills) this.#part(cache).contents?.put(visit.key);
    } else if (!plan.optional && visit.failed === ANSWERED) visit.failed = outcome;
    if (visit.pending > 0) return;
    if (visit.stands === STANDS.over) this.#world.pools.releaseVisit(visit);
    else if (visit.failed !== ANSWERED) this.#answer(visit, visit.failed);
    else if (visit.plan.pieces > 1) {
      visit.needsMs = visit.pieceMs;
      visit.host.again(visit);
    } else this.#proceed(visit);
  }

  /** A replica is gone, and whom it called need not be shown to it any more. */
  gone(host: Host): void {
    const { views } = this.#caller(host);
    for (const [part, view] of views.entries()) if (view) this.#part(part).forget(view);
    this.#callers.delete(host);
  }

  /** Makes the calls of the next stage that has any, or answers. */
  #proceed(visit: Visit): void {
    const { stages } = visit.plan;
    while (visit.stage < stages.length) {
      const stage = stages[visit.stage++] ?? [];
      // One more, so that calls that are over at once do not end the stage before all of it has begun.
      visit.pending = 1;
      for (const plan of stage) this.#call(visit, plan);
      visit.pending--;
      if (visit.pending > 0) return;
      if (visit.failed !== ANSWERED) break;
    }
    this.#answer(visit, visit.failed);
  }

  #call(visit: Visit, plan: CallPlan): void {
    const times = timesOf(visit, plan);
    if (times === 0) return;
    const { pools, calls } = this.#world;
    const calling = pools.calling(plan, this.#view(visit, plan), this.#guard(visit, plan));
    calling.left = times;
    calling.key = visit.key;
    if (plan.detached) calling.awaited = AWAITED.byNobody;
    else {
      calling.awaited = AWAITED.byVisit;
      calling.parent = visit;
      visit.pending++;
    }
    calls.begin(calling);
  }

  #answer(visit: Visit, outcome: Outcome): void {
    const { simulation } = this.#world;
    const { host } = visit;
    host.leave(visit, outcome);
    visit.failed = outcome;
    visit.stands = STANDS.over;
    if (simulation.nowMs < host.partitionedUntilMs)
      simulation.at(host.partitionedUntilMs, this.#answers, visit.id);
    else this.#deliver(visit);
  }

  #deliver(visit: Visit): void {
    const { calls, pools, tally } = this.#world;
    const { calling, failed } = visit;
    if (calling >= 0) calls.settle(pools.callingOf(calling), visit, failed, false);
    else if (failed === ANSWERED) {
      const counted = tally.calls[visit.plan.part];
      if (counted) counted.wasted++;
    }
    pools.releaseVisit(visit);
  }

  #view({ host }: Visit, { to }: CallPlan): UpstreamView {
    const { views } = this.#caller(host);
    let view = views[to.part];
    if (!view) {
      view = this.#part(to.part).view(host.name);
      views[to.part] = view;
    }
    return view;
  }

  #guard({ host }: Visit, plan: CallPlan): CallGuard {
    const { guards } = this.#caller(host);
    let guard = guards[plan.guard];
    if (!guard) {
      guard = this.#world.calls.guard(plan.guard);
      guards[plan.guard] = guard;
    }
    return guard;
  }

  #caller(host: Host): Caller {
    let caller = this.#callers.get(host);
    if (!caller) {
      caller = { views: [], guards: [] };
      this.#callers.set(host, caller);
    }
    return caller;
  }

  #entry(part: number): UpstreamView {
    let view = this.#entries[part];
    if (!view) {
      view = this.#part(part).view("clients");
      this.#entries[part] = view;
    }
    return view;
  }

  #part(number: number): SimulatedPart {
    const part = this.#world.parts[number];
    if (!part) throw new RangeError(`there is no part ${number}`);
    return part;
  }
}

/** How often a visit makes a call: what a cache answered decides, where the call hangs on that, else lots. */
function timesOf(visit: Visit, plan: CallPlan): number {
  const { share, times, oneMore, lots } = plan;
  if (plan.onMiss > 0 && (visit.asked & plan.onMiss) > 0) {
    if ((visit.missed & plan.onMiss) === 0) return 0;
  } else if (share < 1 && !chance(lots, share)) return 0;
  return oneMore > 0 && chance(lots, oneMore) ? times + 1 : times;
}

function chance(lots: Random, share: number): boolean {
  return lots() < share;
}
