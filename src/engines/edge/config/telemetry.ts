import type { CollectorOptions } from "../../collector.ts";

/** The collector that an edge tells of itself, and what. */
export interface TelemetryConfig extends CollectorOptions {
  /** How often metrics are sent; 0 for never. 0, or 100 to 24 days. Default 10,000. */
  readonly metricsIntervalMs?: number;
  /** Which requests are traced. */
  readonly traces?: TracesConfig;
}

export interface TracesConfig {
  /** The share of the requests that begin a trace which is told, 0 to 1. Default 1. */
  readonly share?: number;
  /** No more traces than so many begin in a second, in each worker: the share is lowered to that. 0 to 100,000; default 50. */
  readonly perSecondMax?: number;
  /** What takes longer is told as one span even when it is not traced, as are requests that fail. Default 500. */
  readonly slowMs?: number;
  /**
   * Whether the trace that a client says it is in is gone on with, rather than a new one begun. Default: of proxies in front
   * (`trustedHops`), and of clients on this machine.
   */
  readonly trust?: boolean;
}
