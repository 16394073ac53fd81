import type { FixedAnswerConfig } from "./route.ts";
import type { UpstreamTlsConfig } from "./tls.ts";

/** The endpoints behind one name, and how they are chosen, watched and spared. */
export interface UpstreamConfig {
  readonly endpoints: readonly EndpointConfig[];
  /** Default `"http1"`. `"http2"`: with prior knowledge, or by ALPN over TLS; gRPC needs it. */
  readonly protocol?: "http1" | "http2";
  /** Speaks TLS with the endpoints. Default: plain text. */
  readonly tls?: UpstreamTlsConfig;
  /** Begins each connection with a PROXY protocol header that tells the client's address; connections are then not shared. */
  readonly sendProxy?: "v1" | "v2";
  /** Default round robin. */
  readonly balance?: BalanceConfig;
  readonly affinity?: AffinityConfig;
  /** Active health check; without one, an endpoint is down only while it refuses connections, or is ejected. */
  readonly health?: HealthCheckConfig;
  /** Takes out endpoints that fail requests. Default: with the values below; `false`: never. */
  readonly outliers?: OutlierConfig | false;
  /** When fewer than this share of the endpoints can be used, all are used: better some failures than an overload. Default 0.5; 0: never. */
  readonly panicShare?: number;
  /** An endpoint that is new or came back gets its full share only after so long. Default 0: at once. */
  readonly slowStartMs?: number;
  readonly bounds?: UpstreamBoundsConfig;
  /** Spares an upstream that fails as a whole. Default: none. */
  readonly breaker?: BreakerConfig;
}

export interface EndpointConfig {
  /** Stable while the endpoint stays the same process, such as `shortener.1`. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Its share beside the others': a whole number, 1 to 1,000. Default 1. */
  readonly weight?: number;
}

/** How an endpoint is chosen. See `balancing/`, a file for each. */
export type BalanceConfig =
  | { readonly algorithm: "round-robin" }
  | { readonly algorithm: "weighted-round-robin" }
  | { readonly algorithm: "least-connections" }
  | { readonly algorithm: "weighted-least-connections" }
  /** Peak EWMA of the time to an answer, times what is under way. `decayMs`: how long a slow answer is remembered. Default 10,000. */
  | { readonly algorithm: "least-response-time"; readonly decayMs?: number }
  | { readonly algorithm: "random" }
  /** The less busy of two drawn by lot. */
  | { readonly algorithm: "power-of-two" }
  | { readonly algorithm: "ip-hash" }
  /**
   * Maglev: one key goes to one endpoint, and a change of the endpoints moves few keys. `loadFactor`: none gets more than so many
   * times its fair share of what is under way; above 1, default 1.25; 0: no bound.
   */
  | { readonly algorithm: "consistent-hash"; readonly key: HashKeyConfig; readonly loadFactor?: number };

export type HashKeyConfig =
  | { readonly from: "ip" }
  | { readonly from: "header"; readonly name: string }
  | { readonly from: "cookie"; readonly name: string }
  | { readonly from: "query"; readonly name: string }
  | { readonly from: "path" };

/** A client stays with the endpoint that it was given. When that one is gone or cannot be used, another is chosen, and kept. */
export type AffinityConfig =
  /** A signed cookie names the endpoint. Without `secret` one is made at the start, which other edges and later starts do not know. */
  | { readonly by: "cookie"; readonly name?: string; readonly maxAgeMs?: number; readonly secret?: string }
  | { readonly by: "ip" }
  | { readonly by: "header"; readonly name: string };

export interface HealthCheckConfig {
  /** `"http"` (default) asks for `path`; `"tcp"` only connects. */
  readonly kind?: "http" | "tcp";
  /** Of an HTTP check. Default `/`. */
  readonly path?: string;
  /** `Host` of an HTTP check. Default: the endpoint's address. */
  readonly host?: string;
  /** Statuses that pass. Default: 200 to 299. */
  readonly statuses?: readonly number[];
  /** The first 64 KiB of the answer's body have to contain this. */
  readonly bodyIncludes?: string;
  /** From one check to the next. Default 2,000. */
  readonly intervalMs?: number;
  /** How long an answer may take; a later one is a failure. Default 1,000. */
  readonly timeoutMs?: number;
  /** Failures in a row that take an endpoint out. Default 3. A refused connection takes it out at once. */
  readonly unhealthyAfter?: number;
  /** Successes in a row that bring it back. Default 1. */
  readonly healthyAfter?: number;
}

/** Failures of requests: no connection, a reset, no valid answer, a timeout, or a status of 500 and above. */
export interface OutlierConfig {
  /** In a row. Default 5; 0: does not count. */
  readonly consecutiveErrors?: number;
  /** Share of failures in an interval, with a minimum of requests. Default 0.5 of 100; share 0: does not count. */
  readonly failureShare?: number;
  readonly minimumRequests?: number;
  /** Over which the share is counted. Default 10,000. */
  readonly intervalMs?: number;
  /** The first time out; the n-th takes n times as long. Default 30,000. */
  readonly ejectionMs?: number;
  /** The longest time out. Default 300,000. */
  readonly maxEjectionMs?: number;
  /** At most this share of the endpoints is out at once, but always one may be if there are two. Default 0.5. */
  readonly maxEjectedShare?: number;
}

/** Bounds on what one upstream may have under way. Beyond: 503 with `Retry-After`. */
export interface UpstreamBoundsConfig {
  /** Open connections to each endpoint. Default 1,024. */
  readonly connections?: number;
  /** Requests that wait for one of them, in each worker. Default 1,024. */
  readonly pending?: number;
  /** How long they wait. Default 3,000. */
  readonly pendingMs?: number;
  /** Requests under way. Default: none but `connections`. */
  readonly requests?: number;
  /** A connection is closed after so many requests. Default: none. */
  readonly requestsPerConnection?: number;
}

/** Opens when too many requests fail, whatever endpoint they went to; then some are let through to see. */
export interface BreakerConfig {
  /** Default 0.5. */
  readonly failureShare?: number;
  /** Requests in the interval below which it stays closed. Default 20. */
  readonly minimumRequests?: number;
  /** Default 10,000. */
  readonly intervalMs?: number;
  /** How long it stays open before it lets trials through. Default 5,000. */
  readonly openMs?: number;
  /** Trials at once while it is half open, all of which have to succeed. Default 3. */
  readonly trials?: number;
  /** While it is open: another upstream, or this answer. Default: 503 with `Retry-After`. */
  readonly fallback?: { readonly to: string } | { readonly answer: FixedAnswerConfig };
}
