/** Which requests go where. The most specific route wins, whatever the order: see `routing/`. */
export interface RouteConfig extends RouteMatchConfig {
  /** Its name in metrics and logs. Default: what it matches, as in `POST api.example.com/orders/*`. */
  readonly name?: string;
  /** An upstream, or several that share the requests by weight (canary). Exactly one of `to`, `redirect` and `answer`. */
  readonly to?: string | readonly SplitConfig[];
  readonly redirect?: RedirectConfig;
  readonly answer?: FixedAnswerConfig;
  /** What the upstream gets to see. */
  readonly rewrite?: RewriteConfig;
  /** Sends a copy of some requests to another upstream too, whose answers are dropped. */
  readonly mirror?: MirrorConfig;
  readonly timeouts?: RouteTimeoutsConfig;
  readonly retries?: RetryConfig;
  /** Bound on the body; for streams of gRPC too. Default: that of `EdgeLimits`. */
  readonly bodyBytes?: number;
}

/** All that are given have to match. Names of fields and hosts are compared without regard to case. */
export interface RouteMatchConfig {
  /** `/exact`; `/prefix/*` (which matches `/prefix` too); `/users/:id/posts` with parameters of one segment each; `/*` is all. */
  readonly path: string;
  /** `api.example.com`, or `*.example.com` for every name below it. Ports do not count. Default: any. */
  readonly host?: string | readonly string[];
  /** Default: any. A route for GET takes HEAD too. */
  readonly methods?: readonly string[];
  readonly headers?: readonly ValueMatchConfig[];
  readonly query?: readonly ValueMatchConfig[];
  /** Media types of the request's body: `application/json`, `image/*`. Parameters do not count. */
  readonly contentTypes?: readonly string[];
}

/** Exactly one of the conditions; with none, the field has to be there. */
export interface ValueMatchConfig {
  readonly name: string;
  readonly equals?: string;
  readonly prefix?: string;
  /** The field must not be there. */
  readonly absent?: true;
}

export interface SplitConfig {
  readonly to: string;
  /** A whole number from 0; at least one is above 0. */
  readonly weight: number;
}

export interface RedirectConfig {
  /** Default 308. */
  readonly status?: 301 | 302 | 303 | 307 | 308;
  /** A URL or a path: `https://{host}{path}`, `/v2/{rest}`. See `RewriteConfig.path`. The query is kept unless it has one. */
  readonly to: string;
}

export interface FixedAnswerConfig {
  readonly status: number;
  readonly body?: string;
  /** Default `text/plain; charset=utf-8`. */
  readonly contentType?: string;
}

export interface RewriteConfig {
  /**
   * The path that the upstream sees: `{rest}` is what a prefix route's star stands for, `{path}` the whole, `{name}` a
   * parameter. The query is kept.
   */
  readonly path?: string;
  /** The `Host` that the upstream sees. Default: the client's. */
  readonly host?: string;
  /** Fields set on the request, in the place of the client's own; an empty value takes the field away. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** The same for the answer. */
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

export interface MirrorConfig {
  readonly to: string;
  /** The share of requests that is copied, above 0 to 1. Default 1. */
  readonly share?: number;
}

export interface RouteTimeoutsConfig {
  /** From the end of the request to the answer's head. Default: `EdgeLimits.responseTimeoutMs`. */
  readonly responseMs?: number;
  /** For the whole exchange with all retries; 504, or a cut where the answer has begun. Default: none. */
  readonly totalMs?: number;
  /** Silence within a body. Default: `EdgeLimits.idleTimeoutMs`. */
  readonly idleMs?: number;
}

/** Retries happen only where nothing can be done twice: see `exchange/`. */
export interface RetryConfig {
  /** Attempts beside the first; 0 to 10. Default 1. A connection that was refused does not count. */
  readonly attempts?: number;
  /** Gives an attempt up that has no answer after so long. Default: none but the route's own timeouts. */
  readonly perTryMs?: number;
  /** Answers that are asked for again elsewhere, of methods that may be repeated (GET, HEAD, OPTIONS). Default none. */
  readonly statuses?: readonly number[];
  /**
   * Whether PUT and DELETE without a body, which are idempotent by definition (RFC 9110, section 9.2.2), are repeated too.
   * Default false.
   */
  readonly idempotent?: boolean;
}
