/** Every metric of the edge, once: name, kind, meaning and labels. Pure. */

/** One metric. */
export interface MetricFamily {
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** In the order in which samples give their values. */
  readonly labels: readonly string[];
  /** The name's ending, where it has one. */
  readonly unit?: "seconds" | "bytes";
  /** What a sample's values are divided by to be in that unit: times are kept in whole microseconds. Default 1. */
  readonly divisor?: number;
  /** How the values of several processes become one. Default: they add up. `"least"`: the smallest. */
  readonly merge?: "least";
  /** Whether it is only told where telemetry is sent: in more detail than Prometheus' text has it. */
  readonly isDetail?: true;
}

const MICROSECONDS = 1_000_000;

const seconds = { unit: "seconds", divisor: MICROSECONDS } as const;
const bytes = { unit: "bytes" } as const;

/** By name, in the order in which they are told; a counter's name gets `_total` behind it. */
export const METRIC_FAMILIES = {
  trestle_edge_requests: {
    type: "counter",
    help: "Requests that are over, by the status that the client was sent; none when it left before.",
    labels: ["route", "status"],
  },
  trestle_edge_requests_by_method: {
    type: "counter",
    help: "Requests that are over, by method; other for methods outside RFC 9110 and 5789.",
    labels: ["route", "method"],
  },
  trestle_edge_request_outcomes: {
    type: "counter",
    help: "Requests that are over, by how they ended: answered by an upstream, by the edge's own answer, cut, or left by the client.",
    labels: ["route", "outcome"],
  },
  trestle_edge_own_answers: {
    type: "counter",
    help: "Answers that the edge gave in its own name, by error code; none for redirects and fixed answers of routes.",
    labels: ["route", "code"],
  },
  trestle_edge_request_duration_seconds: {
    type: "histogram",
    help: "From the end of a request's head to the last byte of its answer.",
    labels: ["route"],
    ...seconds,
  },
  trestle_edge_request_body_bytes: {
    type: "counter",
    help: "Bytes of the bodies that clients sent.",
    labels: ["route"],
    ...bytes,
  },
  trestle_edge_response_body_bytes: {
    type: "counter",
    help: "Bytes of the bodies that clients were sent.",
    labels: ["route"],
    ...bytes,
  },
  trestle_edge_upstream_requests: {
    type: "counter",
    help: "Requests that were for an upstream, by how they ended.",
    labels: ["upstream", "outcome"],
  },
  trestle_edge_upstream_attempts: {
    type: "counter",
    help: "Times that a request was sent to an endpoint, or that sending was tried.",
    labels: ["upstream"],
  },
  trestle_edge_upstream_retries: {
    type: "counter",
    help: "Attempts beyond a request's first.",
    labels: ["upstream"],
  },
  trestle_edge_upstream_response_seconds: {
    type: "histogram",
    help: "From the sending of the last attempt to the head of its answer.",
    labels: ["upstream"],
    ...seconds,
  },
  trestle_edge_upstream_requests_in_flight: {
    type: "gauge",
    help: "Requests under way, those that wait for a connection among them.",
    labels: ["upstream"],
  },
  trestle_edge_upstream_requests_pending: {
    type: "gauge",
    help: "Requests that wait for a connection.",
    labels: ["upstream"],
  },
  trestle_edge_upstream_panics: {
    type: "gauge",
    help: "Workers that use endpoints whatever their health, since too few are well.",
    labels: ["upstream"],
  },
  trestle_edge_upstream_breaker_state: {
    type: "gauge",
    help: "Workers whose breaker of the upstream is in this state.",
    labels: ["upstream", "state"],
  },
  trestle_edge_endpoint_requests: {
    type: "counter",
    help: "Requests whose last attempt went to the endpoint, by the class of the status that the client was sent.",
    labels: ["upstream", "endpoint", "status"],
  },
  trestle_edge_endpoint_up: {
    type: "gauge",
    help: "Workers that send requests to the endpoint.",
    labels: ["upstream", "endpoint"],
  },
  trestle_edge_endpoint_state: {
    type: "gauge",
    help: "Workers that see the endpoint in this state.",
    labels: ["upstream", "endpoint", "state"],
  },
  trestle_edge_endpoint_requests_in_flight: {
    type: "gauge",
    help: "Requests and tunnels under way at the endpoint.",
    labels: ["upstream", "endpoint"],
  },
  trestle_edge_endpoint_connections: {
    type: "gauge",
    help: "Open connections to the endpoint: idle, busy, or a tunnel.",
    labels: ["upstream", "endpoint", "state"],
  },
  trestle_edge_endpoint_attempts: {
    type: "counter",
    help: "Requests and tunnels that were begun at the endpoint, repeated ones too.",
    labels: ["upstream", "endpoint"],
  },
  trestle_edge_endpoint_failures: {
    type: "counter",
    help: "Attempts that failed by the endpoint's fault.",
    labels: ["upstream", "endpoint"],
  },
  trestle_edge_client_connections: {
    type: "gauge",
    help: "Open connections of clients, or sessions of UDP.",
    labels: ["listener", "protocol"],
  },
  trestle_edge_client_connections_opened: {
    type: "counter",
    help: "Connections of clients that were taken, or sessions of UDP that began.",
    labels: ["listener", "protocol"],
  },
  trestle_edge_client_connections_refused: {
    type: "counter",
    help: "Connections of clients that were closed before they could be used, by the reason.",
    labels: ["listener", "reason"],
  },
  trestle_edge_stream_received_bytes: {
    type: "counter",
    help: "Bytes from clients of TCP listeners and tunnels.",
    labels: ["listener"],
    ...bytes,
  },
  trestle_edge_stream_sent_bytes: {
    type: "counter",
    help: "Bytes to clients of TCP listeners and tunnels.",
    labels: ["listener"],
    ...bytes,
  },
  trestle_edge_udp_datagrams: {
    type: "counter",
    help: "Datagrams passed on, in from clients or out to them.",
    labels: ["listener", "direction"],
  },
  trestle_edge_udp_datagram_bytes: {
    type: "counter",
    help: "Bytes of the datagrams passed on, in from clients or out to them.",
    labels: ["listener", "direction"],
    ...bytes,
  },
  trestle_edge_udp_datagrams_dropped: {
    type: "counter",
    help: "Datagrams that were not passed on, by the reason.",
    labels: ["listener", "reason"],
  },
  trestle_edge_access_log_lines: {
    type: "counter",
    help: "Lines that were taken to be written to the access log.",
    labels: [],
  },
  trestle_edge_access_log_lines_dropped: {
    type: "counter",
    help: "Lines of the access log that were dropped, since its target took too few of them or none.",
    labels: [],
  },
  trestle_edge_event_loop_lag_seconds: {
    type: "histogram",
    help: "How late a timer fired, sampled twice a second.",
    labels: [],
    ...seconds,
  },
  http_server_request_duration: {
    type: "histogram",
    help: "Duration of HTTP server requests.",
    labels: ["route", "method", "status", "error"],
    isDetail: true,
    ...seconds,
  },
  http_client_request_duration: {
    type: "histogram",
    help: "Duration of HTTP client requests, to the head of the answer.",
    labels: ["upstream", "endpoint", "status", "error"],
    isDetail: true,
    ...seconds,
  },
  trestle_edge_workers: { type: "gauge", help: "Processes that these metrics add up.", labels: [] },
  process_cpu_seconds: {
    type: "counter",
    help: "Processor time of the processes, user and system.",
    labels: [],
    ...seconds,
  },
  process_resident_memory_bytes: {
    type: "gauge",
    help: "Resident memory of the processes.",
    labels: [],
    ...bytes,
  },
  process_open_fds: { type: "gauge", help: "Open file descriptors of the processes.", labels: [] },
  process_start_time_seconds: {
    type: "gauge",
    help: "When the oldest of the processes began, since the Unix epoch.",
    labels: [],
    merge: "least",
    ...seconds,
  },
} as const satisfies Record<string, MetricFamily>;

/** The name of a metric, without the `_total` of a counter. */
export type MetricName = keyof typeof METRIC_FAMILIES;

/** All of them, in the order of the table. */
export const METRIC_NAMES: readonly MetricName[] = Object.freeze(
  Object.keys(METRIC_FAMILIES) as MetricName[],
);

/** The row of a metric. */
export function familyOf(name: MetricName): MetricFamily {
  return METRIC_FAMILIES[name];
}
