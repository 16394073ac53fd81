/** How an edge's upstreams stand at one moment, as plain data: for metrics, and for operators. Pure. */

import type { EndpointSnapshot } from "../upstream/endpoint.ts";
import type { UpstreamSnapshot } from "../upstream/upstream.ts";
import type { MetricSource, MetricsSnapshot } from "./metrics-snapshot.ts";

/** What one endpoint looks like to all workers of an edge, or to its only one. */
export interface EndpointStatus extends Omit<EndpointSnapshot, "state"> {
  /** `mixed` where the workers differ. */
  readonly state: EndpointSnapshot["state"] | "mixed";
}

/** The same of an upstream. */
export interface UpstreamStatus extends Omit<UpstreamSnapshot, "breaker" | "endpoints"> {
  readonly breaker: UpstreamSnapshot["breaker"] | "mixed";
  readonly endpoints: readonly EndpointStatus[];
}

/** What a process that serves tells of itself when it is asked. */
export interface EdgeReading {
  readonly metrics: MetricsSnapshot;
  readonly upstreams: readonly UpstreamStatus[];
}

/**
 * The upstreams as several workers see them, as one. Counts add up. Where workers differ, the state is `mixed`, and the reason
 * that of the latest change. The order of the workers makes no difference but to the order of what is told.
 */
export function mergeStatus(workers: readonly (readonly UpstreamStatus[])[]): readonly UpstreamStatus[] {
  const upstreams = new Map<string, UpstreamStatus>();
  for (const upstream of workers.flat()) {
    const before = upstreams.get(upstream.name);
    upstreams.set(upstream.name, before ? mergeUpstream(before, upstream) : upstream);
  }
  return [...upstreams.values()];
}

/** Metrics of what a function says when it is asked: nothing is counted in between. */
export function statusMetrics(status: () => readonly UpstreamStatus[]): MetricSource {
  return {
    collect(into) {
      for (const { name, panics, breaker, requests, pending, endpoints } of status()) {
        into.add("trestle_edge_upstream_requests_in_flight", [name], [requests]);
        into.add("trestle_edge_upstream_requests_pending", [name], [pending]);
        into.add("trestle_edge_upstream_panics", [name], [panics ? 1 : 0]);
        if (breaker !== "none") into.add("trestle_edge_upstream_breaker_state", [name, breaker], [1]);
        for (const endpoint of endpoints) {
          const labels = [name, endpoint.id];
          const { state } = endpoint;
          into.add("trestle_edge_endpoint_up", labels, [state === "up" || state === "warming" ? 1 : 0]);
          into.add("trestle_edge_endpoint_state", [...labels, state], [1]);
          into.add("trestle_edge_endpoint_requests_in_flight", labels, [endpoint.inFlight]);
          into.add("trestle_edge_endpoint_connections", [...labels, "idle"], [endpoint.idle]);
          into.add(
            "trestle_edge_endpoint_connections",
            [...labels, "busy"],
            [endpoint.connections - endpoint.idle],
          );
          into.add("trestle_edge_endpoint_connections", [...labels, "tunnel"], [endpoint.tunnels]);
          into.add("trestle_edge_endpoint_attempts", labels, [endpoint.requests]);
          into.add("trestle_edge_endpoint_failures", labels, [endpoint.failures]);
        }
      }
    },
  };
}

function mergeUpstream(one: UpstreamStatus, other: UpstreamStatus): UpstreamStatus {
  const endpoints = new Map(one.endpoints.map((endpoint) => [endpoint.id, endpoint]));
  for (const endpoint of other.endpoints) {
    const before = endpoints.get(endpoint.id);
    endpoints.set(endpoint.id, before ? mergeEndpoint(before, endpoint) : endpoint);
  }
  return {
    name: one.name,
    panics: one.panics || other.panics,
    breaker: one.breaker === other.breaker ? one.breaker : "mixed",
    requests: one.requests + other.requests,
    pending: one.pending + other.pending,
    endpoints: [...endpoints.values()],
  };
}

function mergeEndpoint(one: EndpointStatus, other: EndpointStatus): EndpointStatus {
  const { reason, since } = isLater(one, other) ? one : other;
  const ejectedUntil = Math.max(one.ejectedUntil ?? 0, other.ejectedUntil ?? 0);
  return {
    id: one.id,
    host: one.host,
    port: one.port,
    weight: one.weight,
    state: one.state === other.state ? one.state : "mixed",
    reason,
    since,
    ...(ejectedUntil > 0 ? { ejectedUntil } : {}),
    inFlight: one.inFlight + other.inFlight,
    connections: one.connections + other.connections,
    idle: one.idle + other.idle,
    tunnels: one.tunnels + other.tunnels,
    pending: one.pending + other.pending,
    requests: one.requests + other.requests,
    failures: one.failures + other.failures,
  };
}

function isLater(one: EndpointStatus, other: EndpointStatus): boolean {
  return one.since > other.since || (one.since === other.since && one.reason > other.reason);
}
