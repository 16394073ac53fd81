/** The edge: reverse proxy, load balancer of layers 7 and 4, and end of TLS. */

/** What can go wrong: with the edge, and with a request. */
export { ANSWERS, type AnswerCode } from "./answers.ts";

/** What it is told, and the messages of its process. */
export type {
  AccessLogConfig,
  AdminConfig,
  AffinityConfig,
  BalanceConfig,
  BreakerConfig,
  CertificateConfig,
  ClientCertificateConfig,
  EdgeConfig,
  EdgeEndpointMessage,
  EdgeLimits,
  EdgeUpdatedMessage,
  EdgeUpdateMessage,
  EndpointConfig,
  FixedAnswerConfig,
  HashKeyConfig,
  HealthCheckConfig,
  HttpListenerConfig,
  ListenerConfig,
  ListenerTlsConfig,
  LocalAuthorityConfig,
  MirrorConfig,
  OutlierConfig,
  RedirectConfig,
  RetryConfig,
  RewriteConfig,
  RouteConfig,
  RouteMatchConfig,
  RouteTimeoutsConfig,
  SplitConfig,
  TcpListenerConfig,
  TelemetryConfig,
  TracesConfig,
  UdpListenerConfig,
  UpstreamBoundsConfig,
  UpstreamConfig,
  UpstreamTlsConfig,
  ValueMatchConfig,
} from "./config/index.ts";
export { type EdgeEvent, type EdgeOptions, type RunningEdge, startEdge, type UpdateOptions } from "./edge.ts";
export { EDGE_ERRORS, EdgeError, type EdgeErrorCode } from "./errors.ts";
export { DEFAULT_LIMITS } from "./limits.ts";
/** What its options and answers are made of. */
export type { EdgeReading } from "./observe/upstream-status.ts";
export type { TlsEvent } from "./tls/index.ts";
export type { SocketHandle, SocketLookup } from "./workers/bound-socket.ts";
