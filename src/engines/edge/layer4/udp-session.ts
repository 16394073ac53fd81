import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import type { Tunnel } from "../exchange/tunnel.ts";
import type { Endpoint } from "../upstream/endpoint.ts";
import type { ConnectionEnd, ConnectionObserver } from "./connection-record.ts";
import { chooseEndpoint } from "./endpoint-choice.ts";
import type { Destination } from "./tcp-site.ts";

/** Of each session's socket; the system may give less. */
const BUFFER_BYTES = 256 * 1_024;
/** Datagrams that wait until the session's socket can send. */
const WAITING_MAX = 16;
/** Bytes that wait for the kernel, beyond which datagrams are dropped, as a router does. */
export const QUEUED_BYTES = 1_024 * 1_024;

/** What a session knows of the listener that it belongs to. */
export interface SessionHost {
  readonly observer: ConnectionObserver;
  readonly destination: Destination | undefined;
  nowMs(): number;
  /** Sends an answer to a client. */
  answer(datagram: Buffer, client: RemoteInfo): void;
}

/**
 * The datagrams of one client address and port: they go to one endpoint, from a port of their own, to which its answers come. When
 * the endpoint is gone, or cannot be used any more, the session moves on to another with the client's next datagram.
 */
export class UdpSession implements Tunnel {
  readonly client: RemoteInfo;
  readonly beganMs: number;
  bytesIn = 0;
  bytesOut = 0;
  attempts = 0;
  endpointId: string | undefined;
  /** The last sweep that found it silent; negative while it is not. */
  silentSinceMs = -1;
  readonly #host: SessionHost;
  #endpoint: Endpoint | undefined;
  #socket: Socket | undefined;
  /** Until the socket is connected. */
  #waiting: Buffer[] | undefined;
  #isOpen = false;

  constructor(client: RemoteInfo, host: SessionHost) {
    this.client = client;
    this.#host = host;
    this.beganMs = host.nowMs();
  }

  /** Whether it has, or had, an endpoint. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends a datagram of the client on. Returns why it could not, if there is no endpoint for the session. */
  forward(datagram: Buffer): ConnectionEnd | undefined {
    if (this.#endpoint && !this.#isUsable(this.#endpoint)) this.leave();
    if (!this.#endpoint) {
      const problem = this.#join();
      if (problem) return problem;
    }
    this.silentSinceMs = -1;
    if (!this.#waiting) this.#send(datagram);
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(datagram);
    else this.#host.observer.datagramDropped("limit");
    return undefined;
  }

  /** Its endpoint has been removed, and the time for it is over. */
  close(): void {
    this.leave();
  }

  /** Leaves the endpoint; what it still answers reaches nobody. */
  leave(): void {
    const endpoint = this.#endpoint;
    this.#endpoint = undefined;
    this.#waiting = undefined;
    this.#socket?.close();
    this.#socket = undefined;
    if (!endpoint) return;
    endpoint.tunnels.delete(this);
    endpoint.links.roomMade();
    endpoint.finished();
  }

  #isUsable(endpoint: Endpoint): boolean {
    const upstream = this.#host.destination?.upstream;
    return (
      upstream !== undefined && (endpoint.isUp || upstream.panics) && upstream.endpoints.includes(endpoint)
    );
  }

  #join(): ConnectionEnd | undefined {
    const { destination } = this.#host;
    if (!destination) return "unroutable";
    const { address: clientAddress } = this.client;
    const endpoint = chooseEndpoint(destination, { nowMs: this.#host.nowMs(), clientAddress, tried: [] });
    if (!endpoint) return "unavailable";
    if (endpoint === "full") return "overloaded";
    endpoint.began();
    endpoint.tunnels.add(this);
    this.#endpoint = endpoint;
    this.endpointId = endpoint.id;
    this.attempts += 1;
    this.#isOpen = true;
    this.#waiting = [];
    this.#open(endpoint);
    return undefined;
  }

  #open(endpoint: Endpoint): void {
    const type = isIPv6(endpoint.host) ? "udp6" : "udp4";
    const socket = createSocket({ type, recvBufferSize: BUFFER_BYTES, sendBufferSize: BUFFER_BYTES });
    this.#socket = socket;
    socket.on("message", (datagram) => {
      if (this.#socket !== socket) return;
      this.silentSinceMs = -1;
      this.bytesOut += datagram.length;
      endpoint.answered();
      this.#host.answer(datagram, this.client);
    });
    socket.on("error", (error) => this.#failed(socket, endpoint, error));
    socket.once("connect", () => {
      if (this.#socket !== socket) return;
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const datagram of waiting) this.#send(datagram);
    });
    socket.connect(endpoint.port, endpoint.host);
  }

  #send(datagram: Buffer): void {
    const socket = this.#socket;
    const endpoint = this.#endpoint;
    if (!socket || !endpoint) return;
    if (socket.getSendQueueSize() > QUEUED_BYTES) {
      this.#host.observer.datagramDropped("limit");
      return;
    }
    this.bytesIn += datagram.length;
    socket.send(datagram, (error) => {
      if (error) this.#failed(socket, endpoint, error);
    });
  }

  /** The endpoint's machine says that nobody listens there (ICMP), or it cannot be reached; or this machine is at its end. */
  #failed(socket: Socket, endpoint: Endpoint, error: Error): void {
    if (this.#socket !== socket) return;
    const code = codeOf(error) ?? messageOf(error);
    const isUnreachable = UNREACHABLE.has(code);
    this.#host.observer.datagramDropped(isUnreachable ? "unreachable" : "error");
    if (isUnreachable || this.#waiting) this.leave();
    if (!isUnreachable) return;
    const what = code === "ECONNREFUSED" ? "refused a datagram" : "could not be reached";
    endpoint.failed("unreachable", 0, this.#host.nowMs(), `${what} (${code})`);
  }
}

const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
