import type { Codel } from "../../../../blocks/flow/shedding/codel.ts";
import type { Random } from "../../../../blocks/time/random.ts";
import type { Admission } from "../../resolved-model.ts";
import type { EventHandler, Simulation } from "../engine/index.ts";
import { type AdmissionGate, codelOf, gateOf } from "./admission.ts";
import { ANSWERED, LOST, type Outcome, REFUSED, SHED } from "./outcome.ts";
import type { Process, Processors } from "./processors.ts";
import { type Host, STANDS, type Visit } from "./visit.ts";

/** Whose visits a replica serves. */
export interface ReplicaOwner {
  /** Its service is over: what it calls comes next. */
  served(visit: Visit): void;
  /** It was taken and leaves without an answer of its own. */
  dropped(visit: Visit, outcome: Outcome): void;
}

export interface ReplicaSettings {
  /** Visits that are served at once; may be `Infinity`. */
  readonly places: number;
  /** Visits that may wait; may be `Infinity`. */
  readonly queueMax: number;
  readonly coldStart: { readonly factor: number; readonly durationMs: number } | undefined;
  readonly admission: Admission | undefined;
  /** Those that all parts share; undefined where each place has its own. */
  readonly processors: Processors | undefined;
}

/** What a replica is in. */
export interface ReplicaWorld {
  readonly simulation: Simulation;
  readonly owner: ReplicaOwner;
  readonly visitOf: (id: number) => Visit;
  /** Draws the lots of its admission. */
  readonly random: Random;
}

/** What a replica has done so far, by sums over time. */
export interface ReplicaAreas {
  busyMs: number;
  waitingMs: number;
  thereMs: number;
  /** Places, while it was up. */
  placesMs: number;
}

/**
 * One process of a part: places in which visits are served, a bounded line before them, and who is turned away. A place is held while a visit
 * has service of its own, not while it waits for whom it calls. It may crash, be slow, and be out of reach. Pure.
 */
export class Replica implements Host, EventHandler {
  readonly name: string;
  readonly settings: ReplicaSettings;
  readonly areas: ReplicaAreas = { busyMs: 0, waitingMs: 0, thereMs: 0, placesMs: 0 };
  isUp = true;
  partitionedUntilMs = Number.NEGATIVE_INFINITY;
  /** How many times as long service takes. */
  slowness = 1;
  /** Since when it can serve. */
  readyMs: number;
  /** How many began their service, and how long they had waited for it in all. */
  begun = 0;
  waitedMs = 0;
  /** Of what it began, processor time. */
  cpuMs = 0;
  refused = 0;
  shed = 0;
  readonly #simulation: Simulation;
  readonly #owner: ReplicaOwner;
  readonly #visitOf: (id: number) => Visit;
  /** Judges the wait, where the part sheds by it. */
  readonly #codel: Codel | undefined;
  /** Lets visits in, or not. */
  readonly #gate: AdmissionGate | undefined;
  /** What it is on the shared processors. */
  readonly #process: Process | undefined;
  #busy = 0;
  #waiting = 0;
  #there = 0;
  #sinceMs: number;
  // The line: who came first, and who came last.
  #oldest: Visit | undefined = undefined;
  #newest: Visit | undefined = undefined;
  /** One of all that are here. */
  #any: Visit | undefined = undefined;

  constructor(name: string, settings: ReplicaSettings, world: ReplicaWorld) {
    this.name = name;
    this.settings = settings;
    this.#simulation = world.simulation;
    this.#owner = world.owner;
    this.#visitOf = world.visitOf;
    this.#codel = codelOf(settings.admission);
    this.#gate = gateOf(settings.admission, this, world.random);
    this.#process = settings.processors?.process(settings.places, () => this.#waiting);
    this.readyMs = world.simulation.nowMs === 0 ? Number.NEGATIVE_INFINITY : world.simulation.nowMs;
    this.#sinceMs = world.simulation.nowMs;
  }

