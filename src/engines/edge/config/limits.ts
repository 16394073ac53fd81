/** Bounds on what a client or an upstream may ask of the edge. All have defaults: `DEFAULT_LIMITS`. */
export interface EdgeLimits {
  /**
   * Of a request's or a response's head, and of the trailers behind a body: 431 to a client, 502 for an upstream. A request's line,
   * which holds its target, may have half of them: 414 beyond. Default 16 KiB.
   */
  readonly headerBytes: number;
  /** Fields in a request's or a response's head, and trailers: 431 to a client, 502 for an upstream. Default 100. */
  readonly headerFields: number;
  /** Of a request's body, but for streams of gRPC: 413 beyond. Responses are not bounded, since they are streamed. Default 16 MiB. */
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
