/** All that an edge knows of the world: plain data, replaced as a whole by `edge.update(config)`. */
export interface EdgeConfig {
  readonly listeners: readonly ListenerConfig[];
  /** By upstream name, as routes refer to it. */
  readonly upstreams: Readonly<Record<string, UpstreamConfig>>;
  readonly limits?: Partial<EdgeLimits>;
}

export interface ListenerConfig {
  /** Loopback unless the operator says otherwise. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly routes: readonly RouteConfig[];
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
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  /** Failures in a row that take an endpoint out. */
  readonly unhealthyAfter?: number;
  /** Successes in a row that bring it back. */
  readonly healthyAfter?: number;
}

/** Bounds on what a client or an upstream may ask of the edge. */
export interface EdgeLimits {
  readonly headerBytes: number;
  readonly bodyBytes: number;
  readonly connections: number;
  /** Idle upstream connections kept per endpoint. */
  readonly idleUpstreamConnections: number;
  readonly connectTimeoutMs: number;
  /** From the last byte of the request to the response's head. */
  readonly responseTimeoutMs: number;
  readonly requestHeadTimeoutMs: number;
  readonly idleTimeoutMs: number;
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
}
