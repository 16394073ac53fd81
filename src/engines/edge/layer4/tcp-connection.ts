import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Pass } from "../../../blocks/resilience/circuit-breaker/circuit.ts";
import { takeOver } from "../client/shared-read.ts";
import { type OpenTunnel, openTunnel, type Tunnel, type TunnelEnd } from "../exchange/tunnel.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import { failureOf } from "../upstream/upstream-failure.ts";
import type { Watched } from "../watch.ts";
import type { ConnectionEnd, ConnectionObserver } from "./connection-record.ts";
import type { Layer4Runtime, TlsEnd } from "./edge-listener.ts";
import { chooseEndpoint } from "./endpoint-choice.ts";
import { LeasedReading } from "./leased-reading.ts";
import { addressesOf, type ConnectionAddresses, readProxyHeader } from "./proxy-header-reader.ts";
import { proxyHeaderV1, proxyHeaderV2 } from "./proxy-header-writer.ts";
import { readServerName } from "./server-name-reader.ts";
import type { ServerNames } from "./server-names.ts";
import type { Destination, TcpSite } from "./tcp-site.ts";

/** What a connection knows of the listener that took it. */
export interface TcpConnectionHost {
  /** `host:port`. */
  readonly name: string;
  readonly runtime: Layer4Runtime;
  readonly observer: ConnectionObserver;
  readonly site: TcpSite;
  connectionClosed(connection: TcpConnection): void;
}

type State =
  /** The client's beginning is read: a PROXY header, a name, a handshake. */
  | { readonly state: "reading" }
  | {
      readonly state: "connecting";
      readonly endpoint: Endpoint;
      readonly socket: Socket;
      readonly reading: LeasedReading;
      readonly sinceMs: number;
    }
  | { readonly state: "tunnel"; readonly endpoint: Endpoint; readonly tunnel: OpenTunnel }
  | { readonly state: "over" };

const NOTHING = Buffer.alloc(0);
const READING: State = { state: "reading" };
const OVER: State = { state: "over" };

/**
 * One client's connection of layer 4, from when it is accepted until both it and the one to its endpoint are closed. An endpoint
 * that takes no connection is passed over: nothing has been sent there.
 */
export class TcpConnection implements Watched, Tunnel {
  readonly #host: TcpConnectionHost;
  readonly #site: TcpSite;
  readonly #accepted: Socket;
  readonly #beganMs: number;
  readonly #tried: Endpoint[] = [];
  #addresses: ConnectionAddresses;
  #state: State = READING;
  #serverName: string | undefined;
  #destination: Destination | undefined;
  #pass: Pass | undefined;
  #judged = false;
  /** What is joined to the endpoint: the accepted connection as it is read here, or what is inside of its TLS. */
  #client: Duplex;
  #clientReading: LeasedReading | undefined;
  #clientHead: Buffer = NOTHING;
  #endpointId: string | undefined;
  #attempts = 0;
  /** Why it is being closed from here. */
  #closing: ConnectionEnd = "drained";
  /** Bytes that have passed until the last sweep, and since when there were no more. */
  #passed = -1;
  #silentSinceMs = 0;

  /** The accepted socket has not been read from (`pauseOnConnect`). */
  constructor(accepted: Socket, host: TcpConnectionHost) {
    this.#host = host;
    this.#site = host.site;
    this.#accepted = accepted;
    this.#client = accepted;
    this.#beganMs = host.runtime.clock.monotonicMs();
    this.#addresses = addressesOf(accepted, undefined);
    accepted.on("error", ignore);
  }

