import type { Random } from "../../../../blocks/time/random.ts";
import type { BalanceConfig, UpstreamConfig } from "../../../../engines/edge/config/index.ts";
import { policyOf } from "../../../../engines/edge/health/health.ts";
import { outlierPolicyOf } from "../../../../engines/edge/health/outlier.ts";
import { boundsOf } from "../../../../engines/edge/upstream/bounds.ts";
import { PlanError } from "../../errors.ts";
import type { ResolvedPart } from "../../resolved-model.ts";
import type { EventHandler, Simulation, Streams } from "../engine/index.ts";
import type { CacheContents } from "./cache-contents.ts";
import type { Processors } from "./processors.ts";
import { Replica, type ReplicaAreas, type ReplicaOwner } from "./replica.ts";
import { type UpstreamSettings, UpstreamView } from "./upstream-view.ts";
import type { Visit } from "./visit.ts";

/** What a part is simulated in. */
export interface PartWorld {
  readonly simulation: Simulation;
  readonly streams: Streams;
  readonly owner: ReplicaOwner;
  readonly visitOf: (id: number) => Visit;
  readonly processors: Processors | undefined;
  /** A replica has answered all that it had, and takes no more. */
  readonly gone: (replica: Replica) => void;
  /** Between which its replicas follow the load; undefined where their number stays. */
  readonly bounds: { readonly min: number; readonly max: number } | undefined;
}

/** What a part has done, by sums over its replicas and time. */
export interface PartSums extends ReplicaAreas {
  begun: number;
  waitedMs: number;
  refused: number;
  shed: number;
}

/** A part with its replicas, which come and go, and those who know them. Pure. */
export class SimulatedPart implements EventHandler {
  readonly part: ResolvedPart;
  readonly number: number;
  /** What it holds, if it is a cache. */
  readonly contents: CacheContents | undefined;
  readonly settings: UpstreamSettings;
  /** Replicas that it may come to have. */
  readonly most: number;
  readonly #world: PartWorld;
  readonly #views = new Set<UpstreamView>();
  readonly #random: Random;
  /** Those that serve, or would if they were up. */
  #replicas: Replica[] = [];
  /** That are on their way, by when they began; the first is the next to be there. */
  readonly #starting: number[] = [];
  /** Those that take no more, until they have answered. */
  #leaving: Replica[] = [];
  readonly #gone: PartSums = noSums();
  #named = 0;

  constructor(part: ResolvedPart, number: number, contents: CacheContents | undefined, world: PartWorld) {
    this.part = part;
    this.number = number;
    this.contents = contents;
    this.#world = world;
    this.settings = settingsOf(part);
    this.#random = world.streams.of("admission");
    const count = world.bounds
      ? Math.max(world.bounds.min, Math.min(part.replicas, world.bounds.max))
      : part.replicas;
    this.most = Math.max(1, world.bounds?.max ?? count);
    for (let at = 0; at < Math.max(1, count); at++) this.#replicas.push(this.#replica());
  }

  get replicas(): readonly Replica[] {
    return this.#replicas;
  }

  /** Replicas that are wanted: there, or on their way. */
  get wanted(): number {
    return this.#replicas.length + this.#starting.length;
  }

  /** When those began that are on their way. */
  get starting(): readonly number[] {
    return this.#starting;
  }

