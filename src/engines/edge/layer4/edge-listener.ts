import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../../../blocks/time/index.ts";
import type { EdgeConfig, EdgeLimits, ListenerConfig } from "../config/index.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { Watch } from "../watch.ts";
import type { ConnectionObserver } from "./connection-record.ts";

/** One address that the edge listens on, whatever is spoken there. */
export interface EdgeListener {
  readonly config: ListenerConfig;
  /** The one that the system chose, where the configuration says 0. */
  readonly port: number;
  /** Whether this listener is the one that a configuration speaks of: the same address, spoken at in the same way. */
  serves(config: ListenerConfig): boolean;
  /** Follows another configuration, for all that has not begun. Called once all upstreams follow it, in the same turn. */
  reconfigure(config: ListenerConfig, edge: ConfiguredEdge): void;
  applyLimits(limits: EdgeLimits): void;
  /** Takes nothing new; resolves once all that is under way is gone, each in its own time. */
  stopAccepting(): Promise<void>;
  /** The same, and ends what can be ended now. */
  close(): Promise<void>;
  /** Cuts every connection. */
  destroyConnections(): void;
}

/** What a listener finds of the rest of the edge. */
export interface ConfiguredEdge {
  readonly config: EdgeConfig;
  /** By name. */
  readonly upstreams: ReadonlyMap<string, Upstream>;
  /** What ends TLS for a listener with `tls`. */
  readonly tlsOf?: (listener: ListenerConfig) => TlsEnd | undefined;
}

/** Ends TLS on connections that somebody else accepted. */
export interface TlsEnd {
  /** Exactly one of the user's functions is called, once. The handshake has a deadline of its own. */
  accept(socket: Socket, user: TlsUser): void;
}

export interface TlsUser {
  /** What is inside is the user's from here on. */
  onSecure(socket: Duplex): void;
  /** There will be nothing; the connection is gone. */
  onRefused(refusal: { readonly kind: string; readonly reason: string }): void;
}

/** What the listeners of layer 4 need of their edge. */
export interface Layer4Runtime {
  readonly clock: Clock;
  readonly watch: Watch;
  /** Replaced by an update. */
  readonly limits: EdgeLimits;
}

/** What a listener of layer 4 is opened with. */
export interface Layer4Options {
  readonly runtime: Layer4Runtime;
  readonly edge: ConfiguredEdge;
  /** Default: nobody is told. */
  readonly observer?: ConnectionObserver;
}
