import type { Random } from "../../../../blocks/time/random.ts";
import type { Simulation } from "../engine/index.ts";
import { CallGuard, type GuardSettings } from "./call-guard.ts";
import { AWAITED, type Calling, CallLine, NOBODY } from "./calling.ts";
import { ANSWERED, type Outcome, REFUSED, SPARED, TIMED_OUT } from "./outcome.ts";
import type { Pools } from "./pools.ts";
import type { Processors } from "./processors.ts";
import type { CallPlan } from "./stay-plan.ts";
import type { Tally } from "./tally.ts";
import type { Member } from "./upstream-view.ts";
import type { Visit } from "./visit.ts";

/** What calls need of the walk that they are made on. */
export interface CallsWorld {
  readonly simulation: Simulation;
  readonly pools: Pools;
  readonly tally: Tally;
  /** Kinds of guards, by their numbers. */
  readonly guards: readonly GuardSettings[];
  /** Draws the waits between attempts, and who tries an open circuit. */
  readonly random: Random;
  /** Draws what tells clients apart who ask for nothing in particular. */
  readonly clients: Random;
  readonly walk: () => CallsOwner;
  readonly processors: Processors | undefined;
}

/** Whom calls belong to. */
export interface CallsOwner {
  readonly arrivals: { happen(id: number): void };
  arrive(visit: Visit): void;
  callOver(visit: Visit, plan: CallPlan, outcome: Outcome, isHit: boolean): void;
}

/**
 * Calls from the side of who makes them: attempts, their timeouts, what is tried again and when, hedges, circuits, bounds, and who shares a
 * flight. A caller that gives up waits no longer, and the work goes on where it is done: that is what makes a storm of retries. Pure.
 */
export class Calls {
  readonly #world: CallsWorld;
  /** Who waits for a connection where, and who for whose answer: by the member, and by the guard and the key. */
  readonly #lines = new WeakMap<Member, CallLine>();
  readonly #flights = new WeakMap<CallGuard, Map<number, Calling[]>>();
  readonly #timeouts = { happen: (id: number): void => this.#timedOut(this.#world.pools.callingOf(id)) };
  readonly #hedges = { happen: (id: number): void => this.#hedge(this.#world.pools.callingOf(id)) };
  readonly #patience = { happen: (id: number): void => this.#lostPatience(this.#world.pools.callingOf(id)) };
  readonly #retries = { happen: (id: number): void => this.#retry(this.#world.pools.callingOf(id)) };

  constructor(world: CallsWorld) {
    this.#world = world;
  }

  guard(number: number): CallGuard {
    const settings = this.#world.guards[number];
    if (!settings) throw new RangeError(`there are no guards ${number}`);
    return new CallGuard(settings);
  }

