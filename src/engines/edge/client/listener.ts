import { createServer, type Server, type Socket } from "node:net";
import type { Random } from "../../../blocks/time/index.ts";
import type { EdgeLimits, HttpListenerConfig, ListenerConfig } from "../config/index.ts";
import type { ClientSession } from "../http2/client-session.ts";
import type { ConfiguredEdge, EdgeListener } from "../layer4/edge-listener.ts";
import type { ProxyHeader } from "../layer4/proxy-header.ts";
import { readProxyHeader } from "../layer4/proxy-header-reader.ts";
import { listenAt, stopListening } from "../listening.ts";
import type { ListenerMeter } from "../observe/listener-meter.ts";
import type { EdgeRuntime, Site } from "../runtime.ts";
import { EMPTY_SITE, siteOf } from "../site.ts";
import type { EdgeTls } from "../tls/edge-tls.ts";
import type { ServerTls } from "../tls/index.ts";
import type { SocketLookup } from "../workers/bound-socket.ts";
import { ClientConnection, type ConnectionHost } from "./connection.ts";
import { type Peer, plainPeer, securePeer } from "./peer.ts";
import { StandingFields } from "./standing-fields.ts";

/** What an HTTP listener is opened with. */
export interface HttpListenerOptions {
  readonly runtime: EdgeRuntime;
  /** Draws the shares of splits and mirrors. */
  readonly random: Random;
  readonly tls: EdgeTls;
  /** What is counted of a listener, by `host:port`. */
  readonly meterOf: (listener: string) => ListenerMeter;
  /** Sockets that others hold too. */
  readonly sockets?: SocketLookup | undefined;
}

/** A connection of either version. */
type Connection = ClientConnection | ClientSession;

