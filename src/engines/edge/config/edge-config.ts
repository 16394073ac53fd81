import type { EdgeLimits } from "./limits.ts";
import type { ListenerConfig } from "./listener.ts";
import type { TelemetryConfig } from "./telemetry.ts";
import type { UpstreamConfig } from "./upstream.ts";

/** All that an edge knows of the world: plain data (JSON), replaced as a whole by `edge.update(config)`. */
export interface EdgeConfig {
  readonly listeners: readonly ListenerConfig[];
  /** By upstream name, as routes refer to it. */
  readonly upstreams: Readonly<Record<string, UpstreamConfig>>;
  /** What is left out takes its value from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<EdgeLimits>;
  /** Where the edge's own error codes are explained: `documentation_url` is this and `#CODE`. Default `/docs/errors`. */
  readonly documentationUrl?: string;
  /** A line of JSON for requests that are over. Default: none is written. */
  readonly accessLog?: AccessLogConfig;
  /** An HTTP server for operators, with metrics. Default: none. */
  readonly admin?: AdminConfig;
  /** Traces and metrics for a collector. Default: none are made. */
  readonly telemetry?: TelemetryConfig;
  /** Processes that share the ports and the work, 1 to 64. Default 1. Counts that hold for an edge hold for each of them. */
  readonly workers?: number;
}

export interface AccessLogConfig {
  /** A file that is appended to, opened again on SIGHUP; or `"stdout"`. */
  readonly to: string;
  /** The share of ordinary requests that is logged, 0 to 1. Default 1. */
  readonly share?: number;
  /** Whether requests that failed (a status of 500 and above, or a cut) or took longer than `slowMs` are always logged. Default true. */
  readonly always?: boolean;
  /** Default 1,000. */
  readonly slowMs?: number;
}

export interface AdminConfig {
  /** A loopback address. Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** What clients have to show as `Authorization: Bearer`, for everything but `/health` and `/metrics`. */
  readonly token: string;
}