  begin(calling: Calling): void {
    const { guard, view, key } = calling;
    const { nowMs } = this.#world.simulation;
    calling.startedMs = nowMs;
    calling.attempt = 0;
    calling.previousDelayMs = 0;
    calling.pass = undefined;
    calling.isInside = false;
    if (guard.sharesFlights && key >= 0 && this.#joins(calling)) return;
    if (view.requests >= view.settings.bounds.requests) {
      this.#over(calling, REFUSED);
      return;
    }
    if (guard.circuit) {
      calling.pass = guard.circuit.admit(nowMs, this.#world.random);
      if (!calling.pass) {
        this.#over(calling, SPARED);
        return;
      }
    }
    view.requests++;
    calling.isInside = true;
    guard.retries?.called();
    guard.hedges?.called();
    this.#attempt(calling);
  }

  /** An attempt has ended. `unreachable`: nobody took its connection. */
  settle(calling: Calling, visit: Visit, outcome: Outcome, unreachable: boolean): void {
    const { nowMs } = this.#world.simulation;
    const { view, attempts, members } = calling;
    visit.calling = -1;
    const at = attempts.indexOf(visit);
    const member = members[at];
    if (attempts.length === 1) {
      attempts.length = 0;
      members.length = 0;
    } else {
      attempts.splice(at, 1);
      members.splice(at, 1);
    }
    if (member) {
      member.inFlight--;
      const elapsedMs = nowMs - visit.sentMs;
      if (outcome === ANSWERED) view.answered(member, elapsedMs, nowMs);
      else view.failed(member, unreachable, elapsedMs, nowMs);
    }
    if (outcome === ANSWERED) {
      calling.isHit = visit.isHit;
      this.#over(calling, ANSWERED);
    } else if (attempts.length === 0) this.#failed(calling, outcome, member);
    if (member) this.#passOn(member);
  }

  #attempt(calling: Calling): void {
    const { simulation } = this.#world;
    const { plan, guard } = calling;
    calling.attempt++;
    calling.attemptMs = simulation.nowMs;
    if (plan.timeoutMs !== Number.POSITIVE_INFINITY)
      calling.timeout = simulation.cancellableAfter(plan.timeoutMs, this.#timeouts, calling.id);
    const afterMs = guard.hedges?.afterMs;
    if (afterMs !== undefined) calling.hedge = simulation.cancellableAfter(afterMs, this.#hedges, calling.id);
    this.#send(calling, calling.tried);
  }

  #send(calling: Calling, tried: readonly Member[]): void {
    const { simulation } = this.#world;
    const { view } = calling;
    const hash = view.needsKey ? this.#hashOf(calling.key) : undefined;
    let member = view.pick(simulation.nowMs, hash, tried);
    // All were tried: whoever is well gets it again.
    if (!member && tried.length > 0) member = view.pick(simulation.nowMs, hash, NOBODY);
    if (!member) {
      if (calling.attempts.length === 0) this.#failed(calling, REFUSED, undefined);
      return;
    }
    const { bounds } = view.settings;
    if (member.inFlight < bounds.connections) this.#sendTo(calling, member);
    else if (calling.attempts.length > 0) return;
    else if (view.pending >= bounds.pending) this.#failed(calling, REFUSED, undefined);
    else {
      this.#lineAt(member).add(calling);
      calling.patience = simulation.cancellableAfter(bounds.pendingMs, this.#patience, calling.id);
    }
  }

  #sendTo(calling: Calling, member: Member): void {
    const { simulation, pools, tally, walk } = this.#world;
    const { plan } = calling;
    const visit = pools.visit(plan.to, member.host);
    visit.calling = calling.id;
    visit.key = calling.key;
    visit.cacheUse = plan.cacheUse;
    visit.sentMs = simulation.nowMs;
    member.inFlight++;
    calling.attempts.push(visit);
    calling.members.push(member);
    const counted = tally.calls[plan.to.part];
    if (counted) {
      counted.attempts++;
      if (calling.attempts.length > 1) counted.hedges++;
      else if (calling.attempt > 1) counted.retries++;
    }
    if (plan.networkMs > 0) simulation.after(plan.networkMs, walk().arrivals, visit.id);
    else walk().arrive(visit);
  }

  /** All attempts under way have failed. */
  #failed(calling: Calling, outcome: Outcome, member: Member | undefined): void {
    const { simulation, random } = this.#world;
    this.#cancelTimers(calling);
    const rules = calling.guard.retries;
    if (rules) {
      const decision = rules.decide(
        {
          attempt: calling.attempt,
          previousDelayMs: calling.previousDelayMs,
          retryAfterMs: undefined,
          remainingMs: Number.POSITIVE_INFINITY,
        },
        simulation.nowMs,
        random,
      );
      if (decision.retry) {
        if (member) calling.tried = [...calling.tried, member];
        calling.previousDelayMs = decision.delayMs;
        calling.retry = simulation.cancellableAfter(decision.delayMs, this.#retries, calling.id);
        return;
      }
    }
    this.#over(calling, outcome);
  }

  #retry(calling: Calling): void {
    calling.retry = -1;
    this.#attempt(calling);
  }

  #timedOut(calling: Calling): void {
    calling.timeout = -1;
    const member = calling.members[0];
    const freed = this.#giveUp(calling, calling.plan.blames);
    calling.waitsAt?.remove(calling);
    this.#failed(calling, TIMED_OUT, member);
    for (const one of freed) this.#passOn(one);
  }

