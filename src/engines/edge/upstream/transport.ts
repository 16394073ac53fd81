import { connect } from "node:net";
import type { HealthCheckConfig, UpstreamConfig } from "../config/index.ts";
import { checkOf } from "../health/health-check.ts";
import type { HealthCheck } from "../health/verdict.ts";
import type { LinkPool, LinkPoolOptions } from "./link-pool.ts";
import { ConnectionPool } from "./pool.ts";

/** How the endpoints of an upstream are reached: in plain text or TLS, by HTTP/1.1 or HTTP/2. */
export interface Transport {
  /** The links to one endpoint. */
  pool(options: LinkPoolOptions): LinkPool;
  /** What asks an endpoint whether it is well, the same way as requests go there. */
  check(config: HealthCheckConfig): HealthCheck;
}

/** The transport that a configuration asks for; called again when `protocol`, `tls` or `sendProxy` changed. */
export type TransportOf = (config: UpstreamConfig) => Transport;

/** HTTP/1.1 in plain text. */
export const plainTransport: Transport = {
  pool: (options) => new ConnectionPool(options),
  check: (config) => checkOf(config, ({ host, port }) => connect({ host, port, noDelay: true })),
};
