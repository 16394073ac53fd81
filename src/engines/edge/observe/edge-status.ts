/** How things stand with an edge's upstreams at one moment, as plain data: for metrics, and for operators. Pure. */

import type { MetricSource } from "./metrics-snapshot.ts";

/** One endpoint. */
export interface EndpointStatus {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** The configured one. */
  readonly weight: number;
  /** Whether requests are sent there. */
  readonly isUp: boolean;
  /** In a word out of a small fixed set, such as `up`, `down` or `ejected`. */
  readonly state: string;
  /** Requests and tunnels under way there. */
  readonly inFlight: number;
  /** Open connections, idle ones among them. */
  readonly connections: number;
}

/** One upstream. */
export interface UpstreamStatus {
  readonly name: string;
  /** Requests that wait for a connection. */
  readonly pending: number;
  /** `closed`, `open` or `half-open`; undefined without a breaker. */
  readonly breaker?: string;
  readonly endpoints: readonly EndpointStatus[];
}

/**
 * The upstreams as several workers see them, as one. Counts add up. An endpoint is up when any worker sends requests there, and
 * its state, as the breaker's, is `mixed` where the workers differ.
 */
export function mergeStatus(workers: readonly (readonly UpstreamStatus[])[]): readonly UpstreamStatus[] {
  const upstreams = new Map<string, UpstreamStatus>();
  for (const upstream of workers.flat()) {
    const before = upstreams.get(upstream.name);
    upstreams.set(upstream.name, before ? mergeUpstream(before, upstream) : upstream);
  }
  return [...upstreams.values()];
}

function mergeUpstream(one: UpstreamStatus, other: UpstreamStatus): UpstreamStatus {
  const endpoints = new Map(one.endpoints.map((endpoint) => [endpoint.id, endpoint]));
  for (const endpoint of other.endpoints) {
    const before = endpoints.get(endpoint.id);
    endpoints.set(endpoint.id, before ? mergeEndpoint(before, endpoint) : endpoint);
  }
  const breaker = one.breaker === other.breaker ? one.breaker : MIXED;
  return {
    name: one.name,
    pending: one.pending + other.pending,
    ...(breaker === undefined ? {} : { breaker }),
    endpoints: [...endpoints.values()],
  };
}

function mergeEndpoint(one: EndpointStatus, other: EndpointStatus): EndpointStatus {
  return {
    ...one,
    isUp: one.isUp || other.isUp,
    state: one.state === other.state ? one.state : MIXED,
    inFlight: one.inFlight + other.inFlight,
    connections: one.connections + other.connections,
  };
}

const MIXED = "mixed";

/** Tells metrics of what a function says when it is asked: nothing is counted in between. */
export function statusMetrics(status: () => readonly UpstreamStatus[]): MetricSource {
  return {
    collect(into) {
      for (const { name, pending, breaker, endpoints } of status()) {
        into.add("trestle_edge_upstream_pending_requests", [name], [pending]);
        if (breaker !== undefined) into.add("trestle_edge_upstream_breaker_state", [name, breaker], [1]);
        for (const { id, isUp, state, inFlight, connections } of endpoints) {
          into.add("trestle_edge_endpoint_up", [name, id], [isUp ? 1 : 0]);
          into.add("trestle_edge_endpoint_state", [name, id, state], [1]);
          into.add("trestle_edge_endpoint_requests_in_flight", [name, id], [inFlight]);
          into.add("trestle_edge_endpoint_connections", [name, id], [connections]);
        }
      }
    },
  };
}