  /** Finds out where it is to go, and takes it there. */
  async begin(): Promise<void> {
    const { runtime } = this.#host;
    const site = this.#site;
    const socket = this.#accepted;
    if (site.acceptsProxy) {
      const outcome = await readProxyHeader(socket, runtime);
      if (this.#isOver) return;
      if (outcome.kind !== "header") return this.#refuse(outcome.kind === "left" ? "left" : "proxy");
      this.#addresses = addressesOf(socket, outcome.header);
    }
    const destination = site.names ? await this.#namedDestination(site.names) : site.fallback;
    if (this.#isOver) return;
    if (!destination) return this.#refuse("unroutable");
    this.#destination = destination;
    if (site.tls) this.#secure(site.tls, destination);
    else {
      this.#takeClientOver();
      this.#enter(destination);
    }
  }

  /** Ends both sides: its endpoint has been removed. */
  close(): void {
    if (this.#state.state === "tunnel") this.#state.tunnel.close();
    else this.#refuse(this.#closing);
  }

  /** Ends both sides for another reason. */
  closeFor(reason: ConnectionEnd): void {
    this.#closing = reason;
    this.close();
  }

  sweep(nowMs: number): void {
    const state = this.#state;
    if (state.state === "connecting") {
      const { connectTimeoutMs } = this.#host.runtime.limits;
      if (nowMs - state.sinceMs <= connectTimeoutMs) return;
      this.#connectFailed(
        state.endpoint,
        nowMs - state.sinceMs,
        `took no connection in ${connectTimeoutMs} ms`,
      );
    } else if (state.state === "tunnel") {
      const passed = state.tunnel.bytesIn + state.tunnel.bytesOut;
      if (passed !== this.#passed) {
        this.#passed = passed;
        this.#silentSinceMs = nowMs;
      } else if (nowMs - this.#silentSinceMs >= this.#site.idleTimeoutMs) this.closeFor("idle");
    }
  }

  /** That of the name which the client asks for; undefined when there is none, or nothing that could be one. */
  async #namedDestination(names: ServerNames<Destination>): Promise<Destination | undefined> {
    const { watch, limits } = this.#host.runtime;
    const outcome = await readServerName(this.#accepted, { watch, timeoutMs: limits.requestHeadTimeoutMs });
    if (outcome.kind !== "name") {
      this.#refuse(outcome.kind === "left" ? "left" : "tls");
      return undefined;
    }
    this.#serverName = outcome.name;
    const named = outcome.name === undefined ? undefined : names.find(outcome.name);
    return named ?? this.#site.fallback;
  }

  #secure(tls: TlsEnd, destination: Destination): void {
    tls.accept(this.#accepted, {
      onSecure: (inside) => {
        this.#client = inside.on("error", ignore);
        inside.pause();
        if (this.#isOver) inside.destroy();
        else this.#enter(destination);
      },
      onRefused: ({ kind }) => this.#refuse(kind === "left" ? "left" : "tls"),
    });
  }

  get #isOver(): boolean {
    return this.#state.state === "over";
  }

  /** Reads the connection without a buffer for each reading from here on; what has been read already is kept. */
  #takeClientOver(): void {
    const chunk = this.#accepted.read() as Buffer | null;
    if (chunk) this.#clientHead = chunk;
    this.#clientReading = new LeasedReading();
    this.#client = takeOver(this.#accepted, this.#clientReading.onread, true).on("error", ignore);
  }

