import { randomBytes } from "node:crypto";
import { type Clock, type Random, systemClock, systemRandom, type Timer } from "../../blocks/time/index.ts";
import type { RunningEngine } from "../process.ts";
import { Administration } from "./admin/administration.ts";
import type { EdgeControl } from "./admin/edge-control.ts";
import { checkConfig } from "./check.ts";
import type { EdgeConfig, EdgeLimits, ListenerConfig } from "./config/index.ts";
import { EdgeError } from "./errors.ts";
import { RequestIds } from "./exchange/request-id.ts";
import { CLOSE_MS, limitsOf } from "./limits.ts";
import { Listeners } from "./listeners.ts";
import { meteredNames } from "./observe/metered-names.ts";
import { Observation } from "./observe/observation.ts";
import { Telemetry } from "./observe/telemetry.ts";
import type { EdgeReading } from "./observe/upstream-status.ts";
import type { EdgeRuntime } from "./runtime.ts";
import { Timeouts } from "./timeouts.ts";
import { EdgeTls } from "./tls/edge-tls.ts";
import type { TlsEvent } from "./tls/index.ts";
import { transportsFor } from "./transports.ts";
import type { Endpoint } from "./upstream/endpoint.ts";
import { plainTransport, type TransportOf } from "./upstream/transport.ts";
import { Upstream } from "./upstream/upstream.ts";
import { Watch } from "./watch.ts";
import type { SocketLookup } from "./workers/bound-socket.ts";
import { opensMore } from "./workers/held-sockets.ts";

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
  /** Hears of certificates that were taken up, could not be, or run out. */
  readonly onTls?: (event: TlsEvent) => void;
  /** Sockets that are bound already, for the first configuration. Default: the edge binds its own. */
  readonly sockets?: SocketLookup;
  /** Called once the edge has drained because its operators asked for that: nothing is served any more. */
  readonly onDrained?: () => void;
}

/** What an update takes besides the configuration. */
export interface UpdateOptions {
  /** Sockets that are bound already, for listeners that this update adds. Default: the edge binds its own. */
  readonly sockets?: SocketLookup;
  /** Called once the configuration is in force, before anything is drained. */
  readonly onApplied?: () => void;
}

/** An edge that takes requests. */
export interface RunningEdge extends RunningEngine, AsyncDisposable {
  /** Of the first listener. */
  readonly port: number;
  /** Of each listener, in the order of the configuration. */
  readonly ports: readonly number[];
  /** Of the server for operators, where there is one. */
  readonly adminPort: number | undefined;
  /** What it has counted, and how its upstreams stand. */
  reading(): EdgeReading;
  /** Opens the access log's file again: somebody has moved it away. */
  reopenLog(): Promise<void>;
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

class Edge implements RunningEdge, EdgeControl {
  readonly #options: EdgeOptions;
  readonly #runtime: EdgeRuntime;
  readonly #random: Random;
  /** What all workers of an edge share, and nobody else knows. */
  readonly #secret: Uint8Array;
  readonly #upstreams = new Map<string, Upstream>();
  readonly #tls: EdgeTls;
  readonly #observation: Observation;
  readonly #telemetry: Telemetry;
  readonly #listeners: Listeners;
  readonly #admin: Administration;
  /** Removed, and not yet done with their last request. */
  readonly #leaving = new Set<Endpoint>();
  #config: EdgeConfig = { listeners: [], upstreams: {} };
  #transportOf: TransportOf = () => plainTransport;
  #lastChange: Promise<unknown> = Promise.resolve();
  #draining: Promise<{ readonly drained: boolean }> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: EdgeOptions) {
    const { clock = systemClock, random = systemRandom, secret = randomBytes(SECRET_BYTES) } = options;
    const limits = limitsOf({});
    const requestIds = new RequestIds(random);
    this.#options = options;
    this.#random = random;
    this.#secret = secret;
    this.#tls = new EdgeTls({ clock, secret, report: (event) => options.onTls?.(event) });
    this.#observation = new Observation(clock, random, this.#upstreams);
    this.#runtime = {
      clock,
      name: `trestle-${requestIds.edge}`,
      requestIds,
      watch: new Watch(clock, sweepPeriodMs(limits)),
      timeouts: new Timeouts(clock),
      upstreams: this.#upstreams,
      observer: this.#observation,
      attempts: undefined,
      tracer: undefined,
      limits,
      documentationUrl: "",
      copies: { heldBytes: 0 },
      closing: false,
    };
    this.#telemetry = new Telemetry(this.#runtime, this.#observation, random);
    const parts = { runtime: this.#runtime, random, tls: this.#tls, observation: this.#observation };
    this.#listeners = new Listeners(parts);
    const documentationUrl = () => this.#runtime.documentationUrl;
    this.#admin = new Administration({ control: this, clock, requestIds, documentationUrl });
  }

  get port(): number {
    return this.ports[0] ?? 0;
  }

  get ports(): readonly number[] {
    return this.#listeners.ports;
  }

