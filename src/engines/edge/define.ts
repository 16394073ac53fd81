/**
 * The public entry `trestle/edge`: what a file says that `trestle serve edge --config` reads, or a program that writes configurations for the
 * admin API. Nothing is started by importing it.
 */

import type { EdgeConfig } from "./config/index.ts";

/** All that may stand in a configuration. */
export type {
  AccessLogConfig,
  AdminConfig,
  AffinityConfig,
  BalanceConfig,
  BreakerConfig,
  CertificateConfig,
  ClientCertificateConfig,
  EdgeConfig,
  EdgeLimits,
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

/**
 * Gives an edge's configuration back as it is, so that an editor knows what may stand in it. Quantities are numbers of base units, as the names of
 * the fields say; paths start at the file. It is checked when it is put in force.
 */
export function defineEdge(config: EdgeConfig): EdgeConfig {
  return config;
}
