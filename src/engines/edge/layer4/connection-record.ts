import type { ConnectionRefusal, DatagramDrop } from "../observe/listener-meter.ts";

/** Why a connection, or a UDP session, came to its end. */
export type ConnectionEnd =
  /** Both sides ended it in order; of a session: both have kept silent. */
  | "ended"
  /** A connection failed, and the other was reset. */
  | "client-reset"
  | "upstream-reset"
  /** Both sides of a TCP connection kept silent for too long. */
  | "idle"
  /** Its endpoint was removed, and did not end it in time. */
  | "drained"
  /** The listener was closed. */
  | "closed"
  /** The client left before it was connected. */
  | "left"
  /** No valid PROXY header came, or not in time. */
  | "proxy"
  /** The TLS handshake failed, or what came is not the beginning of one by its grammar. */
  | "tls"
  /** No upstream belongs to the name that the client asked for, or to those who ask for none. */
  | "unroutable"
  /** No endpoint took it. */
  | "unavailable"
  /** The upstream has as many under way as it may have, or is spared by its breaker. */
  | "overloaded"
  /** This machine is out of ports or descriptors. */
  | "shortage";

/** What is known of a TCP connection, or a UDP session, once it is over. */
export interface ConnectionRecord {
  readonly transport: "tcp" | "udp";
  /** `host:port`, as configured. */
  readonly listener: string;
  readonly upstream: string | undefined;
  /** The endpoint that it was connected to, or the last one tried. */
  readonly endpoint: string | undefined;
  /** As far as it is believed: with a PROXY header, the one that it tells. */
  readonly clientAddress: string;
  readonly clientPort: number;
  /** The name that a TLS client asked for (SNI), where it was read. */
  readonly serverName: string | undefined;
  /** Endpoints tried. */
  readonly attempts: number;
  /** Passed on from the client, and to it. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
  readonly end: ConnectionEnd;
}

/**
 * Told of connections of layer 4. On the hot path: keeps numbers, and puts off everything else. The counters of a
 * `ListenerMeter` fit it one to one.
 */
export interface ConnectionObserver {
  /** One is connected to its endpoint; `connectionDone` follows. */
  connectionOpened(transport: "tcp" | "udp"): void;
  /** `opened`: whether `connectionOpened` was told of it. */
  connectionDone(record: ConnectionRecord, opened: boolean): void;
  /** One was closed as it came, for there are as many as there may be. */
  connectionRefused(reason: ConnectionRefusal): void;
  datagramIn(bytes: number): void;
  datagramOut(bytes: number): void;
  datagramDropped(reason: DatagramDrop): void;
}

/** An observer that keeps nothing. */
export const NO_OBSERVER: ConnectionObserver = Object.freeze({
  connectionOpened() {},
  connectionDone() {},
  connectionRefused() {},
  datagramIn() {},
  datagramOut() {},
  datagramDropped() {},
});
