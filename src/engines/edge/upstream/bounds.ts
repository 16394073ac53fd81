import type { UpstreamBoundsConfig } from "../config/index.ts";

/** What an upstream may have under way, with the defaults filled in. Pure. See `UpstreamBoundsConfig`. */
export interface UpstreamBounds {
  /** Open connections to each endpoint, tunnels included. */
  readonly connections: number;
  /** Requests of the whole upstream that wait for a connection. */
  readonly pending: number;
  readonly pendingMs: number;
  /** Requests of the whole upstream that are under way, those that wait included; may be `Infinity`. */
  readonly requests: number;
  /** May be `Infinity`. */
  readonly requestsPerConnection: number;
}

/** What an upstream has under way now, in all its endpoints: those who begin something count it here, and uncount it. */
export interface UpstreamLoad {
  requests: number;
  pending: number;
}

/** The bounds that a configuration asks for. */
export function boundsOf(config: UpstreamBoundsConfig = {}): UpstreamBounds {
  return {
    connections: config.connections ?? 1_024,
    pending: config.pending ?? 1_024,
    pendingMs: config.pendingMs ?? 3_000,
    requests: config.requests ?? Number.POSITIVE_INFINITY,
    requestsPerConnection: config.requestsPerConnection ?? Number.POSITIVE_INFINITY,
  };
}