  /** Knows the replicas from now on, as a caller does. */
  view(name: string): UpstreamView {
    const view = new UpstreamView(
      this.settings,
      this.#replicas,
      this.#world.streams.of(`balancer of ${name}`),
    );
    this.#views.add(view);
    const { checkEveryMs } = this.settings;
    if (checkEveryMs !== undefined) {
      const { simulation } = this.#world;
      const check: EventHandler = {
        happen: () => {
          if (!this.#views.has(view)) return;
          view.check(simulation.nowMs);
          simulation.after(checkEveryMs, check);
        },
      };
      simulation.after(checkEveryMs, check);
    }
    return view;
  }

  /** Its owner is gone: nobody looks any more. */
  forget(view: UpstreamView): void {
    this.#views.delete(view);
  }

  /** Asks for so many replicas, 1 or more: others begin, or the latest leave once they have answered. */
  scaleTo(replicas: number): void {
    const { simulation } = this.#world;
    while (this.wanted < replicas) {
      this.#starting.push(simulation.nowMs);
      simulation.after(this.part.startupMs ?? 0, this);
    }
    let changed = false;
    while (this.wanted > replicas) {
      // Its event will find that nobody starts.
      if (this.#starting.pop() !== undefined) continue;
      const last = this.#replicas.pop();
      if (last) this.#leaving.push(last);
      changed = true;
    }
    if (changed) this.#tell();
  }

  /** A replica that was asked for is there, unless so many were not wanted any more. */
  happen(): void {
    const { nowMs } = this.#world.simulation;
    const began = this.#starting[0];
    if (began === undefined || began + (this.part.startupMs ?? 0) > nowMs + 1e-6) return;
    this.#starting.shift();
    this.#replicas.push(this.#replica());
    this.#tell();
  }

  /** Sums since the beginning. */
  sums(nowMs: number): PartSums {
    this.#leaving = this.#leaving.filter((replica) => {
      if (replica.there > 0) return true;
      addTo(this.#gone, replica, nowMs);
      this.#world.gone(replica);
      return false;
    });
    const sums = { ...this.#gone };
    for (const replica of this.#replicas) addTo(sums, replica, nowMs);
    for (const replica of this.#leaving) addTo(sums, replica, nowMs);
    return sums;
  }

  #replica(): Replica {
    const { part } = this;
    const { simulation, owner, visitOf, processors } = this.#world;
    this.#named++;
    return new Replica(
      `${part.name}.${this.#named}`,
      {
        places: part.places,
        queueMax: part.queueMax,
        coldStart: part.coldStart,
        admission: part.admission,
        processors: part.external ? undefined : processors,
      },
      { simulation, owner, visitOf, random: this.#random },
    );
  }

  #tell(): void {
    for (const view of this.#views) view.follow(this.#replicas, this.#world.simulation.nowMs);
  }
}

function noSums(): PartSums {
  return { busyMs: 0, waitingMs: 0, thereMs: 0, placesMs: 0, begun: 0, waitedMs: 0, refused: 0, shed: 0 };
}

function addTo(sums: PartSums, replica: Replica, nowMs: number): void {
  const { busyMs, waitingMs, thereMs, placesMs } = replica.measured(nowMs);
  sums.busyMs += busyMs;
  sums.waitingMs += waitingMs;
  sums.thereMs += thereMs;
  sums.placesMs += placesMs;
  sums.begun += replica.begun;
  sums.waitedMs += replica.waitedMs;
  sums.refused += replica.refused;
  sums.shed += replica.shed;
}

/** Services are called through an edge, whose defaults guard them; of others nothing is known but whether they take connections. */
function settingsOf(part: ResolvedPart): UpstreamSettings {
  const { kind, balance, upstream } = part;
  const isProxied = kind === "service" || upstream !== undefined;
  const {
    health,
    outliers,
    panicShare = 0.5,
    slowStartMs = 0,
    bounds,
  }: Omit<UpstreamConfig, "endpoints"> = upstream ?? {};
  return {
    balance: balanceOf(part.name, balance),
    policies: {
      health: policyOf(health),
      outliers: isProxied ? outlierPolicyOf(outliers) : undefined,
      slowStartMs,
    },
    panicShare,
    bounds: isProxied
      ? boundsOf(bounds)
      : {
          connections: Number.POSITIVE_INFINITY,
          pending: 0,
          pendingMs: 0,
          requests: Number.POSITIVE_INFINITY,
          requestsPerConnection: Number.POSITIVE_INFINITY,
        },
    checkEveryMs: health && (health.intervalMs ?? 2_000),
  };
}

function balanceOf(part: string, algorithm: string): BalanceConfig {
  switch (algorithm) {
    case "round-robin":
    case "weighted-round-robin":
    case "least-connections":
    case "weighted-least-connections":
    case "least-response-time":
    case "random":
    case "power-of-two":
    case "ip-hash":
      return { algorithm };
    case "consistent-hash":
      return { algorithm, key: { from: "path" } };
    default:
      throw new PlanError("BAD_SETTING", `${part}: no edge balances by "${algorithm}"`);
  }
}
