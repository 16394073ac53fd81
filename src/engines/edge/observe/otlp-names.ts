/** What OpenTelemetry calls the metrics that an edge sends to a collector. Pure. */

import type { MetricName } from "./metric-families.ts";

/** How one metric is called there. */
export interface OtlpName {
  readonly name: string;
  /** UCUM. */
  readonly unit: string;
  /** Names of attributes, in the order of the labels. */
  readonly attributes: readonly string[];
}

/** By metric. What a supervisor measures from outside (processor time, memory) is not sent, nor what is there in more detail. */
export const OTLP_NAMES = {
  http_server_request_duration: {
    name: "http.server.request.duration",
    unit: "s",
    attributes: ["http.route", "http.request.method", "http.response.status_code", "error.type"],
  },
  http_client_request_duration: {
    name: "http.client.request.duration",
    unit: "s",
    attributes: ["trestle.peer", "trestle.endpoint", "http.response.status_code", "error.type"],
  },
  trestle_edge_request_outcomes: {
    name: "trestle.edge.requests",
    unit: "{request}",
    attributes: ["http.route", "outcome"],
  },
  trestle_edge_own_answers: {
    name: "trestle.edge.own_answers",
    unit: "{request}",
    attributes: ["http.route", "code"],
  },
  trestle_edge_request_body_bytes: {
    name: "trestle.edge.request.body",
    unit: "By",
    attributes: ["http.route"],
  },
  trestle_edge_response_body_bytes: {
    name: "trestle.edge.response.body",
    unit: "By",
    attributes: ["http.route"],
  },
  trestle_edge_upstream_retries: {
    name: "trestle.edge.upstream.retries",
    unit: "{attempt}",
    attributes: ["trestle.peer"],
  },
  trestle_edge_upstream_requests_in_flight: {
    name: "trestle.edge.upstream.requests.active",
    unit: "{request}",
    attributes: ["trestle.peer"],
  },
  trestle_edge_upstream_requests_pending: {
    name: "trestle.edge.upstream.requests.pending",
    unit: "{request}",
    attributes: ["trestle.peer"],
  },
  trestle_edge_upstream_panics: {
    name: "trestle.edge.upstream.panics",
    unit: "{worker}",
    attributes: ["trestle.peer"],
  },
  trestle_edge_upstream_breaker_state: {
    name: "trestle.edge.upstream.breaker",
    unit: "{worker}",
    attributes: ["trestle.peer", "state"],
  },
  trestle_edge_endpoint_connections: {
    name: "trestle.edge.upstream.connections",
    unit: "{connection}",
    attributes: ["trestle.peer", "trestle.endpoint", "state"],
  },
  trestle_edge_endpoint_failures: {
    name: "trestle.edge.upstream.failures",
    unit: "{attempt}",
    attributes: ["trestle.peer", "trestle.endpoint"],
  },
  trestle_edge_client_connections: {
    name: "trestle.edge.connections.active",
    unit: "{connection}",
    attributes: ["trestle.listener", "network.protocol.name"],
  },
  trestle_edge_client_connections_opened: {
    name: "trestle.edge.connections.opened",
    unit: "{connection}",
    attributes: ["trestle.listener", "network.protocol.name"],
  },
  trestle_edge_client_connections_refused: {
    name: "trestle.edge.connections.refused",
    unit: "{connection}",
    attributes: ["trestle.listener", "reason"],
  },
  trestle_edge_stream_received_bytes: {
    name: "trestle.edge.stream.received",
    unit: "By",
    attributes: ["trestle.listener"],
  },
  trestle_edge_stream_sent_bytes: {
    name: "trestle.edge.stream.sent",
    unit: "By",
    attributes: ["trestle.listener"],
  },
  trestle_edge_udp_datagrams: {
    name: "trestle.edge.udp.datagrams",
    unit: "{datagram}",
    attributes: ["trestle.listener", "network.io.direction"],
  },
  trestle_edge_udp_datagrams_dropped: {
    name: "trestle.edge.udp.datagrams.dropped",
    unit: "{datagram}",
    attributes: ["trestle.listener", "reason"],
  },
  trestle_edge_access_log_lines_dropped: {
    name: "trestle.edge.access_log.dropped",
    unit: "{line}",
    attributes: [],
  },
  trestle_edge_event_loop_lag_seconds: {
    name: "trestle.edge.event_loop.lag",
    unit: "s",
    attributes: [],
  },
  trestle_edge_workers: { name: "trestle.edge.workers", unit: "{worker}", attributes: [] },
} as const satisfies { readonly [Name in MetricName]?: OtlpName };
