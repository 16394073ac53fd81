/** What is counted of one listener, whatever is spoken there. Pure. */

import type { SampleCollector } from "./metrics-snapshot.ts";

const PROTOCOLS = ["http1", "http2", "tcp", "udp"] as const;
const REFUSALS = ["limit", "tls", "proxy", "unroutable"] as const;
const DROPS = ["limit", "unreachable", "error"] as const;

/** What a client's connection carries; of `udp` a session. */
export type ClientProtocol = (typeof PROTOCOLS)[number];

/**
 * Why a connection was closed before it could be used. `limit`: too many are open. `tls`: the handshake failed. `proxy`: no valid
 * PROXY protocol header. `unroutable`: no upstream takes it, or none can be reached.
 */
export type ConnectionRefusal = (typeof REFUSALS)[number];

/** Why a datagram was dropped. `limit`: too many sessions. `unreachable`: no endpoint. `error`: it could not be sent. */
export type DatagramDrop = (typeof DROPS)[number];

/** Counts of one listener. Connections that outlive it go on telling their meter, which nobody reads any more. */
export class ListenerMeter {
  readonly #open = new Float64Array(PROTOCOLS.length);
  readonly #opened = new Float64Array(PROTOCOLS.length);
  readonly #refused = new Float64Array(REFUSALS.length);
  readonly #dropped = new Float64Array(DROPS.length);
  #receivedBytes = 0;
  #sentBytes = 0;
  #datagramsIn = 0;
  #datagramsOut = 0;
  #datagramBytesIn = 0;
  #datagramBytesOut = 0;

  /** A connection whose protocol is known: `connectionClosed` follows exactly once. */
  connectionOpened(protocol: ClientProtocol): void {
    add(this.#open, PROTOCOLS.indexOf(protocol), 1);
    add(this.#opened, PROTOCOLS.indexOf(protocol), 1);
  }

  connectionClosed(protocol: ClientProtocol): void {
    add(this.#open, PROTOCOLS.indexOf(protocol), -1);
  }

  /** One that never opened. */
  connectionRefused(reason: ConnectionRefusal): void {
    add(this.#refused, REFUSALS.indexOf(reason), 1);
  }

  /** Bytes of a TCP connection or a tunnel passed: tell them chunk by chunk, or once at the end. */
  streamed(receivedBytes: number, sentBytes: number): void {
    this.#receivedBytes += receivedBytes;
    this.#sentBytes += sentBytes;
  }

  datagramIn(bytes: number): void {
    this.#datagramsIn += 1;
    this.#datagramBytesIn += bytes;
  }

  datagramOut(bytes: number): void {
    this.#datagramsOut += 1;
    this.#datagramBytesOut += bytes;
  }

  datagramDropped(reason: DatagramDrop): void {
    add(this.#dropped, DROPS.indexOf(reason), 1);
  }

  collect(listener: string, into: SampleCollector): void {
    PROTOCOLS.forEach((protocol, at) => {
      const opened = this.#opened[at] ?? 0;
      if (opened === 0) return;
      into.add("trestle_edge_client_connections", [listener, protocol], [this.#open[at] ?? 0]);
      into.add("trestle_edge_client_connections_opened", [listener, protocol], [opened]);
    });
    REFUSALS.forEach((reason, at) => {
      const count = this.#refused[at] ?? 0;
      if (count > 0) into.add("trestle_edge_client_connections_refused", [listener, reason], [count]);
    });
    if (this.#receivedBytes + this.#sentBytes > 0) {
      into.add("trestle_edge_stream_received_bytes", [listener], [this.#receivedBytes]);
      into.add("trestle_edge_stream_sent_bytes", [listener], [this.#sentBytes]);
    }
    if (this.#datagramsIn + this.#datagramsOut > 0) {
      into.add("trestle_edge_udp_datagrams", [listener, "in"], [this.#datagramsIn]);
      into.add("trestle_edge_udp_datagrams", [listener, "out"], [this.#datagramsOut]);
      into.add("trestle_edge_udp_datagram_bytes", [listener, "in"], [this.#datagramBytesIn]);
      into.add("trestle_edge_udp_datagram_bytes", [listener, "out"], [this.#datagramBytesOut]);
    }
    DROPS.forEach((reason, at) => {
      const count = this.#dropped[at] ?? 0;
      if (count > 0) into.add("trestle_edge_udp_datagrams_dropped", [listener, reason], [count]);
    });
  }
}

function add(numbers: Float64Array, at: number, amount: number): void {
  numbers[at] = (numbers[at] ?? 0) + amount;
}
