import type { Random } from "../../blocks/time/index.ts";
import { HttpListener } from "./client/listener.ts";
import type { EdgeConfig, EdgeLimits, ListenerConfig } from "./config/index.ts";
import type { ConfiguredEdge, EdgeListener } from "./layer4/edge-listener.ts";
import { meteredConnections, type Observation } from "./observe/observation.ts";
import type { EdgeRuntime } from "./runtime.ts";
import type { EdgeTls } from "./tls/edge-tls.ts";
import type { SocketLookup } from "./workers/bound-socket.ts";

/** What the listeners of an edge need of it. */
export interface ListenersOptions {
  readonly runtime: EdgeRuntime;
  readonly random: Random;
  readonly tls: EdgeTls;
  readonly observation: Observation;
}

/** The addresses that an edge listens on, of whatever kind. */
export class Listeners {
  readonly #options: ListenersOptions;
  #open: readonly EdgeListener[] = [];
  /** No longer part of the configuration, and not yet done with their last connection. */
  readonly #leaving = new Set<EdgeListener>();

  constructor(options: ListenersOptions) {
    this.#options = options;
  }

  /** In the order of the configuration. */
  get ports(): readonly number[] {
    return this.#open.map(({ port }) => port);
  }

  /** As `host:port`, with the port in use. */
  get names(): readonly string[] {
    return this.#open.map(nameOf);
  }

  /**
   * The listeners of a configuration, in its order: those that are open already, and new ones, which serve nobody before `apply`. All or
   * none: rejects with `EdgeError` `PORT_IN_USE` or `CANNOT_LISTEN`.
   */
  async prepare(config: EdgeConfig, sockets: SocketLookup | undefined): Promise<readonly EdgeListener[]> {
    const free = [...this.#open];
    const opened: EdgeListener[] = [];
    const listeners: EdgeListener[] = [];
    try {
      for (const wanted of config.listeners) {
        const at = free.findIndex((listener) => listener.serves(wanted));
        const [kept] = at < 0 ? [] : free.splice(at, 1);
        const listener = kept ?? (await this.#listen(wanted, sockets));
        if (!kept) opened.push(listener);
        listeners.push(listener);
      }
      return listeners;
    } catch (thrown) {
      await Promise.all(opened.map((listener) => listener.close()));
      throw thrown;
    }
  }

  /** Puts a configuration in force, whose upstreams are; those that are no part of it close. */
  apply(listeners: readonly EdgeListener[], edge: ConfiguredEdge, limits: EdgeLimits): void {
    for (const [at, listener] of listeners.entries()) {
      const wanted = edge.config.listeners[at];
      if (wanted) listener.reconfigure(wanted, edge);
      listener.applyLimits(limits);
    }
    const leaving = this.#open.filter((listener) => !listeners.includes(listener));
    this.#open = listeners;
    for (const listener of leaving) {
      this.#leaving.add(listener);
      void listener.close().then(() => this.#leaving.delete(listener));
    }
  }

  /** Takes nothing new; resolves once all that is under way is gone, each in its own time. */
  async stopAccepting(): Promise<void> {
    await Promise.all(this.#all().map((listener) => listener.stopAccepting()));
  }

  /** Takes nothing new, and ends what can be ended now. */
  async close(): Promise<void> {
    await Promise.all(this.#all().map((listener) => listener.close()));
  }

  /** Cuts every connection. */
  destroyConnections(): void {
    for (const listener of this.#all()) listener.destroyConnections();
  }

  #all(): EdgeListener[] {
    return [...this.#open, ...this.#leaving];
  }

  async #listen(config: ListenerConfig, sockets: SocketLookup | undefined): Promise<EdgeListener> {
    const { runtime, random, tls, observation } = this.#options;
    if (config.kind !== "tcp" && config.kind !== "udp") {
      const meterOf = (name: string) => observation.meterOf(name);
      return HttpListener.open(config, { runtime, random, tls, meterOf, sockets });
    }
    let listener: EdgeListener | undefined;
    const observer = meteredConnections(() =>
      observation.meterOf(listener ? nameOf(listener) : `${config.host}:${config.port}`),
    );
    const edge = { config: NOTHING, upstreams: runtime.upstreams };
    const options = { runtime, edge, observer };
    if (config.kind === "tcp") {
      const { TcpListener } = await import("./layer4/tcp-listener.ts");
      listener = await TcpListener.open(config, options, sockets);
    } else {
      const { UdpListener } = await import("./layer4/udp-listener.ts");
      listener = await UdpListener.open(config, options, sockets);
    }
    return listener;
  }
}

/** Before a listener's own configuration is in force, it leads nowhere. */
const NOTHING: EdgeConfig = { listeners: [], upstreams: {} };

function nameOf({ config, port }: EdgeListener): string {
  return `${config.host}:${port}`;
}
