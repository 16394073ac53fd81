import { resolve } from "node:path";
import type { EndpointConfig } from "../../engines/edge/config/index.ts";
import type { State } from "../control-api/index.ts";
import type { ServiceModel } from "../design/model.ts";
import type { ScalingModel } from "../design/scaling-model.ts";
import { RunError } from "./errors.ts";
import { type Job, Keeper, type KeeperHost } from "./keeper.ts";
import { programLaunch } from "./launches.ts";
import type { Part, PartHost } from "./part.ts";
import { untilServing } from "./readiness.ts";

/** No system on one machine has more processes of one service. */
export const REPLICAS_MAX = 100;

export interface ServicePartOptions {
  readonly model: ServiceModel;
  readonly needs: readonly string[];
  /** What a replica, by its id, finds in its environment, besides `PORT`. */
  readonly environment: (replica: string) => NodeJS.ProcessEnv;
  /** Where other services reach this one; absent when none does. */
  readonly url?: string;
  /**
   * Tells the edges that the endpoints have changed. Resolves when each one that went has answered its last request.
   */
  readonly onEndpoints: () => Promise<void>;
}

/** One process of a service, and the address at which it serves. */
interface Replica {
  readonly id: string;
  readonly keeper: Keeper;
  /** Distinguishes the processes that follow each other under one id. */
  readonly generation: number;
  /** Taken out of service by somebody's wish. */
  resting: boolean;
  host: string;
  port: number | undefined;
}

/** A service: its replicas, and the ways to change them without a failed request. */
export class ServicePart implements Part {
  readonly kind = "service";
  readonly name: string;
  readonly needs: readonly string[];
  readonly url: string | undefined;
  readonly external = false;
  readonly #options: ServicePartOptions;
  readonly #host: PartHost;
  /** Those that serve or shall serve, in the order of their numbers. */
  #replicas: Replica[] = [];
  /** Every process that has not ended, so that none is forgotten. */
  readonly #keepers = new Set<Keeper>();
  #wanted: number;
  #frozen = false;
  #told = "";
  #work: Promise<void> = Promise.resolve();

  constructor(options: ServicePartOptions, host: PartHost) {
    this.name = options.model.name;
    this.needs = options.needs;
    this.url = options.url;
    this.#options = options;
    this.#host = host;
    this.#wanted = options.model.replicas;
    for (let number = 1; number <= options.model.replicas; number++)
      this.#replicas.push(this.#create(number, 1));
  }

  get keepers(): readonly Keeper[] {
    return this.#replicas.map((replica) => replica.keeper);
  }

  get scaling(): ScalingModel | undefined {
    return this.#options.model.scaling;
  }

  get wanted(): number {
    return this.#wanted;
  }

  /** Where its files are. */
  get folder(): string {
    return resolve(this.#host.designFolder, this.#options.model.folder);
  }

  /** One replica that serves is enough for those who use the service. */
  get isReady(): boolean {
    return this.keepers.some((keeper) => keeper.isReady);
  }

  /** The replicas that serve now. */
  get endpoints(): readonly EndpointConfig[] {
    return this.#replicas.flatMap(({ id, keeper, generation, resting, host, port }) =>
      keeper.isReady && !resting && port !== undefined ? [{ id: `${id}#${generation}`, host, port }] : [],
    );
  }

  start(): void {
    for (const keeper of this.keepers) keeper.start();
  }

