import type { RouteConfig } from "./route.ts";
import type { ListenerTlsConfig } from "./tls.ts";

/** One address, and what is spoken there. */
export type ListenerConfig = HttpListenerConfig | TcpListenerConfig | UdpListenerConfig;

interface ListenerBase {
  /** Loopback unless the operator says otherwise. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** HTTP/1.1, and HTTP/2 by ALPN or with prior knowledge. */
export interface HttpListenerConfig extends ListenerBase {
  readonly kind?: "http";
  readonly routes: readonly RouteConfig[];
  /** Ends TLS here. Default: plain text. */
  readonly tls?: ListenerTlsConfig;
  /** Whether HTTP/2 is spoken with those who offer it. Default true. */
  readonly http2?: boolean;
  /**
   * How many proxies in front of the edge are trusted. That many of the last entries of `X-Forwarded-For` (and of `Forwarded`)
   * are believed, and added to; 0, the default: what a client says of itself is replaced. `"all"`: every entry is believed, for
   * an edge that nobody but trusted proxies can reach.
   */
  readonly trustedHops?: number | "all";
  /** Whether connections begin with a PROXY protocol header (versions 1 and 2), which is believed. Default false. */
  readonly acceptProxy?: boolean;
}

/** Bytes, passed through as they are. */
export interface TcpListenerConfig extends ListenerBase {
  readonly kind: "tcp";
  /** The upstream of connections that no entry of `servers` takes; without one, those are closed. */
  readonly to?: string;
  /**
   * Upstreams by the name that a TLS client asks for (SNI), which is read and not answered: the upstream ends TLS itself.
   * `"*.example.com"` is every name one label longer. The exact name wins.
   */
  readonly servers?: readonly { readonly names: readonly string[]; readonly to: string }[];
  /** Ends TLS here, and passes on what is inside. Not with `servers`. */
  readonly tls?: ListenerTlsConfig;
  readonly acceptProxy?: boolean;
  /** Silence in both directions after which a connection is closed. Default 10 min; 0: never. */
  readonly idleTimeoutMs?: number;
}

/** Datagrams; those of one client address and port go to one endpoint, and its answers back, until both keep silent. */
export interface UdpListenerConfig extends ListenerBase {
  readonly kind: "udp";
  readonly to: string;
  /** Silence in both directions after which a session is forgotten. Default 30,000. */
  readonly idleTimeoutMs?: number;
  /** Sessions at once; a datagram that would begin another is dropped, and counted. Default 10,000. */
  readonly sessions?: number;
}
