import type { EdgeLimits } from "../config/index.ts";
import type { Watched } from "../watch.ts";
import type { UpstreamBounds } from "./bounds.ts";
import { type Dialer, plainDialer } from "./dialer.ts";
import type { UpstreamLink } from "./link.ts";
import type { LinkAsker, LinkClient, LinkPool, LinkPoolOptions } from "./link-pool.ts";
import { type ConnectionOwner, UpstreamConnection } from "./upstream-connection.ts";

/** How much earlier than the upstream says an idle connection is given up: a request sent at that very moment would be lost. */
const KEEP_ALIVE_MARGIN_MS = 1_000;

/** What a pool of connections of HTTP/1.1 is made of. */
export interface ConnectionPoolOptions extends LinkPoolOptions {
  /** Begins connections. Default: in plain text. */
  readonly dialer?: Dialer;
  /** Whether a connection serves no client but the one that it was made for. Default false. */
  readonly perClient?: boolean;
}

/** The connections of HTTP/1.1 to one endpoint. The last used one is used first: the others grow idle and are closed. */
export class ConnectionPool implements LinkPool, ConnectionOwner, Watched {
  readonly #options: ConnectionPoolOptions;
  readonly #dialer: Dialer;
  readonly #open = new Set<UpstreamConnection>();
  /** Who waits, in the order they came, and until when. */
  readonly #line = new Map<LinkAsker, number>();
  /** Whose connection each one is, where that matters. */
  readonly #clients: Map<UpstreamConnection, LinkClient | undefined> | undefined;
  /** How many requests each one has served, where that matters. */
  readonly #served = new Map<UpstreamConnection, number>();
  /** In the order in which they became free. */
  #idle: UpstreamConnection[] = [];
  #idleMax: number;
  #idleMs: number;
  #bounds: UpstreamBounds;
  #serving = false;
  #retired = false;

  constructor(options: ConnectionPoolOptions) {
    this.#options = options;
    this.#dialer = options.dialer ?? plainDialer(options.host, options.port);
    this.#clients = options.perClient ? new Map() : undefined;
    this.#idleMax = options.limits.idleUpstreamConnections;
    this.#idleMs = options.limits.idleUpstreamMs;
    this.#bounds = options.bounds;
  }

  get connections(): number {
    return this.#open.size;
  }

  get idle(): number {
    return this.#idle.length;
  }

  get pending(): number {
    return this.#line.size;
  }

  /** A free connection, or a new one that connects. One that `switches` is always new. */
  take(asker: LinkAsker): UpstreamLink | "queued" | "full" {
    if (!asker.switches && !this.#clients) {
      for (let free = this.#idle.pop(); free; free = this.#idle.pop()) {
        if (free.isUsable) return free;
        free.destroy();
      }
    }
    return this.#takeOther(asker);
  }

