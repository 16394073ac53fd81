import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import type { EdgeLimits, ListenerConfig, UdpListenerConfig } from "../config/index.ts";
import { listenError } from "../listen-error.ts";
import type { Watched } from "../watch.ts";
import type { SocketLookup } from "../workers/bound-socket.ts";
import { type ConnectionEnd, type ConnectionObserver, NO_OBSERVER } from "./connection-record.ts";
import type { ConfiguredEdge, EdgeListener, Layer4Options, Layer4Runtime } from "./edge-listener.ts";
import { type Destination, destinationOf } from "./tcp-site.ts";
import { QUEUED_BYTES, type SessionHost, UdpSession } from "./udp-session.ts";

const IDLE_TIMEOUT_MS = 30_000;
const SESSIONS = 10_000;
/** What may arrive while the process does something else; the system may give less. */
const BUFFER_BYTES = 4 * 1_024 * 1_024;

/** One address at which datagrams are taken, and the sessions of those who send them. */
export class UdpListener implements EdgeListener, SessionHost, Watched {
  readonly observer: ConnectionObserver;
  readonly #runtime: Layer4Runtime;
  readonly #socket: Socket;
  /** By the client's address and port. */
  readonly #sessions = new Map<string, UdpSession>();
  #config: UdpListenerConfig;
  #destination: Destination | undefined;
  #isStopping = false;
  #stopped: Promise<void> | undefined;
  #onGone: () => void = () => {};

  private constructor(config: UdpListenerConfig, { runtime, edge, observer = NO_OBSERVER }: Layer4Options) {
    this.#config = config;
    this.#runtime = runtime;
    this.observer = observer;
    this.#destination = destinationOf(config.to, edge);
    this.#socket = createSocket({
      type: config.host.includes(":") ? "udp6" : "udp4",
      recvBufferSize: BUFFER_BYTES,
      sendBufferSize: BUFFER_BYTES,
    });
  }

  /**
   * Resolves once the address takes datagrams: on a socket that others hold too, where `sockets` has one for it. Throws
   * `EdgeError` `PORT_IN_USE` or `CANNOT_LISTEN`.
   */
  static async open(
    config: UdpListenerConfig,
    options: Layer4Options,
    sockets?: SocketLookup,
  ): Promise<UdpListener> {
    const listener = new UdpListener(config, options);
    await listener.#bind(sockets);
    return listener;
  }

  get config(): UdpListenerConfig {
    return this.#config;
  }

  get port(): number {
    return this.#isStopping ? this.#config.port : this.#socket.address().port;
  }

  get destination(): Destination | undefined {
    return this.#destination;
  }

  /** Sessions at present. */
  get sessions(): number {
    return this.#sessions.size;
  }

  nowMs(): number {
    return this.#runtime.clock.monotonicMs();
  }

  serves(config: ListenerConfig): boolean {
    return config.kind === "udp" && config.host === this.#config.host && config.port === this.#config.port;
  }

  /** Sessions stay with their endpoints as long as these belong to the upstream. */
  reconfigure(config: ListenerConfig, edge: ConfiguredEdge): void {
    if (config.kind !== "udp") return;
    this.#config = config;
    this.#destination = destinationOf(config.to, edge);
  }

  applyLimits(_limits: EdgeLimits): void {}

  /** Begins no session; those that there are go on until they are silent. */
  stopAccepting(): Promise<void> {
    this.#isStopping = true;
    this.#stopped ??= new Promise((resolve) => {
      this.#onGone = () => this.#socket.close(() => resolve());
      if (this.#sessions.size === 0) this.#onGone();
    });
    return this.#stopped;
  }

  close(): Promise<void> {
    const gone = this.stopAccepting();
    this.destroyConnections();
    return gone;
  }

  destroyConnections(): void {
    for (const [key, session] of this.#sessions) this.#end(key, session, "closed");
  }

  answer(datagram: Buffer, client: RemoteInfo): void {
    if (this.#socket.getSendQueueSize() > QUEUED_BYTES) {
      this.observer.datagramDropped("limit");
      return;
    }
    this.observer.datagramOut(datagram.length);
    this.#socket.send(datagram, client.port, client.address, this.#onSent);
  }

  sweep(nowMs: number): void {
    const { idleTimeoutMs = IDLE_TIMEOUT_MS } = this.#config;
    for (const [key, session] of this.#sessions) {
      if (session.silentSinceMs < 0) session.silentSinceMs = nowMs;
      else if (nowMs - session.silentSinceMs >= idleTimeoutMs) this.#end(key, session, "ended");
    }
  }

  readonly #onMessage = (datagram: Buffer, client: RemoteInfo): void => {
    this.observer.datagramIn(datagram.length);
    // No port: nobody to answer, and a sign that the address is made up.
    if (client.port === 0) {
      this.observer.datagramDropped("error");
      return;
    }
    const key = `${client.address} ${client.port}`;
    const session = this.#sessions.get(key) ?? this.#begin(key, client);
    if (!session) return;
    const wasOpen = session.isOpen;
    const problem = session.forward(datagram);
    if (problem) {
      this.observer.datagramDropped(problem === "overloaded" ? "limit" : "unreachable");
      if (!wasOpen) this.#end(key, session, problem);
    } else if (!wasOpen) this.observer.connectionOpened("udp");
  };

  #begin(key: string, client: RemoteInfo): UdpSession | undefined {
    const { sessions = SESSIONS } = this.#config;
    if (this.#isStopping || this.#sessions.size >= sessions) {
      this.observer.datagramDropped("limit");
      return undefined;
    }
    const session = new UdpSession(client, this);
    this.#sessions.set(key, session);
    if (this.#sessions.size === 1) this.#runtime.watch.add(this);
    return session;
  }

  #end(key: string, session: UdpSession, end: ConnectionEnd): void {
    this.#sessions.delete(key);
    session.leave();
    const { host, port } = this.#config;
    this.observer.connectionDone(
      {
        transport: "udp",
        listener: `${host}:${port}`,
        upstream: this.#destination?.upstream.name,
        endpoint: session.endpointId,
        clientAddress: session.client.address,
        clientPort: session.client.port,
        serverName: undefined,
        attempts: session.attempts,
        bytesIn: session.bytesIn,
        bytesOut: session.bytesOut,
        durationMs: this.nowMs() - session.beganMs,
        end,
      },
      session.isOpen,
    );
    if (this.#sessions.size > 0) return;
    this.#runtime.watch.delete(this);
    if (this.#isStopping) this.#onGone();
  }

  #bind(sockets: SocketLookup | undefined): Promise<void> {
    const { host, port } = this.#config;
    const held = sockets?.("udp", host, port);
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      socket.once("error", (thrown) => {
        socket.close();
        reject(listenError(host, port, thrown));
      });
      socket.once("listening", () => {
        socket.removeAllListeners("error");
        socket.on("error", () => this.observer.datagramDropped("error"));
        socket.on("message", this.#onMessage);
        resolve();
      });
      // Node takes a bound socket of this kind where its types know of none.
      if (held) (socket as unknown as { bind(handle: object): void }).bind(held);
      else socket.bind({ address: host, port, exclusive: true });
    });
  }

  readonly #onSent = (error: Error | null): void => {
    if (error) this.observer.datagramDropped("error");
  };
}
