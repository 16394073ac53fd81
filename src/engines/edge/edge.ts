import { randomBytes } from "node:crypto";
import { type Clock, type Random, systemClock, systemRandom, type Timer } from "../../blocks/time/index.ts";
import type { RunningEngine } from "../process.ts";
import { checkConfig } from "./check.ts";
import { Listener } from "./client/listener.ts";
import type { EdgeConfig, EdgeLimits, ListenerConfig } from "./config/index.ts";
import { EdgeError } from "./errors.ts";
import { RequestIds } from "./exchange/request-id.ts";
import { CLOSE_MS, limitsOf } from "./limits.ts";
import { compileRoutes } from "./routing/compiled-route.ts";
import { RouteTable } from "./routing/route-table.ts";
import type { EdgeRuntime, Site } from "./runtime.ts";
import { Timeouts } from "./timeouts.ts";
import type { Endpoint } from "./upstream/endpoint.ts";
import { Upstream } from "./upstream/upstream.ts";
import { Watch } from "./watch.ts";
import type { SocketLookup } from "./workers/bound-socket.ts";

/** What an edge tells of itself. */
export interface EdgeEvent {
  /** An endpoint was taken out of use, or brought back. */
  readonly type: "endpoint";
  readonly upstream: string;
  readonly id: string;
  readonly state: "up" | "down";
  /** In words, such as `refused the connection (ECONNREFUSED)`. */
  readonly reason: string;
}

/** What an edge takes besides its configuration. */
export interface EdgeOptions {
  /** Default: the machine's own time. */
  readonly clock?: Clock;
  /** Spreads health checks over their interval, and names request ids. Default: the runtime's own generator. */
  readonly random?: Random;
  /**
   * Signs and encrypts what clients are given to hold: cookies of affinity, tickets of TLS sessions. The same in all workers of an
   * edge: at least 32 random bytes. Default: made anew.
   */
  readonly secret?: Uint8Array;
  readonly onEvent?: (event: EdgeEvent) => void;
  /** Sockets that are bound already, for the first configuration. Default: the edge binds its own. */
  readonly sockets?: SocketLookup;
}

/** What an update takes besides the configuration. */
export interface UpdateOptions {
  /** Sockets that are bound already, for listeners that this update adds. Default: the edge binds its own. */
  readonly sockets?: SocketLookup;
  /** Called once the configuration is in force, before anything is drained. */
  readonly onApplied?: () => void;
}

/** An edge that takes requests. */
export interface RunningEdge extends RunningEngine {
  /** Of the first listener. */
  readonly port: number;
  /** Of each listener, in the order of the configuration. */
  readonly ports: readonly number[];
  /**
   * Puts a whole new configuration in force without dropping a connection: requests that begin after the returned promise's
   * first turn follow it. Resolves once every endpoint that it removed has answered its last request (`drained: true`), or
   * after `drainTimeoutMs`, when the tunnels still open there are closed (`drained: false`). Rejects with `EdgeError`
   * (`INVALID_CONFIG`, `PORT_IN_USE`, `CANNOT_LISTEN`, `CLOSED`), and then the configuration before it stays in force whole.
   */
  update(config: EdgeConfig, options?: UpdateOptions): Promise<{ readonly drained: boolean }>;
  /**
   * Closes without failing a request: takes no more connections, answers what comes on those that it has with
   * `Connection: close`, and waits until they are gone, for at most `maxMs` (default: `drainTimeoutMs`). Then closes. Resolves
   * with whether they had all gone by themselves.
   */
  drain(options?: { readonly maxMs?: number }): Promise<{ readonly drained: boolean }>;
  /**
   * Takes no more connections, finishes the requests under way (for at most 10 s), closes tunnels at once, frees everything.
   * Idempotent.
   */
  close(): Promise<void>;
}

/** Starts an edge. Throws `EdgeError` (`INVALID_CONFIG`, `PORT_IN_USE`, `CANNOT_LISTEN`) with nothing left behind. */
export async function startEdge(config: EdgeConfig, options: EdgeOptions = {}): Promise<RunningEdge> {
  const edge = new Edge(options);
  await edge.update(config, options.sockets ? { sockets: options.sockets } : {});
  return edge;
}

