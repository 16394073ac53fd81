/** What an edge is told: plain data, and the messages that bring it to an edge's process. */

export type { AccessLogConfig, AdminConfig, EdgeConfig } from "./edge-config.ts";
export type { EdgeLimits } from "./limits.ts";
export type {
  HttpListenerConfig,
  ListenerConfig,
  TcpListenerConfig,
  UdpListenerConfig,
} from "./listener.ts";
export type { EdgeEndpointMessage, EdgeUpdatedMessage, EdgeUpdateMessage } from "./messages.ts";
export type {
  FixedAnswerConfig,
  MirrorConfig,
  RedirectConfig,
  RetryConfig,
  RewriteConfig,
  RouteConfig,
  RouteMatchConfig,
  RouteTimeoutsConfig,
  SplitConfig,
  ValueMatchConfig,
} from "./route.ts";
export type { TelemetryConfig, TracesConfig } from "./telemetry.ts";
export type {
  CertificateConfig,
  ClientCertificateConfig,
  ListenerTlsConfig,
  LocalAuthorityConfig,
  UpstreamTlsConfig,
} from "./tls.ts";
export type {
  AffinityConfig,
  BalanceConfig,
  BreakerConfig,
  EndpointConfig,
  HashKeyConfig,
  HealthCheckConfig,
  OutlierConfig,
  UpstreamBoundsConfig,
  UpstreamConfig,
} from "./upstream.ts";
