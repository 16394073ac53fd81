import type { Clock } from "../../../blocks/time/index.ts";
import type { EdgeLimits } from "../config/index.ts";
import type { Watch, Watched } from "../watch.ts";
import { type ConnectionOwner, UpstreamConnection } from "./upstream-connection.ts";

/** How much earlier than the upstream says an idle connection is given up: a request sent at that very moment would be lost. */
const KEEP_ALIVE_MARGIN_MS = 1_000;

/** What a pool needs of its edge. */
export interface PoolContext {
  readonly clock: Clock;
  readonly watch: Watch;
}

/**
 * The connections to one endpoint. The last used one is used first: the others grow idle and are closed. There is no bound on
 * those in use, of which there is at most one per client connection.
 */
export class ConnectionPool implements ConnectionOwner, Watched {
  readonly #host: string;
  readonly #port: number;
  readonly #context: PoolContext;
  readonly #open = new Set<UpstreamConnection>();
  /** In the order in which they became free. */
  #idle: UpstreamConnection[] = [];
  #idleMax: number;
  #idleMs: number;

  constructor(host: string, port: number, limits: EdgeLimits, context: PoolContext) {
    this.#host = host;
    this.#port = port;
    this.#context = context;
    this.#idleMax = limits.idleUpstreamConnections;
    this.#idleMs = limits.idleUpstreamMs;
  }

  /** A free connection, or a new one that connects. One that `switches` is always new. */
  take(switches: boolean): UpstreamConnection {
    while (!switches) {
      const free = this.#idle.pop();
      if (!free) break;
      if (free.isUsable) return free;
      free.destroy();
    }
    const made = new UpstreamConnection({ host: this.#host, port: this.#port, switches }, this);
    this.#open.add(made);
    return made;
  }

  applyLimits(limits: EdgeLimits): void {
    this.#idleMax = limits.idleUpstreamConnections;
    this.#idleMs = limits.idleUpstreamMs;
    while (this.#idle.length > this.#idleMax) this.#idle[0]?.destroy();
  }

  /** Keeps no connection from now on: each is closed with its answer, and the idle ones at once. */
  retire(): void {
    this.#idleMax = 0;
    this.closeIdle();
  }

  /** Closes the connections that wait for a request. */
  closeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const connection of idle) connection.destroy();
  }

  /** Closes all connections. */
  close(): void {
    this.retire();
    for (const connection of this.#open) connection.destroy();
  }

  connectionFree(connection: UpstreamConnection): void {
    const { clock, watch } = this.#context;
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
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  sweep(nowMs: number): void {
    for (const connection of [...this.#idle]) if (connection.staleAtMs <= nowMs) connection.destroy();
    if (this.#idle.length === 0) this.#context.watch.delete(this);
  }
}
