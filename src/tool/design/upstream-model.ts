import type { AnswerModel } from "./edge-model.ts";

/** When a replica of a service can serve, and how edges see it while it runs: plain data in base units. */
export type HealthModel =
  | (HealthTimesModel & {
      /** A path is asked for. */
      readonly kind: "http";
      readonly path: string;
      readonly host?: string;
      /** Statuses that pass. Absent: 200 to 299. */
      readonly statuses?: readonly number[];
      readonly bodyIncludes?: string;
    })
  | (HealthTimesModel & {
      /** Its port has to take connections. */
      readonly kind: "tcp";
    })
  | {
      /** It serves as soon as its process runs. */
      readonly kind: "process";
    };

export interface HealthTimesModel {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly unhealthyAfter?: number;
  readonly healthyAfter?: number;
}

/**
 * How those who call a service spread and guard their requests. Fields have the names and the meaning that the edge's own configuration
 * gives them; what is absent has the edge's default.
 */
export interface UpstreamModel {
  readonly protocol?: "http1" | "http2";
  readonly sendProxy?: "v1" | "v2";
  readonly balance?: BalanceModel;
  readonly affinity?: AffinityModel;
  readonly outliers?: OutliersModel | false;
  readonly panicShare?: number;
  readonly slowStartMs?: number;
  readonly bounds?: BoundsModel;
  readonly breaker?: BreakerModel;
  /** Of each replica, the first one first; 1 for those beyond. */
  readonly weights?: readonly number[];
  readonly tls?: UpstreamTlsModel;
}

export type BalanceModel =
  | {
      readonly algorithm:
        | "round-robin"
        | "weighted-round-robin"
        | "least-connections"
        | "weighted-least-connections"
        | "random"
        | "power-of-two"
        | "ip-hash";
    }
  | { readonly algorithm: "least-response-time"; readonly decayMs?: number }
  | { readonly algorithm: "consistent-hash"; readonly key: HashKeyModel; readonly loadFactor?: number };

export type HashKeyModel =
  | { readonly from: "ip" | "path" }
  | { readonly from: "header" | "cookie" | "query"; readonly name: string };

export type AffinityModel =
  | { readonly by: "cookie"; readonly name?: string; readonly maxAgeMs?: number }
  | { readonly by: "ip" }
  | { readonly by: "header"; readonly name: string };

export interface OutliersModel {
  readonly consecutiveErrors?: number;
  readonly failureShare?: number;
  readonly minimumRequests?: number;
  readonly intervalMs?: number;
  readonly ejectionMs?: number;
  readonly maxEjectionMs?: number;
  readonly maxEjectedShare?: number;
}

export interface BoundsModel {
  readonly connections?: number;
  readonly pending?: number;
  readonly pendingMs?: number;
  readonly requests?: number;
  readonly requestsPerConnection?: number;
}

export interface BreakerModel {
  readonly failureShare?: number;
  readonly minimumRequests?: number;
  readonly intervalMs?: number;
  readonly openMs?: number;
  readonly trials?: number;
  /** The name of a service, or an answer. */
  readonly fallback?: { readonly to: string } | { readonly answer: AnswerModel };
}

/** TLS to a service that stands outside, at `https://`. Paths are relative to the design file. */
export interface UpstreamTlsModel {
  readonly serverName?: string;
  readonly authorityFile?: string;
  readonly certificate?: { readonly certificateFile: string; readonly keyFile: string };
  readonly insecure?: boolean;
}
