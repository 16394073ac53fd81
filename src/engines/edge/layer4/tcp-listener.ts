import { createServer, type Server, type Socket } from "node:net";
import type { EdgeLimits, ListenerConfig, TcpListenerConfig } from "../config/index.ts";
import { listenAt, stopListening } from "../listening.ts";
import type { SocketLookup } from "../workers/bound-socket.ts";
import { type ConnectionEnd, type ConnectionObserver, NO_OBSERVER } from "./connection-record.ts";
import type { ConfiguredEdge, EdgeListener, Layer4Options, Layer4Runtime } from "./edge-listener.ts";
import { TcpConnection, type TcpConnectionHost } from "./tcp-connection.ts";
import { type TcpSite, tcpSiteOf } from "./tcp-site.ts";

/** One address at which bytes are passed through as they are. */
export class TcpListener implements EdgeListener, TcpConnectionHost {
  readonly runtime: Layer4Runtime;
  readonly observer: ConnectionObserver;
  readonly #server: Server;
  readonly #connections = new Set<TcpConnection>();
  #config: TcpListenerConfig;
  #site: TcpSite;
  #stopped: Promise<void> | undefined;
  #onGone: (() => void) | undefined;

  private constructor(config: TcpListenerConfig, { runtime, edge, observer = NO_OBSERVER }: Layer4Options) {
    this.#config = config;
    this.runtime = runtime;
    this.observer = observer;
    this.#site = tcpSiteOf(config, edge);
    this.#server = createServer(
      { noDelay: true, allowHalfOpen: true, pauseOnConnect: true },
      this.#onConnection,
    );
    this.#server.on("drop", () => observer.connectionRefused("limit"));
    this.applyLimits(runtime.limits);
  }

  /**
   * Resolves once the address takes connections: on a socket that others hold too, where `sockets` has one for it. Throws
   * `EdgeError` `PORT_IN_USE` or `CANNOT_LISTEN`.
   */
  static async open(
    config: TcpListenerConfig,
    options: Layer4Options,
    sockets?: SocketLookup,
  ): Promise<TcpListener> {
    const listener = new TcpListener(config, options);
    await listenAt(listener.#server, config, sockets);
    return listener;
  }

  get config(): TcpListenerConfig {
    return this.#config;
  }

  get name(): string {
    return `${this.#config.host}:${this.#config.port}`;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : this.#config.port;
  }

  /** What is in force for connections to come. */
  get site(): TcpSite {
    return this.#site;
  }

  serves(config: ListenerConfig): boolean {
    return config.kind === "tcp" && config.host === this.#config.host && config.port === this.#config.port;
  }

  reconfigure(config: ListenerConfig, edge: ConfiguredEdge): void {
    if (config.kind !== "tcp") return;
    this.#config = config;
    this.#site = tcpSiteOf(config, edge);
  }

  applyLimits(limits: EdgeLimits): void {
    this.#server.maxConnections = limits.connections;
  }

  stopAccepting(): Promise<void> {
    this.#stopped ??= stopListening(this.#server).then(() => this.#gone());
    return this.#stopped;
  }

  close(): Promise<void> {
    const gone = this.stopAccepting();
    this.#server.close();
    this.#closeAll("closed");
    return gone;
  }

  destroyConnections(): void {
    this.#closeAll("closed");
  }

  connectionClosed(connection: TcpConnection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onGone?.();
  }

  /** Those to the endpoints may outlast the clients'. */
  async #gone(): Promise<void> {
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onGone = resolve;
    });
  }

  #closeAll(reason: ConnectionEnd): void {
    for (const connection of this.#connections) connection.closeFor(reason);
  }

  readonly #onConnection = (socket: Socket): void => {
    const connection = new TcpConnection(socket, this);
    this.#connections.add(connection);
    void connection.begin();
  };
}
