/** The edge: a streaming HTTP/1.1 reverse proxy that balances over healthy endpoints. */

/** What can go wrong: with the edge, and with a request. */
export { ANSWERS, type AnswerCode } from "./answers.ts";

/** What it is told, and the messages of its process. */
export type {
  EdgeConfig,
  EdgeEndpointMessage,
  EdgeLimits,
  EdgeUpdatedMessage,
  EdgeUpdateMessage,
  EndpointConfig,
  HealthCheckConfig,
  HttpListenerConfig,
  ListenerConfig,
  RouteConfig,
  UpstreamConfig,
} from "./config/index.ts";
export { type EdgeEvent, type EdgeOptions, type RunningEdge, startEdge } from "./edge.ts";
export { EDGE_ERRORS, EdgeError, type EdgeErrorCode } from "./errors.ts";
export { DEFAULT_LIMITS } from "./limits.ts";
