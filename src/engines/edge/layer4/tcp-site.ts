import type { TcpListenerConfig } from "../config/index.ts";
import { boundsOf } from "../upstream/bounds.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { ConfiguredEdge, TlsEnd } from "./edge-listener.ts";
import { ServerNames } from "./server-names.ts";

const IDLE_TIMEOUT_MS = 600_000;

/** Where the connections of a TCP listener go; an update replaces it as a whole. */
export interface TcpSite {
  /** Of connections that no name leads elsewhere. */
  readonly fallback: Destination | undefined;
  /** By the name that a TLS client asks for; undefined: nobody is asked. */
  readonly names: ServerNames<Destination> | undefined;
  readonly tls: TlsEnd | undefined;
  readonly acceptsProxy: boolean;
  /** Infinity: never. */
  readonly idleTimeoutMs: number;
}

/** An upstream, and what a connection has to know of its configuration. */
export interface Destination {
  readonly upstream: Upstream;
  readonly sendProxy: "v1" | "v2" | undefined;
  /** Open connections to each endpoint, at most. */
  readonly connections: number;
}

/** The destination that has a name in the configuration; undefined when there is no such upstream. */
export function destinationOf(name: string, { config, upstreams }: ConfiguredEdge): Destination | undefined {
  const upstream = upstreams.get(name);
  if (!upstream) return undefined;
  const { sendProxy, bounds } = config.upstreams[name] ?? {};
  return { upstream, sendProxy, connections: boundsOf(bounds).connections };
}

/** What a configuration asks for. */
export function tcpSiteOf(listener: TcpListenerConfig, edge: ConfiguredEdge): TcpSite {
  const { to, servers, idleTimeoutMs = IDLE_TIMEOUT_MS } = listener;
  return {
    fallback: to === undefined ? undefined : destinationOf(to, edge),
    names: servers ? new ServerNames(namesOf(servers, edge)) : undefined,
    tls: listener.tls ? edge.tlsOf?.(listener) : undefined,
    acceptsProxy: listener.acceptProxy ?? false,
    idleTimeoutMs: idleTimeoutMs === 0 ? Number.POSITIVE_INFINITY : idleTimeoutMs,
  };
}

function* namesOf(
  servers: NonNullable<TcpListenerConfig["servers"]>,
  edge: ConfiguredEdge,
): Iterable<readonly [string, Destination]> {
  for (const { names, to } of servers) {
    const destination = destinationOf(to, edge);
    if (destination) for (const name of names) yield [name, destination];
  }
}