  /** Visits that are served. */
  get busy(): number {
    return this.#busy;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Visits that are here: served, waiting, or waiting for whom they call. */
  get there(): number {
    return this.#there;
  }

  /** How long the one has waited who has waited longest, in milliseconds. */
  get oldestWaitMs(): number {
    return this.#oldest ? this.#simulation.nowMs - this.#oldest.arrivedMs : 0;
  }

  /** Takes a visit (`ANSWERED`), or says why not. */
  arrive(visit: Visit): Outcome {
    const { places, queueMax } = this.settings;
    const gate = this.#gate;
    const codel = this.#codel;
    const nowMs = this.#simulation.nowMs;
    visit.arrivedMs = nowMs;
    if (gate && !gate.enter(nowMs)) {
      this.shed++;
      return SHED;
    }
    visit.isGated = gate !== undefined;
    this.#touch(nowMs);
    if (this.#busy < places && this.#waiting === 0) {
      if (codel && codel.state.kind !== "good") codel.observe(nowMs, 0);
      this.#add(visit);
      this.#begin(visit, nowMs);
      return ANSWERED;
    }
    if (this.#waiting >= queueMax) {
      // Under overload the newest is served first, so the oldest makes room.
      if (codel?.isOverloaded && this.#oldest && queueMax > 0) this.#turnAway(this.#oldest);
      else {
        if (gate) gate.leave(nowMs, nowMs, "ignored");
        this.refused++;
        return REFUSED;
      }
    }
    this.#add(visit);
    this.#line(visit);
    return ANSWERED;
  }

  /** A visit that is here has work of its own again. Nobody is turned away who was let in. */
  again(visit: Visit): void {
    const { nowMs } = this.#simulation;
    this.#touch(nowMs);
    visit.arrivedMs = nowMs;
    if (this.#busy < this.settings.places && this.#waiting === 0) this.#begin(visit, nowMs);
    else this.#line(visit);
  }

  /** A visit leaves with its answer. */
  leave(visit: Visit, outcome: Outcome): void {
    this.#touch(this.#simulation.nowMs);
    this.#remove(visit, outcome === ANSWERED ? "succeeded" : "failed");
  }

  /** All that is here is lost, and nobody is let in until `restore`. */
  crash(): void {
    const nowMs = this.#simulation.nowMs;
    this.#touch(nowMs);
    this.isUp = false;
    const lost: Visit[] = [];
    for (let visit = this.#any; visit; visit = visit.right) lost.push(visit);
    for (const visit of lost) {
      if (visit.stands === STANDS.waiting) this.#unline(visit);
      if (visit.stands === STANDS.serving) this.#stop(visit);
      this.#remove(visit, "ignored");
    }
    for (const visit of lost) this.#owner.dropped(visit, LOST);
  }

  restore(): void {
    this.#touch(this.#simulation.nowMs);
    this.isUp = true;
    this.readyMs = this.#simulation.nowMs;
  }

  /** The sums over time, up to now. */
  measured(nowMs: number): ReplicaAreas {
    this.#touch(nowMs);
    return this.areas;
  }

  /** What is no processor time of a service is over, or all of it where processors are not shared. */
  happen(id: number): void {
    const visit = this.#visitOf(id);
    visit.ending = -1;
    if (this.#process) this.#process.work(visit, visit.needsMs * visit.plan.cpuShare);
    else this.ended(visit);
  }

  /** The service of a visit is over. */
  ended(visit: Visit): void {
    this.#touch(this.#simulation.nowMs);
    this.#busy--;
    visit.stands = STANDS.calling;
    if (this.#waiting > 0) this.#fill();
    else if (this.#codel && this.#codel.state.kind !== "good") this.#codel.observe(this.#simulation.nowMs, 0);
    this.#owner.served(visit);
  }

  #begin(visit: Visit, nowMs: number): void {
    this.#busy++;
    this.begun++;
    this.waitedMs += nowMs - visit.arrivedMs;
    visit.stands = STANDS.serving;
    const slowness = this.slowness === 1 && !this.settings.coldStart ? 1 : this.#slownessNow();
    visit.needsMs *= slowness;
    this.cpuMs += visit.needsMs * visit.plan.cpuShare;
    const restMs = this.#process ? visit.needsMs * (1 - visit.plan.cpuShare) : visit.needsMs;
    if (this.#process && restMs === 0) this.#process.work(visit, visit.needsMs);
    else visit.ending = this.#simulation.cancellableAfter(restMs, this, visit.id);
  }

  #slownessNow(): number {
    const { coldStart } = this.settings;
    if (!coldStart) return this.slowness;
    const sinceMs = this.#simulation.nowMs - this.readyMs;
    if (sinceMs >= coldStart.durationMs) return this.slowness;
    return this.slowness * (1 + (coldStart.factor - 1) * (1 - sinceMs / coldStart.durationMs));
  }

  /** Lets those begin whose turn has come. */
  #fill(): void {
    const nowMs = this.#simulation.nowMs;
    const { places } = this.settings;
    const codel = this.#codel;
    while (this.#busy < places && this.#oldest) {
      if (codel) {
        codel.observe(nowMs, this.oldestWaitMs);
        this.#turnAwayTheLate(codel, nowMs);
      }
      const next = codel?.isOverloaded ? this.#newest : this.#oldest;
      if (!next) return;
      this.#unline(next);
      this.#begin(next, nowMs);
    }
  }

  #turnAwayTheLate(codel: Codel, nowMs: number): void {
    const latestMs = nowMs - codel.patienceMs;
    while (this.#oldest && this.#oldest.arrivedMs < latestMs) this.#turnAway(this.#oldest);
  }

  #turnAway(visit: Visit): void {
    this.shed++;
    this.#unline(visit);
    this.#remove(visit, "failed");
    this.#owner.dropped(visit, SHED);
  }

  /** Takes a visit out of service before its time. */
  #stop(visit: Visit): void {
    this.#busy--;
    if (visit.ending >= 0) this.#simulation.cancel(visit.ending);
    visit.ending = -1;
    this.#process?.giveUp(visit);
  }

  #add(visit: Visit): void {
    this.#there++;
    visit.left = undefined;
    visit.right = this.#any;
    if (this.#any) this.#any.left = visit;
    this.#any = visit;
  }

  #remove(visit: Visit, outcome: "succeeded" | "failed" | "ignored"): void {
    this.#there--;
    if (visit.left) visit.left.right = visit.right;
    else this.#any = visit.right;
    if (visit.right) visit.right.left = visit.left;
    visit.left = undefined;
    visit.right = undefined;
    if (visit.isGated) this.#gate?.leave(this.#simulation.nowMs, visit.arrivedMs, outcome);
  }

  #line(visit: Visit): void {
    visit.stands = STANDS.waiting;
    this.#waiting++;
    visit.ahead = this.#newest;
    visit.behind = undefined;
    if (this.#newest) this.#newest.behind = visit;
    else this.#oldest = visit;
    this.#newest = visit;
  }

  #unline(visit: Visit): void {
    this.#waiting--;
    if (visit.ahead) visit.ahead.behind = visit.behind;
    else this.#oldest = visit.behind;
    if (visit.behind) visit.behind.ahead = visit.ahead;
    else this.#newest = visit.ahead;
    visit.ahead = undefined;
    visit.behind = undefined;
  }

  #touch(nowMs: number): void {
    const sinceMs = nowMs - this.#sinceMs;
    if (sinceMs === 0) return;
    this.#sinceMs = nowMs;
    const { areas } = this;
    areas.busyMs += this.#busy * sinceMs;
    areas.waitingMs += this.#waiting * sinceMs;
    areas.thereMs += this.#there * sinceMs;
    if (this.isUp) areas.placesMs += this.settings.places * sinceMs;
  }
}