  get adminPort(): number | undefined {
    return this.#admin.port;
  }

  config(): EdgeConfig {
    return this.#config;
  }

  state(): "serving" | "draining" {
    return this.#draining || this.#closed ? "draining" : "serving";
  }

  reading(): EdgeReading {
    return this.#observation.reading();
  }

  async clusters(): Promise<EdgeReading["upstreams"]> {
    return this.reading().upstreams;
  }

  async metrics(): Promise<EdgeReading["metrics"]> {
    return this.reading().metrics;
  }

  reopenLog(): Promise<void> {
    return this.#observation.reopenLog();
  }

  async update(
    next: EdgeConfig | ((current: EdgeConfig) => EdgeConfig),
    options: UpdateOptions = {},
  ): Promise<{ readonly drained: boolean }> {
    // One change at a time, in the order they were asked for; draining goes on beside the next.
    const change = this.#lastChange.then(() => {
      return this.#apply(typeof next === "function" ? next(this.#config) : next, options.sockets);
    });
    this.#lastChange = change.catch(() => {});
    const removed = await change;
    options.onApplied?.();
    return this.#drainEndpoints(removed);
  }

  drain(options: { readonly maxMs?: number } = {}): Promise<{ readonly drained: boolean }> {
    this.#draining ??= this.#drain(options);
    return this.#draining;
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
    checkAlone(config);
    if (this.#draining && opensMore(config.listeners, this.#config.listeners)) {
      throw new EdgeError("CLOSED", "the edge drains, and listens nowhere else any more; start another");
    }
    const limits = limitsOf(config);
    await using undo = new AsyncDisposableStack();
    const tls = await this.#tls.prepare(config);
    undo.defer(() => tls.discard());
    const transports = await transportsFor(config, this.#tls);
    const log = await this.#observation.prepare(config.accessLog);
    if (log.isNew) undo.defer(() => log.log?.close());
    await this.#telemetry.prepare(config.telemetry);
    const admin = await this.#admin.prepare(config.admin);
    undo.defer(() => admin.discard());
    const listeners = await this.#listeners.prepare(config, sockets);
    undo.move();

    const runtime = this.#runtime;
    runtime.limits = limits;
    runtime.documentationUrl = config.documentationUrl ?? "/docs/errors";
    runtime.watch.periodMs = sweepPeriodMs(limits);
    runtime.timeouts.tidy();
    this.#config = config;
    this.#transportOf = transports;
    const removed = this.#configureUpstreams(config, limits);
    const tlsOf = (listener: ListenerConfig) => this.#tls.serverOf(listener);
    this.#listeners.apply(listeners, { config, upstreams: this.#upstreams, tlsOf }, limits);
    tls.commit();
    const names = meteredNames(config, this.#listeners.names);
    this.#observation.apply(log, config, names);
    this.#telemetry.apply(config.telemetry, names);
    admin.commit(limits.drainTimeoutMs + ANSWER_MS);
    return removed;
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
            this.#options.onEvent?.({ type: "endpoint", upstream: of, id, state, reason }),
          transportOf: (settings) => this.#transportOf(settings),
        });
        this.#upstreams.set(name, upstream);
      }
      removed.push(...upstream.configure(wanted, limits));
    }
    return removed;
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

  async #drain({ maxMs }: { readonly maxMs?: number }): Promise<{ readonly drained: boolean }> {
    await this.#lastChange;
    const runtime = this.#runtime;
    runtime.closing = true;
    const gone = this.#listeners.stopAccepting().then(() => true);
    const drained = await within(gone, maxMs ?? runtime.limits.drainTimeoutMs, runtime.clock);
    await this.close();
    this.#options.onDrained?.();
    return { drained };
  }

  async #close(): Promise<void> {
    const runtime = this.#runtime;
    runtime.closing = true;
    for (const endpoint of this.#endpoints()) endpoint.closeTunnels();
    const closed = this.#listeners.close().then(() => true);
    if (!(await within(closed, CLOSE_MS, runtime.clock))) {
      this.#listeners.destroyConnections();
      await closed;
    }
    for (const endpoint of this.#endpoints()) endpoint.close();
    for (const upstream of this.#upstreams.values()) upstream.close();
    this.#tls.close();
    runtime.watch.close();
    await Promise.all([this.#observation.close(), this.#telemetry.close(), this.#admin.close()]);
  }

  *#endpoints(): Iterable<Endpoint> {
    for (const upstream of this.#upstreams.values()) yield* upstream.endpoints;
    yield* this.#leaving;
  }
}

/** Other processes would have to share its sockets from the beginning: see `workers/`. */
function checkAlone({ workers = 1 }: EdgeConfig): void {
  if (workers === 1) return;
  const message = "workers cannot be more than 1 in a process that serves by itself: start the edge anew";
  throw new EdgeError("INVALID_CONFIG", message, { details: { place: "workers" } });
}

const SECRET_BYTES = 32;
/** How long after its draining the answer to a change may take. */
const ANSWER_MS = 1_000;

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