  #enter(destination: Destination): void {
    const { runtime } = this.#host;
    const pass = destination.upstream.enter(runtime.clock.monotonicMs());
    if (typeof pass === "string") {
      this.#refuse("overloaded");
      return;
    }
    this.#pass = pass;
    runtime.watch.add(this);
    this.#connect(destination);
  }

  #connect(destination: Destination): void {
    const nowMs = this.#host.runtime.clock.monotonicMs();
    const { address: clientAddress } = this.#addresses.source;
    const endpoint = chooseEndpoint(destination, { nowMs, clientAddress, tried: this.#tried });
    if (!endpoint) this.#judge(true);
    if (!endpoint || endpoint === "full") {
      this.#refuse(endpoint ? "overloaded" : "unavailable");
      return;
    }
    endpoint.began();
    endpoint.tunnels.add(this);
    this.#endpointId = endpoint.id;
    this.#attempts += 1;
    const reading = new LeasedReading();
    const { host, port } = endpoint;
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true, onread: reading.onread });
    this.#state = { state: "connecting", endpoint, socket, reading, sinceMs: nowMs };
    socket.pause();
    socket.once("connect", () => this.#connected(endpoint, socket, reading));
    socket.on("error", (error) => {
      if (this.#state.state !== "connecting" || this.#state.socket !== socket) return;
      const failure = failureOf(error);
      if (failure.kind === "shortage") this.#refuse("shortage");
      else {
        const reason = failure.kind === "unreachable" ? failure.reason : "ended the connection";
        this.#connectFailed(endpoint, this.#host.runtime.clock.monotonicMs() - nowMs, reason);
      }
    });
  }

  #connected(endpoint: Endpoint, socket: Socket, reading: LeasedReading): void {
    const state = this.#state;
    const destination = this.#destination;
    if (state.state !== "connecting" || state.socket !== socket || !destination) return;
    const nowMs = this.#host.runtime.clock.monotonicMs();
    endpoint.succeeded(200, nowMs - state.sinceMs, nowMs);
    this.#judge(false);
    if (this.#client.destroyed) {
      this.#end("left");
      return;
    }
    const { sendProxy } = destination;
    if (sendProxy) {
      const addresses = { family: "ip", transport: "stream", ...this.#addresses } as const;
      socket.write(sendProxy === "v1" ? proxyHeaderV1(addresses) : proxyHeaderV2(addresses));
    }
    const tunnel = openTunnel({
      client: this.#client,
      clientHead: this.#clientHead,
      ...(this.#clientReading ? { clientReading: this.#clientReading } : {}),
      upstream: socket,
      upstreamHead: NOTHING,
      upstreamReading: reading,
      passesResets: true,
      onClosed: (end) => this.#tunnelClosed(end),
    });
    this.#clientHead = NOTHING;
    this.#state = { state: "tunnel", endpoint, tunnel };
    this.#host.observer.connectionOpened("tcp");
  }

  /** Nobody there, or not in time: the next one is tried. */
  #connectFailed(endpoint: Endpoint, elapsedMs: number, reason: string): void {
    this.#release();
    this.#tried.push(endpoint);
    endpoint.failed("unreachable", elapsedMs, this.#host.runtime.clock.monotonicMs(), reason);
    if (this.#destination) this.#connect(this.#destination);
  }

  #tunnelClosed(end: TunnelEnd): void {
    this.#end(end === "closed" ? this.#closing : end);
  }

  /** Ends a connection that was not joined to an endpoint, in a way that the client can tell from an orderly end. */
  #refuse(reason: ConnectionEnd): void {
    if (this.#isOver) return;
    const client = this.#client;
    if (client === this.#accepted || this.#clientReading) (client as Socket).resetAndDestroy();
    this.#end(reason);
  }

  #end(reason: ConnectionEnd): void {
    if (this.#isOver) return;
    const { runtime, observer, name } = this.#host;
    const nowMs = runtime.clock.monotonicMs();
    const opened = this.#state.state === "tunnel";
    const tunnel = this.#state.state === "tunnel" ? this.#state.tunnel : undefined;
    this.#release();
    this.#state = OVER;
    runtime.watch.delete(this);
    if (this.#pass) this.#destination?.upstream.leave(this.#pass);
    if (!tunnel) this.#clientReading?.close();
    this.#client.destroy();
    this.#accepted.destroy();
    const { address, port } = this.#addresses.source;
    observer.connectionDone(
      {
        transport: "tcp",
        listener: name,
        upstream: this.#destination?.upstream.name,
        endpoint: this.#endpointId,
        clientAddress: address,
        clientPort: port,
        serverName: this.#serverName,
        attempts: this.#attempts,
        bytesIn: tunnel?.bytesIn ?? 0,
        bytesOut: tunnel?.bytesOut ?? 0,
        durationMs: nowMs - this.#beganMs,
        end: reason,
      },
      opened,
    );
    this.#host.connectionClosed(this);
  }

  /** Leaves the endpoint, and the connection to it if it never came about. */
  #release(): void {
    const state = this.#state;
    if (state.state !== "connecting" && state.state !== "tunnel") return;
    if (state.state === "connecting") {
      this.#state = READING;
      state.socket.destroy();
      state.reading.close();
    }
    state.endpoint.tunnels.delete(this);
    state.endpoint.links.roomMade();
    state.endpoint.finished();
  }

  #judge(failed: boolean): void {
    if (!this.#pass || this.#judged) return;
    this.#judged = true;
    this.#destination?.upstream.judge(this.#pass, failed, this.#host.runtime.clock.monotonicMs());
  }
}

function ignore(): void {}