class Edge implements RunningEdge {
  readonly #runtime: EdgeRuntime;
  readonly #random: Random;
  /** What all workers of an edge share, and nobody else knows. */
  readonly #secret: Uint8Array;
  readonly #onEvent: (event: EdgeEvent) => void;
  readonly #upstreams = new Map<string, Upstream>();
  /** Removed, and not yet done with their last request. */
  readonly #leaving = new Set<Endpoint>();
  readonly #listenersLeaving = new Set<Listener>();
  #listeners: readonly Listener[] = [];
  #lastChange: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(options: EdgeOptions) {
    const { clock = systemClock, random = systemRandom } = options;
    const limits = limitsOf({});
    this.#random = random;
    this.#secret = options.secret ?? randomBytes(32);
    this.#onEvent = options.onEvent ?? (() => {});
    const requestIds = new RequestIds(random);
    this.#runtime = {
      clock,
      name: `trestle-${requestIds.edge}`,
      requestIds,
      watch: new Watch(clock, sweepPeriodMs(limits)),
      timeouts: new Timeouts(clock),
      upstreams: this.#upstreams,
      observer: undefined,
      limits,
      documentationUrl: "",
      closing: false,
    };
  }

  get port(): number {
    return this.#listeners[0]?.port ?? 0;
  }

  get ports(): readonly number[] {
    return this.#listeners.map((listener) => listener.port);
  }

  async update(config: EdgeConfig, options: UpdateOptions = {}): Promise<{ readonly drained: boolean }> {
    // One change at a time, in the order they were asked for; draining goes on beside the next.
    const change = this.#lastChange.then(() => this.#apply(config, options.sockets));
    this.#lastChange = change.catch(() => {});
    const removed = await change;
    options.onApplied?.();
    return this.#drainEndpoints(removed);
  }

  async drain({ maxMs }: { readonly maxMs?: number } = {}): Promise<{ readonly drained: boolean }> {
    await this.#lastChange;
    const runtime = this.#runtime;
    runtime.closing = true;
    const listeners = [...this.#listeners, ...this.#listenersLeaving];
    const gone = Promise.all(listeners.map((listener) => listener.stopAccepting())).then(() => true);
    const drained = await within(gone, maxMs ?? runtime.limits.drainTimeoutMs, runtime.clock);
    await this.close();
    return { drained };
  }

  close(): Promise<void> {
    this.#closed ??= this.#lastChange.then(() => this.#close());
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Everything that can fail comes first; then all changes in one turn. Returns the endpoints that were removed. */
  async #apply(config: EdgeConfig, sockets: SocketLookup | undefined): Promise<Endpoint[]> {
    if (this.#closed) throw new EdgeError("CLOSED", "the edge has been closed; start another");
    checkConfig(config);
    const limits = limitsOf(config);
    const listeners = await this.#openListeners(config, sockets);

    const runtime = this.#runtime;
    runtime.limits = limits;
    runtime.documentationUrl = config.documentationUrl ?? "/docs/errors";
    runtime.watch.periodMs = sweepPeriodMs(limits);
    runtime.timeouts.tidy();
    const removed = this.#configureUpstreams(config, limits);
    for (const [at, listener] of listeners.entries()) {
      const wanted = config.listeners[at];
      if (wanted) listener.replaceSite(this.#siteOf(wanted));
      listener.applyLimits(limits);
    }
    const leaving = this.#listeners.filter((listener) => !listeners.includes(listener));
    this.#listeners = listeners;
    for (const listener of leaving) {
      this.#listenersLeaving.add(listener);
      void listener.close().then(() => this.#listenersLeaving.delete(listener));
    }
    return removed;
  }

  /** The listeners of a configuration, in its order: those that are open already, and new ones. All or none. */
  async #openListeners(config: EdgeConfig, sockets: SocketLookup | undefined): Promise<Listener[]> {
    const free = [...this.#listeners];
    const opened: Listener[] = [];
    const listeners: Listener[] = [];
    try {
      for (const wanted of config.listeners) {
        const at = free.findIndex((listener) => listener.serves(wanted));
        const [kept] = at < 0 ? [] : free.splice(at, 1);
        // Until the rest of the configuration is in force, a new listener answers 404.
        const listener = kept ?? (await Listener.open(wanted, EMPTY_SITE, this.#runtime, sockets));
        if (!kept) opened.push(listener);
        listeners.push(listener);
      }
      return listeners;
    } catch (thrown) {
      await Promise.all(opened.map((listener) => listener.close()));
      throw thrown;
    }
  }

  #configureUpstreams(config: EdgeConfig, limits: EdgeLimits): Endpoint[] {
    const removed: Endpoint[] = [];
    for (const [name, upstream] of this.#upstreams) {
      if (Object.hasOwn(config.upstreams, name)) continue;
      removed.push(...upstream.configure({ endpoints: [] }, limits));
      this.#upstreams.delete(name);
    }
    for (const [name, wanted] of Object.entries(config.upstreams)) {
      let upstream = this.#upstreams.get(name);
      if (!upstream) {
        upstream = new Upstream(name, {
          clock: this.#runtime.clock,
          watch: this.#runtime.watch,
          random: this.#random,
          secret: this.#secret,
          onEndpoint: (of, id, state, reason) =>
            this.#onEvent({ type: "endpoint", upstream: of, id, state, reason }),
        });
        this.#upstreams.set(name, upstream);
      }
      removed.push(...upstream.configure(wanted, limits));
    }
    return removed;
  }

  #siteOf(listener: ListenerConfig): Site {
    if (listener.kind === "tcp" || listener.kind === "udp") return EMPTY_SITE;
    const upstreamOf = (name: string): Upstream => {
      const upstream = this.#upstreams.get(name);
      if (!upstream) throw new Error(`a checked configuration leads to ${name}, which does not exist`);
      return upstream;
    };
    const { trustedHops = 0 } = listener;
    return {
      routes: compileRoutes(listener.routes, { upstreamOf, random: this.#random }),
      trustedHops: trustedHops === "all" ? Number.POSITIVE_INFINITY : trustedHops,
    };
  }

  async #drainEndpoints(removed: readonly Endpoint[]): Promise<{ drained: boolean }> {
    const { clock, limits } = this.#runtime;
    for (const endpoint of removed) this.#leaving.add(endpoint);
    const idle = Promise.all(
      removed.map(
        (endpoint) =>
          new Promise<void>((resolve) =>
            endpoint.retire(() => {
              this.#leaving.delete(endpoint);
              resolve();
            }),
          ),
      ),
    ).then(() => true);
    const drained = await within(idle, limits.drainTimeoutMs, clock);
    if (!drained) for (const endpoint of removed) endpoint.closeTunnels();
    return { drained };
  }

  async #close(): Promise<void> {
    const runtime = this.#runtime;
    runtime.closing = true;
    for (const endpoint of this.#endpoints()) endpoint.closeTunnels();
    const listeners = [...this.#listeners, ...this.#listenersLeaving];
    const closed = Promise.all(listeners.map((listener) => listener.close())).then(() => true);
    if (!(await within(closed, CLOSE_MS, runtime.clock))) {
      for (const listener of listeners) listener.destroyConnections();
      await closed;
    }
    for (const endpoint of this.#endpoints()) endpoint.close();
    for (const upstream of this.#upstreams.values()) upstream.close();
    runtime.watch.close();
  }

  *#endpoints(): Iterable<Endpoint> {
    for (const upstream of this.#upstreams.values()) yield* upstream.endpoints;
    yield* this.#leaving;
  }
}

const EMPTY_SITE: Site = { routes: new RouteTable([]), trustedHops: 0 };

/** Deadlines are met to a quarter of the shortest, and twice a second is often enough. */
function sweepPeriodMs(limits: EdgeLimits): number {
  const { connectTimeoutMs, responseTimeoutMs, requestHeadTimeoutMs, idleTimeoutMs } = limits;
  const shortest = Math.min(connectTimeoutMs, responseTimeoutMs, requestHeadTimeoutMs, idleTimeoutMs);
  return Math.max(10, Math.min(500, shortest / 4));
}

/** Whether `done` resolves within a time. */
function within(done: Promise<boolean>, timeoutMs: number, clock: Clock): Promise<boolean> {
  let timer: Timer | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = clock.setTimer(timeoutMs, () => resolve(false));
  });
  return Promise.race([done, late]).finally(() => timer?.cancel());
}
