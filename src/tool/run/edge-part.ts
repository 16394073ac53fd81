import { randomBytes } from "node:crypto";
import { messageOf } from "../../blocks/errors/index.ts";
import type { EdgeConfig } from "../../engines/edge/config/index.ts";
import { HeldSockets } from "../../engines/edge/workers/held-sockets.ts";
import type { Child } from "./child.ts";
import { drainEdge, startEdge, updateEdge } from "./edge-channel.ts";
import { RunError } from "./errors.ts";
import { type Job, Keeper } from "./keeper.ts";
import { engineLaunch } from "./launches.ts";
import type { Part, PartHost } from "./part.ts";

export interface EdgePartOptions {
  readonly name: string;
  readonly needs: readonly string[];
  /** Where users reach it, the main one first; none of an edge that only parts know of. */
  readonly urls: readonly string[];
  /** What it is told to listen at first. */
  readonly port: number;
  /** The configuration of this moment, with the replicas that serve. Its listeners stay the same. */
  readonly config: () => EdgeConfig;
}

/** An edge's process, kept; there are two of them during an upgrade. */
interface Generation {
  readonly keeper: Keeper;
  /** The process that has a configuration, and to which changes must be told. */
  child: Child | undefined;
}

/**
 * An edge. Its sockets are held here for as long as the part lives, and each of its processes gets a copy: so what comes
 * while a process is down waits for the next one, and a restart is an upgrade in place, which fails no request.
 */
export class EdgePart implements Part {
  readonly kind = "edge";
  readonly name: string;
  readonly needs: readonly string[];
  readonly external = false;
  readonly #options: EdgePartOptions;
  readonly #host: PartHost;
  readonly #sockets = new HeldSockets();
  /** Shared by the processes that follow each other, which therefore know each other's cookies and sessions. */
  readonly #secret = randomBytes(32).toString("base64");
  /** Every process that has not ended, so that none is forgotten. */
  readonly #generations = new Set<Generation>();
  #current: Generation;
  #frozen = false;
  #stopping = false;
  #work: Promise<void> = Promise.resolve();

  constructor(options: EdgePartOptions, host: PartHost) {
    this.name = options.name;
    this.needs = options.needs;
    this.#options = options;
    this.#host = host;
    this.#current = this.#create();
  }

  get url(): string | undefined {
    return this.#options.urls[0];
  }

  get moreUrls(): readonly string[] {
    return this.#options.urls.slice(1);
  }

  get isReady(): boolean {
    return this.#current.keeper.isReady;
  }

  get keepers(): readonly Keeper[] {
    return [this.#current.keeper];
  }

  /** Its process takes longer to load than to listen, and needs nobody for that. */
  prepare(): void {
    this.#current.keeper.spawnAhead();
  }

  start(): void {
    this.#current.keeper.start();
  }

  /**
   * Upgrades it in place: the new process serves beside the old one, which answers what it has and then ends. One that does
   * not serve is started anew instead. Restarts that are asked for at once follow each other.
   */
  restart(): Promise<void> {
    const done = this.#work.then(async () => {
      this.#checkGoingOn();
      if (this.isReady) await this.#upgrade();
      else await this.#startAnew();
    });
    this.#work = done.catch(() => {});
    return done;
  }

  /**
   * Puts the configuration of this moment in force. Resolves when every endpoint that it removed has answered its last
   * request. An edge that does not run has none: it takes the configuration of the moment when it starts.
   */
  async apply(): Promise<void> {
    const { clock } = this.#host;
    const updates = [...this.#generations].map(async (generation) => {
      const { child } = generation;
      if (child?.running) await updateEdge(child, this.#configOf(generation), clock);
    });
    await Promise.all(updates);
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

  async #finish(end: (keeper: Keeper) => Promise<void>): Promise<void> {
    this.freeze();
    this.#stopping = true;
    await Promise.all([...this.#generations].map(({ keeper }) => end(keeper)));
    // An upgrade that was under way finds its processes ended, and ends as well.
    await this.#work;
    this.#sockets.close();
  }

  async #upgrade(): Promise<void> {
    const predecessor = this.#current;
    const successor = this.#create();
    successor.keeper.start();
    const state = await successor.keeper.settled();
    if (this.#frozen || state.is !== "ready") {
      await this.#end(successor);
      this.#checkGoingOn();
      const why = "reason" in state ? state.reason : state.is;
      throw new RunError(
        "RESTART_FAILED",
        `the new process of ${this.name} ${why}; the old one goes on. \`trestle logs ${this.name}\` shows why`,
      );
    }
    this.#current = successor;
    this.#host.onState(successor.keeper);
    if (predecessor.child?.running) {
      await drainEdge(predecessor.child, this.#options.config(), this.#host.clock);
    }
    await this.#end(predecessor);
    // It may have the port for operators now.
    if (this.#options.config().admin) await this.apply();
  }

  async #startAnew(): Promise<void> {
    const state = await this.#current.keeper.restart();
    this.#checkGoingOn();
    if (state.is === "ready") return;
    const why = "reason" in state ? state.reason : state.is;
    throw new RunError("RESTART_FAILED", `${this.name} ${why}: see \`trestle logs ${this.name}\``);
  }

  #checkGoingOn(): void {
    if (this.#frozen) throw new RunError("NOT_POSSIBLE", `${this.name} is being stopped`);
  }

  async #end(generation: Generation): Promise<void> {
    await generation.keeper.stop();
    this.#generations.delete(generation);
  }

  /** Only one process can listen at the port for operators: the one that has served for longest, until it ends. */
  #configOf(generation: Generation): EdgeConfig {
    const [oldest] = this.#generations;
    const { admin, ...rest } = this.#options.config();
    return admin && generation === oldest ? { ...rest, admin } : rest;
  }

  #create(): Generation {
    const host = this.#host;
    const generation: Generation = {
      keeper: new Keeper(
        this.#job(() => generation),
        {
          clock: host.clock,
          ledger: host.ledger,
          onLine: (line) => host.onLine(line),
          onState: (keeper) => {
            // The world sees one process: the one that serves, until its successor does.
            if (keeper === this.#current?.keeper) host.onState(keeper);
          },
        },
      ),
      child: undefined,
    };
    this.#generations.add(generation);
    return generation;
  }

  #job(generation: () => Generation): Job {
    const { name, port } = this.#options;
    const { clock, stateFolder, environment } = this.#host;
    return {
      id: name,
      part: name,
      life: "service",
      startTimeoutMs: 30_000,
      stopTimeoutMs: 15_000,
      port: () => port,
      launch: async () => {
        await this.#holdSockets();
        return engineLaunch("edge", stateFolder, environment);
      },
      untilReady: async (child, { signal, onMissing }) => {
        onMissing(`port ${port} to open`);
        const given = this.#configOf(generation());
        const options = { config: given, secret: this.#secret };
        await startEdge(child, options, this.#sockets.all, signal, (message) =>
          this.#host.notice(name, message),
        );
        // From here on, it is told what changes. Replicas may have come and gone while it started.
        generation().child = child;
        const now = this.#configOf(generation());
        if (JSON.stringify(now) !== JSON.stringify(given)) await updateEdge(child, now, clock);
      },
    };
  }

  async #holdSockets(): Promise<void> {
    try {
      await this.#sockets.hold(this.#options.config().listeners);
    } catch (thrown) {
      // The port may be free the next time: a keeper tries that again.
      throw new Error(`cannot start: ${messageOf(thrown)}`, { cause: thrown });
    }
    if (!this.#stopping) return;
    this.#sockets.close();
    throw new Error("it is being stopped");
  }
}