/** One address at which the edge speaks HTTP, and the connections that it has taken there. */
export class HttpListener implements EdgeListener, ConnectionHost {
  readonly runtime: EdgeRuntime;
  readonly standing: StandingFields;
  readonly #options: HttpListenerOptions;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  /** Of these, those of HTTP/2. */
  readonly #sessions = new Set<ClientSession>();
  /** Those that do not speak HTTP yet. */
  readonly #opening = new Set<Socket>();
  #config: HttpListenerConfig;
  /** Known once the address is. */
  #meter: ListenerMeter | undefined;
  #site: Site = EMPTY_SITE;
  #tls: ServerTls | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(config: HttpListenerConfig, options: HttpListenerOptions) {
    const { runtime } = options;
    this.#config = config;
    this.#options = options;
    this.runtime = runtime;
    this.standing = new StandingFields(runtime.clock, runtime.limits.idleTimeoutMs);
    // A client that has sent half a request and no more is told so: its side of the connection alone is closed then.
    this.#server = createServer(
      { noDelay: true, allowHalfOpen: true, pauseOnConnect: true },
      this.#onConnection,
    );
    this.#server.on("drop", () => this.#meter?.connectionRefused("limit"));
    this.applyLimits(runtime.limits);
  }

  /**
   * Resolves once the address takes connections: on a socket that others hold too, where `sockets` has one for it. Throws
   * `EdgeError` `PORT_IN_USE` or `CANNOT_LISTEN`.
   */
  static async open(config: HttpListenerConfig, options: HttpListenerOptions): Promise<HttpListener> {
    const listener = new HttpListener(config, options);
    await listenAt(listener.#server, config, options.sockets);
    listener.#meter = options.meterOf(`${config.host}:${listener.port}`);
    return listener;
  }

  get config(): HttpListenerConfig {
    return this.#config;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : this.#config.port;
  }

  /** The routes in force. */
  get site(): Site {
    return this.#site;
  }

  get speaksHttp2(): boolean {
    return this.#config.http2 !== false;
  }

  serves({ kind = "http", host, port }: ListenerConfig): boolean {
    return kind === "http" && this.#config.host === host && this.#config.port === port;
  }

  /** Puts other routes in force for all requests that have not begun, and another TLS for all connections to come. */
  reconfigure(config: ListenerConfig, { upstreams }: ConfiguredEdge): void {
    if (config.kind === "tcp" || config.kind === "udp") return;
    this.#config = config;
    this.#site = siteOf(config, upstreams, this.#options.random);
    this.#tls = this.#options.tls.serverOf(config);
  }

  applyLimits(limits: EdgeLimits): void {
    this.#server.maxConnections = limits.connections;
    this.standing.idleTimeoutMs = limits.idleTimeoutMs;
  }

  /** Takes no further connection; resolves once all are gone: idle ones at once, others with their last answer. */
  close(): Promise<void> {
    const gone = this.stopAccepting();
    this.#server.close();
    for (const socket of this.#opening) socket.destroy();
    for (const connection of this.#connections) connection.leave();
    return gone;
  }

  /**
   * Takes no further connection but those that wait to be taken; resolves once all are gone, each in its own time. Streams of HTTP/2
   * are told to go elsewhere.
   */
  stopAccepting(): Promise<void> {
    this.#stopped ??= stopListening(this.#server);
    for (const session of this.#sessions) session.leave();
    return this.#stopped;
  }

  /** Cuts every connection. */
  destroyConnections(): void {
    for (const socket of this.#opening) socket.destroy();
    for (const connection of this.#connections) connection.destroy();
  }

  connectionClosed(connection: ClientConnection): void {
    if (this.#connections.delete(connection)) this.#meter?.connectionClosed("http1");
  }

  sessionClosed(session: ClientSession): void {
    this.#sessions.delete(session);
    if (this.#connections.delete(session)) this.#meter?.connectionClosed("http2");
  }

  openHttp2(socket: Socket, peer: Peer, read?: Buffer): void {
    this.#opening.add(socket);
    socket.pause();
    // Loaded for those who speak it: it takes as much memory as all the rest.
    void import("../http2/client-session.ts").then(({ ClientSession }) => {
      this.#opening.delete(socket);
      if (socket.destroyed) return;
      this.#meter?.connectionOpened("http2");
      const session = new ClientSession(socket, this, { peer, ...(read ? { read } : {}) });
      this.#connections.add(session);
      this.#sessions.add(session);
      if (this.#stopped) session.leave();
    });
  }

  #openHttp1(socket: Socket, peer: Peer, isFresh: boolean): void {
    this.#meter?.connectionOpened("http1");
    this.#connections.add(new ClientConnection(socket, this, peer, isFresh));
  }

  readonly #onConnection = (socket: Socket): void => {
    if (this.#config.acceptProxy) void this.#readProxyHeader(socket);
    else if (this.#tls) this.#secure(socket, this.#tls, undefined);
    else this.#openHttp1(socket, plainPeer(socket, undefined), true);
  };

  /** Reads what the proxy in front says of the client, before anything else. */
  async #readProxyHeader(socket: Socket): Promise<void> {
    this.#opening.add(socket);
    const outcome = await readProxyHeader(socket, { watch: this.runtime.watch });
    this.#opening.delete(socket);
    if (outcome.kind !== "header" || socket.destroyed) {
      this.#meter?.connectionRefused("proxy");
      socket.destroy();
    } else if (this.#tls) this.#secure(socket, this.#tls, outcome.header);
    else this.#openHttp1(socket, plainPeer(socket, outcome.header), false);
  }

  #secure(socket: Socket, tls: ServerTls, header: ProxyHeader | undefined): void {
    this.#opening.add(socket);
    tls.accept(socket, {
      onSecure: (secured) => {
        this.#opening.delete(socket);
        // The close that follows says all that matters.
        secured.on("error", () => {});
        const peer = securePeer(secured, header, tls.clientFields(secured));
        if (secured.alpnProtocol === "h2") this.openHttp2(secured, peer);
        else this.#openHttp1(secured, peer, false);
      },
      onRefused: () => {
        this.#opening.delete(socket);
        this.#meter?.connectionRefused("tls");
      },
    });
  }
}