  #lostPatience(calling: Calling): void {
    calling.patience = -1;
    calling.waitsAt?.remove(calling);
    this.#failed(calling, REFUSED, undefined);
  }

  #hedge(calling: Calling): void {
    calling.hedge = -1;
    const { hedges } = calling.guard;
    const { attempts } = calling;
    const first = calling.members[0];
    if (!hedges || !first || attempts.length >= hedges.attempts) return;
    if (!hedges.admit(this.#world.simulation.nowMs)) return;
    this.#send(calling, [...calling.tried, first]);
  }

  /** Waits for its attempts no longer. Gives the members that have one less under way. */
  #giveUp(calling: Calling, hasFailed: boolean): readonly Member[] {
    const { attempts, members, view } = calling;
    if (attempts.length === 0) return NOBODY;
    const { nowMs } = this.#world.simulation;
    const freed = members.slice();
    for (const [at, visit] of attempts.entries()) {
      visit.calling = -1;
      const member = freed[at];
      if (!member) continue;
      member.inFlight--;
      if (hasFailed) view.failed(member, false, nowMs - visit.sentMs, nowMs);
    }
    attempts.length = 0;
    members.length = 0;
    return freed;
  }

  /** A call is over, whatever is still under way for it. */
  #over(calling: Calling, outcome: Outcome): void {
    const { simulation, pools, random } = this.#world;
    const { guard, view, plan, startedMs, pass } = calling;
    const { nowMs } = simulation;
    this.#cancelTimers(calling);
    const freed = this.#giveUp(calling, false);
    if (calling.isInside) {
      view.requests--;
      calling.isInside = false;
      guard.hedges?.took(nowMs - calling.attemptMs);
    }
    if (pass) {
      if (outcome === ANSWERED) guard.circuit?.succeeded(pass, nowMs, nowMs - startedMs, random);
      else guard.circuit?.failed(pass, nowMs, nowMs - startedMs, random);
    }
    const followers = calling.leads ? this.#landed(calling) : NO_CALLINGS;
    const isAgain = outcome === ANSWERED && calling.left > 1;
    if (isAgain) {
      calling.left--;
      calling.tried = NOBODY;
      this.begin(calling);
    } else this.#tell(calling, plan, outcome);
    for (const follower of followers) {
      follower.isHit = calling.isHit;
      this.#over(follower, outcome);
    }
    for (const member of freed) this.#passOn(member);
    if (!isAgain) pools.releaseCalling(calling);
  }

  #tell(calling: Calling, plan: CallPlan, outcome: Outcome): void {
    const { simulation, tally, walk, processors } = this.#world;
    const { parent, isHit } = calling;
    if (calling.awaited === AWAITED.byClient) {
      const { requests, startedMs } = calling;
      const ended = () => tally.ended(requests, outcome, simulation.nowMs - startedMs);
      if (processors) processors.answered(ended);
      else ended();
    } else if (parent) walk().callOver(parent, plan, outcome, isHit);
  }

  /** A member may have one less under way: who waits for a connection there gets it. */
  #passOn(member: Member): void {
    const { view } = member;
    if (view.pending === 0 || member.inFlight >= view.settings.bounds.connections) return;
    const calling = this.#lines.get(member)?.next();
    if (!calling) return;
    this.#world.simulation.cancel(calling.patience);
    calling.patience = -1;
    this.#sendTo(calling, member);
  }

  #lineAt(member: Member): CallLine {
    let line = this.#lines.get(member);
    if (!line) {
      line = new CallLine();
      this.#lines.set(member, line);
    }
    return line;
  }

  /** Whether another asks for the same key already, whose answer it waits for. Else it leads those who come after it. */
  #joins(calling: Calling): boolean {
    let flights = this.#flights.get(calling.guard);
    if (!flights) {
      flights = new Map();
      this.#flights.set(calling.guard, flights);
    }
    const others = flights.get(calling.key);
    if (others) others.push(calling);
    else flights.set(calling.key, []);
    calling.leads = !others;
    return others !== undefined;
  }

  /** A flight is over. Gives who waited with the one that led it. */
  #landed(calling: Calling): readonly Calling[] {
    const flights = this.#flights.get(calling.guard);
    const followers = flights?.get(calling.key) ?? NO_CALLINGS;
    flights?.delete(calling.key);
    calling.leads = false;
    return followers;
  }

  #cancelTimers(calling: Calling): void {
    const { simulation } = this.#world;
    if (calling.timeout >= 0) simulation.cancel(calling.timeout);
    if (calling.hedge >= 0) simulation.cancel(calling.hedge);
    if (calling.patience >= 0) simulation.cancel(calling.patience);
    if (calling.retry >= 0) simulation.cancel(calling.retry);
    calling.timeout = -1;
    calling.hedge = -1;
    calling.patience = -1;
    calling.retry = -1;
  }

  #hashOf(key: number): number {
    if (key < 0) return Math.floor(this.#world.clients() * 2 ** 32);
    // Neighbouring keys have to go apart (Knuth, "The Art of Computer Programming", 6.4: multiplication by the golden ratio).
    return Math.imul(key | 0, 0x9e37_79b1) >>> 0;
  }
}

const NO_CALLINGS: readonly Calling[] = [];
