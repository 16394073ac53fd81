import type { Candidate } from "../balancing/balancer.ts";
import type { EdgeLimits, EndpointConfig } from "../config/index.ts";
import { openTunnel, type Tunnel, type TunnelEnds } from "../exchange/tunnel.ts";
import { EndpointHealth, type HealthChange, type HealthPolicy } from "../health/health.ts";
import { ConnectionPool, type PoolContext } from "./pool.ts";

/** One process that serves requests: its address, its health, its connections, and what is under way there. */
export class Endpoint implements Candidate {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly connections: ConnectionPool;
  readonly tunnels = new Set<Tunnel>();
  readonly #onHealth: (endpoint: Endpoint, change: "up" | "down", reason: string) => void;
  #health: EndpointHealth;
  #inFlight = 0;
  #retired = false;
  #onIdle: (() => void) | undefined;

  constructor(
    config: EndpointConfig,
    policy: HealthPolicy,
    limits: EdgeLimits,
    context: PoolContext,
    onHealth: (endpoint: Endpoint, change: "up" | "down", reason: string) => void,
  ) {
    this.id = config.id;
    this.host = config.host;
    this.port = config.port;
    this.#health = new EndpointHealth(policy);
    this.#onHealth = onHealth;
    this.connections = new ConnectionPool(config.host, config.port, limits, context);
  }

  get isUp(): boolean {
    return this.#health.isUp;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  isAt(config: EndpointConfig): boolean {
    return this.id === config.id && this.host === config.host && this.port === config.port;
  }

  /** Turns the request under way into a tunnel, which is under way until both its ends are closed. */
  tunnel(ends: Omit<TunnelEnds, "onClosed">): void {
    const tunnel = openTunnel({
      ...ends,
      onClosed: () => {
        this.tunnels.delete(tunnel);
        this.finished();
      },
    });
    this.tunnels.add(tunnel);
  }

  weightAt(_nowMs: number): number {
    return 1;
  }

  admit(nowMs: number): boolean {
    return this.#health.admit(nowMs);
  }

  /** Judges from now on by another policy, starting from what is known. */
  judgeBy(policy: HealthPolicy): void {
    const wasUp = this.isUp;
    this.#health = new EndpointHealth(policy);
    if (!wasUp) this.#told("up", "is judged by other checks from now on");
  }

  applyLimits(limits: EdgeLimits): void {
    if (!this.#retired) this.connections.applyLimits(limits);
  }

  checkPassed(reason: string): void {
    this.#told(this.#health.checkPassed(), reason);
  }

  checkFailed(reason: string, refused: boolean): void {
    this.#told(this.#health.checkFailed(refused), reason);
  }

  connectionFailed(nowMs: number, reason: string): void {
    this.closeIdle();
    this.#told(this.#health.connectionFailed(nowMs), reason);
  }

  answered(): void {
    if (!this.#health.isUp) this.#told(this.#health.answered(), "answered a request");
  }

  /** A request or tunnel begins here; `finished` follows exactly once. */
  began(): void {
    this.#inFlight += 1;
  }

  finished(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#onIdle?.();
  }

  /** Takes no further requests, and calls back once the last one is answered: at once when there is none. */
  retire(onIdle: () => void): void {
    this.#retired = true;
    this.#onIdle = onIdle;
    this.connections.retire();
    if (this.#inFlight === 0) onIdle();
  }

  /** Closes the connections that wait for a request. */
  closeIdle(): void {
    this.connections.closeIdle();
  }

  closeTunnels(): void {
    for (const tunnel of this.tunnels) tunnel.close();
  }

  #told(change: HealthChange, reason: string): void {
    // What becomes of an endpoint that serves nobody any more is no news.
    if (change && !this.#retired) this.#onHealth(this, change, reason);
  }
}
