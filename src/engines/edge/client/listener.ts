import { createServer, type Server, type Socket } from "node:net";
import type { EdgeLimits, ListenerConfig } from "../config/index.ts";
import { listenError } from "../listen-error.ts";
import type { EdgeRuntime, Site } from "../runtime.ts";
import type { SocketLookup } from "../workers/bound-socket.ts";
import { ClientConnection, type ConnectionHost } from "./connection.ts";
import { StandingFields } from "./standing-fields.ts";

/** Connections that the kernel holds until they are accepted. */
const BACKLOG = 1_024;

/** One address that the edge listens on, and the connections that it has taken there. */
export class Listener implements ConnectionHost {
  readonly config: ListenerConfig;
  readonly runtime: EdgeRuntime;
  readonly standing: StandingFields;
  readonly #server: Server;
  readonly #connections = new Set<ClientConnection>();
  #site: Site;
  #stopped: Promise<void> | undefined;

  private constructor(config: ListenerConfig, site: Site, runtime: EdgeRuntime) {
    this.config = config;
    this.runtime = runtime;
    this.standing = new StandingFields(runtime.clock, runtime.limits.idleTimeoutMs);
    this.#site = site;
    // A client that has sent half a request and no more is told so: its side of the connection alone is closed then.
    this.#server = createServer(
      { noDelay: true, allowHalfOpen: true, pauseOnConnect: true },
      this.#onConnection,
    );
    this.applyLimits(runtime.limits);
  }

  /**
   * Resolves once the address takes connections: on a socket that others hold too, where `sockets` has one for it. Throws
   * `EdgeError` `PORT_IN_USE` or `CANNOT_LISTEN`.
   */
  static async open(
    config: ListenerConfig,
    site: Site,
    runtime: EdgeRuntime,
    sockets?: SocketLookup,
  ): Promise<Listener> {
    const listener = new Listener(config, site, runtime);
    await listener.#listen(sockets);
    return listener;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : this.config.port;
  }

  /** The routes in force. */
  get site(): Site {
    return this.#site;
  }

  /** Whether this listener is the one that a configuration speaks of. */
  serves(config: ListenerConfig): boolean {
    return this.config.host === config.host && this.config.port === config.port;
  }

  /** Puts other routes in force for all requests that have not begun. */
  replaceSite(site: Site): void {
    this.#site = site;
  }

  applyLimits(limits: EdgeLimits): void {
    this.#server.maxConnections = limits.connections;
    this.standing.idleTimeoutMs = limits.idleTimeoutMs;
  }

  /** Takes no further connection; resolves once all are gone: idle ones at once, others with their last answer. */
  close(): Promise<void> {
    const gone = this.stopAccepting();
    for (const connection of this.#connections) connection.leave();
    return gone;
  }

  /** Takes no further connection; resolves once all are gone, each in its own time. */
  stopAccepting(): Promise<void> {
    this.#stopped ??= new Promise((resolve) => this.#server.close(() => resolve()));
    return this.#stopped;
  }

  /** Cuts every connection. */
  destroyConnections(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  connectionClosed(connection: ClientConnection): void {
    this.#connections.delete(connection);
  }

  #listen(sockets: SocketLookup | undefined): Promise<void> {
    const { host, port } = this.config;
    const socket = sockets?.("tcp", host, port);
    return new Promise((resolve, reject) => {
      this.#server.once("error", (thrown) => reject(listenError(host, port, thrown)));
      this.#server.once("listening", () => {
        this.#server.removeAllListeners("error");
        // A failed accept (out of descriptors) concerns one connection; the listener goes on.
        this.#server.on("error", () => {});
        resolve();
      });
      if (socket) this.#server.listen(socket, BACKLOG);
      else this.#server.listen({ host, port, backlog: BACKLOG });
    });
  }

  readonly #onConnection = (socket: Socket): void => {
    this.#connections.add(new ClientConnection(socket, this));
  };
}