  /** Replaces the replicas one by one: each old process ends once its successor serves and it has answered its last request. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      for (const old of [...this.#replicas]) {
        const successor = this.#create(numberOf(old.id), old.generation + 1);
        successor.keeper.start();
        const state = await successor.keeper.settled();
        this.#checkGoingOn();
        if (state.is !== "ready") {
          await this.#end(successor);
          throw new RunError(
            "RESTART_FAILED",
            `the new process of ${old.id} ${wordsOf(state)}; the old one goes on. \`trestle logs ${this.name}\` shows why`,
          );
        }
        this.#replicas = this.#replicas.map((replica) => (replica === old ? successor : replica));
        this.#host.onState(successor.keeper);
        await this.#options.onEndpoints();
        await this.#end(old);
      }
    });
  }

  /**
   * Sets the number of replicas; resolves when the new ones serve and those that are too many have ended. Other changes do not wait for
   * new ones to serve: more can be asked for while those start.
   */
  async scale(replicas: number): Promise<void> {
    this.#checkNumber(replicas);
    this.#wanted = replicas;
    let coming: readonly Replica[] = [];
    await this.#inTurn(async () => {
      coming = await this.#changeNumber(replicas);
    });
    for (const { id, keeper } of coming) {
      const state = await keeper.settled();
      this.#checkGoingOn();
      // One that made way meanwhile, for a successor or because fewer are wanted now, is no failure.
      if (state.is === "ready" || !this.keepers.includes(keeper)) continue;
      throw new RunError(
        "SCALE_FAILED",
        `${id} ${wordsOf(state)}; it is tried again. \`trestle logs ${this.name}\` shows why`,
      );
    }
  }

  /** Ends those that are too many, and starts those that are missing: returns these. */
  async #changeNumber(replicas: number): Promise<readonly Replica[]> {
    const leaving = this.#replicas.slice(replicas);
    const before = this.#replicas.length;
    this.#replicas = this.#replicas.slice(0, replicas);
    if (leaving.length > 0) await this.#options.onEndpoints();
    await Promise.all(leaving.map((replica) => this.#end(replica)));
    for (const { keeper } of leaving) this.#host.onState(keeper);

    const coming: Replica[] = [];
    for (let number = before + 1; number <= replicas; number++) coming.push(this.#create(number, 1));
    this.#replicas.push(...coming);
    for (const { keeper } of coming) keeper.start();
    return coming;
  }

  #checkNumber(replicas: number): void {
    const { min, max } = this.scaling ?? { min: 1, max: REPLICAS_MAX };
    if (Number.isInteger(replicas) && replicas >= min && replicas <= max) return;
    const why = this.scaling
      ? `by its design they follow its load, between ${min} and ${max}`
      : `a whole number from ${min} to ${max} can`;
    throw new RunError("NOT_POSSIBLE", `${this.name} cannot have ${replicas} replicas: ${why}`);
  }

  stopReplica(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const replica = this.#replica(id);
      replica.resting = true;
      await this.#options.onEndpoints();
      await replica.keeper.stop();
    });
  }

  startReplica(id: string): Promise<void> {
    return this.#inTurn(async () => {
      const old = this.#replica(id);
      if (old.keeper.state.is !== "stopped") throw new RunError("NOT_POSSIBLE", `${id} was not stopped`);
      const successor = this.#create(numberOf(id), old.generation + 1);
      this.#replicas = this.#replicas.map((replica) => (replica === old ? successor : replica));
      await this.#end(old);
      successor.keeper.start();
      const state = await successor.keeper.settled();
      this.#checkGoingOn();
      if (state.is === "ready") return;
      throw new RunError("RESTART_FAILED", `${id} ${wordsOf(state)}; it is tried again`);
    });
  }

  #replica(id: string): Replica {
    const found = this.#replicas.find((replica) => replica.id === id);
    if (found) return found;
    throw new RunError("NOT_POSSIBLE", `${this.name} has no replica ${id}`);
  }

  freeze(): void {
    this.#frozen = true;
  }

  async stop(): Promise<void> {
    await this.#finish((keeper) => keeper.stop());
  }

  async kill(): Promise<void> {
    await this.#finish((keeper) => keeper.kill());
  }

  /** Nothing is created any more from here on, so that every process there is gets ended. */
  async #finish(end: (keeper: Keeper) => Promise<void>): Promise<void> {
    this.freeze();
    await Promise.all([...this.#keepers].map(end));
    // A change that was under way finds its processes ended, and ends as well.
    await this.#work;
  }

  /** Changes of the replicas follow each other. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#work.then(() => {
      this.#checkGoingOn();
      return change();
    });
    this.#work = done.catch(() => {});
    return done;
  }

  #checkGoingOn(): void {
    if (this.#frozen) throw new RunError("NOT_POSSIBLE", `${this.name} is being stopped`);
  }

  async #end(replica: Replica): Promise<void> {
    await replica.keeper.stop();
    this.#keepers.delete(replica.keeper);
    if (replica.port !== undefined) this.#host.ports.release(replica.port);
  }

  #create(number: number, generation: number): Replica {
    this.#checkGoingOn();
    const id = `${this.name}.${number}`;
    const keeperHost: KeeperHost = {
      clock: this.#host.clock,
      ledger: this.#host.ledger,
      onLine: (line) => this.#host.onLine(line),
      onState: (keeper) => this.#onState(keeper),
    };
    const replica: Replica = {
      id,
      generation,
      keeper: new Keeper(
        this.#job(id, generation, () => replica),
        keeperHost,
      ),
      resting: false,
      host: "127.0.0.1",
      port: undefined,
    };
    this.#keepers.add(replica.keeper);
    return replica;
  }

  #onState(keeper: Keeper): void {
    // Under one id the world sees one process: the one that serves, until its successor does.
    if (this.keepers.includes(keeper)) this.#host.onState(keeper);
    const endpoints = JSON.stringify(this.endpoints);
    if (endpoints === this.#told) return;
    this.#told = endpoints;
    void this.#options.onEndpoints();
  }

  #job(id: string, generation: number, replica: () => Replica): Job {
    const { model, environment } = this.#options;
    const { ports, clock, stateFolder } = this.#host;
    const { folder } = this;
    return {
      id,
      part: this.name,
      life: "service",
      startTimeoutMs: model.startTimeoutMs,
      stopTimeoutMs: model.stopTimeoutMs,
      port: () => replica().port,
      async launch() {
        const { port } = replica();
        if (port !== undefined) ports.release(port);
        // A successor serves beside its predecessor for a while: they take turns with two ports.
        const taken = await ports.take(generation % 2 === 1 ? id : `${id}.successor`);
        replica().port = taken;
        return programLaunch(model.program, folder, stateFolder, {
          ...environment(id),
          PORT: String(taken),
        });
      },
      async untilReady(_child, { signal, onMissing }) {
        const port = replica().port;
        if (port === undefined) return;
        replica().host = await untilServing({
          port,
          clock,
          signal,
          onMissing,
          ...(model.health === undefined ? {} : { health: model.health }),
        });
      },
    };
  }
}

function wordsOf(state: State): string {
  return "reason" in state ? state.reason : state.is;
}

function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(".") + 1));
}
