/** All that an edge knows of the world: plain data, replaced as a whole by `edge.update(config)`. */
export interface EdgeConfig {
  readonly listeners: readonly ListenerConfig[];
  /** By upstream name, as routes refer to it. */
  readonly upstreams: Readonly<Record<string, UpstreamConfig>>;
  /** What is left out takes its value from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<EdgeLimits>;
  /** Where the edge's own error codes are explained: `documentation_url` is this and `#CODE`. Default `/docs/errors`. */
  readonly documentationUrl?: string;
}

export interface ListenerConfig {
  /** Loopback unless the operator says otherwise. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly routes: readonly RouteConfig[];
  /**
   * Believes the `X-Forwarded-*` and `Forwarded` fields of whoever connects, and adds to them. Only for an edge that nobody
   * but a trusted proxy can reach: clients could otherwise claim any address. Default false: they are replaced.
   */
  readonly trustForwarded?: boolean;
}

export interface RouteConfig {
  /** `/exact`, or `/prefix/*` (which matches `/prefix` too); `/*` takes all. The most specific wins. */
  readonly path: string;
  /** The name of an upstream. */
  readonly to: string;
}

export interface UpstreamConfig {
  readonly endpoints: readonly EndpointConfig[];
  /** Active health check; without one, an endpoint is down only while it refuses connections. */
  readonly health?: HealthCheckConfig;
}

export interface EndpointConfig {
  /** Stable while the endpoint stays the same process, such as `shortener.1`. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

export interface HealthCheckConfig {
  /** Answered with 2xx by an endpoint that can serve. */
  readonly path: string;
  /** From one check to the next. Default 2,000. */
  readonly intervalMs?: number;
  /** How long an answer may take; a later one is a failure. Default 1,000. */
  readonly timeoutMs?: number;
  /** Failures in a row that take an endpoint out. Default 3. A refused connection takes it out at once. */
  readonly unhealthyAfter?: number;
  /** Successes in a row that bring it back. Default 1. */
  readonly healthyAfter?: number;
}

/** Bounds on what a client or an upstream may ask of the edge. All have defaults: `DEFAULT_LIMITS`. */
export interface EdgeLimits {
  /** Of a request's or a response's head: 431 to a client, 502 for an upstream. Default 16 KiB. */
  readonly headerBytes: number;
  /** Of a request's body: 413 beyond. Responses are not bounded, since they are streamed. Default 16 MiB. */
  readonly bodyBytes: number;
  /** Client connections per listener; those beyond are closed as they come. Default 4,096. */
  readonly connections: number;
  /** Idle upstream connections kept per endpoint. Default 512: closing one that is needed again doubles the cost of a request. */
  readonly idleUpstreamConnections: number;
  /**
   * How long an idle upstream connection is kept. Default 4,000: less than the 5 s after which many servers close theirs,
   * since a request sent at that very moment is lost.
   */
  readonly idleUpstreamMs: number;
  /** Until an endpoint takes the connection; then the next one is tried. Default 3,000. */
  readonly connectTimeoutMs: number;
  /** From the last byte of the request to the response's head: 504 beyond. Default 30,000. */
  readonly responseTimeoutMs: number;
  /** From the first byte of a request, or the opening of its connection, to the end of its head: 408 beyond. Default 10,000. */
  readonly requestHeadTimeoutMs: number;
  /**
   * Silence on a client's connection between two requests, and within a body in either direction: 408 for a request's
   * body, a cut connection for a response's. Tunnels (WebSocket) may be silent for as long as they like. Default 60,000.
   */
  readonly idleTimeoutMs: number;
  /** How long an update waits for the endpoints that it removed; then their tunnels are closed. Default 10,000. */
  readonly drainTimeoutMs: number;
}

/** Messages of the supervising process to an edge process, after `start`. */
export interface EdgeUpdateMessage {
  readonly type: "update";
  readonly id: number;
  readonly config: EdgeConfig;
}

/**
 * The answer: sent once the update is in force and every endpoint that it removed has answered its last request, or
 * `drainTimeoutMs` has passed.
 */
export interface EdgeUpdatedMessage {
  readonly type: "updated";
  readonly id: number;
  readonly drained: boolean;
  /** Why the update was refused; the configuration before it stays in force. Absent when the update is in force. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Told to the supervising process whenever an endpoint is taken out of use or brought back. */
export interface EdgeEndpointMessage {
  readonly type: "endpoint";
  /** The name of its upstream. */
  readonly upstream: string;
  readonly id: string;
  readonly state: "up" | "down";
  /** In words, such as `refused the connection (ECONNREFUSED)`. */
  readonly reason: string;
}