  leave(asker: LinkAsker): void {
    if (this.#line.delete(asker)) this.#options.load.pending -= 1;
  }

  dismiss(): void {
    if (this.#line.size === 0) return;
    // Some may come back to wait here again: they are not sent away twice.
    for (const asker of [...this.#line.keys()]) this.#sendAway(asker, "elsewhere");
  }

  roomMade(): void {
    this.#serve();
  }

  applyLimits(limits: EdgeLimits, bounds: UpstreamBounds): void {
    if (this.#retired) return;
    this.#idleMax = limits.idleUpstreamConnections;
    this.#idleMs = limits.idleUpstreamMs;
    this.#bounds = bounds;
    while (this.#idle.length > this.#idleMax) this.#idle[0]?.destroy();
    while (this.#idle.length > 0 && this.#inUse > bounds.connections) this.#idle[0]?.destroy();
    this.#serve();
  }

  retire(): void {
    this.#retired = true;
    this.#idleMax = 0;
    this.closeIdle();
    this.dismiss();
  }

  closeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const connection of idle) connection.destroy();
  }

  close(): void {
    this.retire();
    for (const connection of [...this.#open]) connection.destroy();
  }

  connectionFree(connection: UpstreamConnection): void {
    if (this.#line.size > 0 || this.#bounds.requestsPerConnection !== Number.POSITIVE_INFINITY) {
      if (this.#isSpoken(connection)) return;
    }
    const { clock, watch } = this.#options;
    const promisedMs = connection.keepAliveSeconds * 1_000 - KEEP_ALIVE_MARGIN_MS;
    const idleMs = connection.keepAliveSeconds < 0 ? this.#idleMs : Math.min(this.#idleMs, promisedMs);
    if (this.#idle.length >= this.#idleMax || idleMs <= 0) {
      connection.destroy();
      return;
    }
    connection.staleAtMs = clock.monotonicMs() + idleMs;
    this.#idle.push(connection);
    if (this.#idle.length === 1) watch.add(this);
  }

  connectionGone(connection: UpstreamConnection): void {
    if (!this.#open.delete(connection)) return;
    this.#clients?.delete(connection);
    this.#served.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    // One that is well has been switched: it is still open, as a tunnel.
    if (!connection.isUsable) this.#serve();
  }

  sweep(nowMs: number): void {
    for (const connection of [...this.#idle]) if (connection.staleAtMs <= nowMs) connection.destroy();
    for (const [asker, untilMs] of [...this.#line]) if (untilMs <= nowMs) this.#sendAway(asker, "late");
    this.#serve();
    if (this.#idle.length === 0 && this.#line.size === 0) this.#options.watch.delete(this);
  }

  get #inUse(): number {
    return this.#open.size + this.#options.tunnels.size;
  }

  /** What is not as simple as taking any free connection. */
  #takeOther(asker: LinkAsker): UpstreamLink | "queued" | "full" {
    if (this.#line.size === 0) {
      const link = this.#freeFor(asker) ?? (this.#makeRoom() ? this.#connect(asker) : undefined);
      if (link) return link;
    }
    const { load, clock, watch } = this.#options;
    if (load.pending >= this.#bounds.pending) return "full";
    load.pending += 1;
    this.#line.set(asker, clock.monotonicMs() + this.#bounds.pendingMs);
    watch.add(this);
    return "queued";
  }

  /** Serves those who wait, in their order, as long as there is something to give. */
  #serve(): void {
    if (this.#serving) return;
    this.#serving = true;
    try {
      for (let asker = this.#first(); asker; asker = this.#first()) {
        const free = this.#freeFor(asker);
        if (!free && !this.#makeRoom()) return;
        this.leave(asker);
        if (free) asker.onLink(free);
        else this.#connectFor(asker);
      }
    } finally {
      this.#serving = false;
    }
  }

  #first(): LinkAsker | undefined {
    if (this.#line.size === 0) return undefined;
    return this.#line.keys().next().value;
  }

  /** A free connection that this asker may have. */
  #freeFor(asker: LinkAsker): UpstreamConnection | undefined {
    if (asker.switches) return undefined;
    const idle = this.#idle;
    for (let at = idle.length - 1; at >= 0; at--) {
      const free = idle[at];
      if (!free || (this.#clients && this.#clients.get(free) !== asker.client)) continue;
      if (free.isUsable) {
        idle.splice(at, 1);
        return free;
      }
      free.destroy();
      at = Math.min(at, idle.length);
    }
    return undefined;
  }

  /** Whether a connection may be opened: there is room, or can be, since one that nobody may use here waits for others. */
  #makeRoom(): boolean {
    if (this.#inUse < this.#bounds.connections) return true;
    const [oldest] = this.#idle;
    if (!oldest) return false;
    oldest.destroy();
    return this.#inUse < this.#bounds.connections;
  }

  #connect(asker: LinkAsker): UpstreamConnection {
    const { switches, client } = asker;
    const made = new UpstreamConnection({ dialer: this.#dialer, client, switches }, this);
    this.#open.add(made);
    this.#clients?.set(made, asker.client);
    return made;
  }

  #connectFor(asker: LinkAsker): void {
    let made: UpstreamConnection;
    try {
      made = this.#connect(asker);
    } catch {
      asker.onNoLink("elsewhere");
      return;
    }
    asker.onLink(made);
  }

  /** Whether a connection that has answered is not to be kept idle: it goes to whoever waits longest, or has served enough. */
  #isSpoken(connection: UpstreamConnection): boolean {
    if (this.#bounds.requestsPerConnection !== Number.POSITIVE_INFINITY) {
      const served = (this.#served.get(connection) ?? 0) + 1;
      if (served >= this.#bounds.requestsPerConnection) {
        connection.destroy();
        return true;
      }
      this.#served.set(connection, served);
    }
    const asker = this.#first();
    if (!asker) return false;
    if (asker.switches || (this.#clients && this.#clients.get(connection) !== asker.client)) {
      // Whoever waits longest cannot use it, and would wait for its place for ever.
      connection.destroy();
      return true;
    }
    this.leave(asker);
    asker.onLink(connection);
    return true;
  }

  #sendAway(asker: LinkAsker, why: "late" | "elsewhere"): void {
    if (!this.#line.has(asker)) return;
    this.leave(asker);
    asker.onNoLink(why);
  }
}
