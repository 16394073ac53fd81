import type { PlanFactsModel } from "./plan-model.ts";

/**
 * An edge of a checked design: plain data in base units. Fields have the names and the meaning that the edge's own configuration gives
 * them; what is absent has the edge's default.
 */
export interface EdgeModel {
  readonly kind: "edge";
  readonly name: string;
  /** What it listens at, its main address first. None for an edge that stands outside Trestle and says nothing else. */
  readonly listeners: readonly ListenerModel[];
  /** Processes that share the work. */
  readonly workers: number;
  readonly accessLog?: AccessLogModel;
  readonly admin?: AdminModel;
  readonly limits: LimitsModel;
  readonly url?: string;
  /** What a plan is told of it. */
  readonly plan?: PlanFactsModel;
}

/** One address, and what is spoken there. */
export type ListenerModel = HttpListenerModel | TcpListenerModel | UdpListenerModel;

interface AddressModel {
  readonly host: string;
  readonly port: number;
}

export interface HttpListenerModel extends AddressModel {
  readonly kind: "http";
  /** In the order of the design; the most specific route wins, whatever the order. */
  readonly routes: readonly RouteModel[];
  readonly tls?: TlsModel;
  readonly http2: boolean;
  /** Proxies in front of it that are believed. */
  readonly trustedHops: number | "all";
  readonly acceptProxy: boolean;
}

export interface TcpListenerModel extends AddressModel {
  readonly kind: "tcp";
  /** The name of a service, a database or a cache. */
  readonly to?: string;
  /** By the name that a TLS client asks for. */
  readonly servers?: readonly { readonly names: readonly string[]; readonly to: string }[];
  readonly tls?: TlsModel;
  readonly acceptProxy: boolean;
  readonly idleTimeoutMs?: number;
}

export interface UdpListenerModel extends AddressModel {
  readonly kind: "udp";
  /** The name of a service. */
  readonly to: string;
  readonly idleTimeoutMs?: number;
  readonly sessions?: number;
}

/** TLS that ends at the edge. Paths are relative to the design file. */
export interface TlsModel {
  readonly certificates?: readonly { readonly certificateFile: string; readonly keyFile: string }[];
  /** Certificates are made here, by an authority that is kept in the edge's part of the state. */
  readonly local?: { readonly names?: readonly string[] };
  readonly minVersion?: "TLSv1.2" | "TLSv1.3";
  readonly clients?: { readonly authorityFile: string; readonly required?: boolean };
  readonly sessionMs?: number;
}

/** Which requests go where: exactly one of `to`, `redirect` and `answer`. */
export interface RouteModel extends RouteMatchModel {
  readonly name?: string;
  /** The name of a service, or several that share the requests by weight. */
  readonly to?: string | readonly { readonly to: string; readonly weight: number }[];
  readonly redirect?: { readonly to: string; readonly status?: 301 | 302 | 303 | 307 | 308 };
  readonly answer?: AnswerModel;
  readonly rewrite?: RewriteModel;
  readonly mirror?: { readonly to: string; readonly share?: number };
  readonly timeouts?: { readonly responseMs?: number; readonly totalMs?: number; readonly idleMs?: number };
  readonly retries?: RetriesModel;
  readonly bodyBytes?: number;
}

/** What a request has to be like. */
export interface RouteMatchModel {
  /** `/exact`, `/prefix/*`, or `/users/:id`; `/*` takes all. */
  readonly path: string;
  readonly host?: string | readonly string[];
  readonly methods?: readonly string[];
  readonly headers?: readonly ValueMatchModel[];
  readonly query?: readonly ValueMatchModel[];
  readonly contentTypes?: readonly string[];
}

/** With none of the conditions, the field has to be there. */
export interface ValueMatchModel {
  readonly name: string;
  readonly equals?: string;
  readonly prefix?: string;
  readonly absent?: true;
}

export interface AnswerModel {
  readonly status: number;
  readonly body?: string;
  readonly contentType?: string;
}

export interface RewriteModel {
  readonly path?: string;
  readonly host?: string;
  readonly requestHeaders?: Readonly<Record<string, string>>;
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

export interface RetriesModel {
  readonly attempts?: number;
  readonly perTryMs?: number;
  readonly statuses?: readonly number[];
  readonly idempotent?: boolean;
}

export interface AccessLogModel {
  /** `"stdout"`, or a file relative to the design. */
  readonly to: string;
  readonly share?: number;
  readonly always?: boolean;
  readonly slowMs?: number;
}

/** The HTTP server for operators, on loopback. */
export interface AdminModel {
  readonly port: number;
  /** Absent: one that is made up once, and kept in the edge's part of the state. */
  readonly token?: string;
}

/** Bounds on what clients and upstreams may ask of the edge. */
export interface LimitsModel {
  readonly headerBytes?: number;
  readonly headerFields?: number;
  readonly bodyBytes?: number;
  readonly connections?: number;
  readonly idleUpstreamConnections?: number;
  readonly idleUpstreamMs?: number;
  readonly connectTimeoutMs?: number;
  readonly responseTimeoutMs?: number;
  readonly requestHeadTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly drainTimeoutMs?: number;
}
