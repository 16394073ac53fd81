import type { ServicePart } from "../../part.ts";
import type { Duration } from "../../quantities/duration.ts";
import type { Share } from "../../quantities/share.ts";
import type { Size } from "../../quantities/size.ts";

/** What a route does with its requests: exactly one of `to`, `redirect` and `answer`. */
export type Route = RouteMatch & RouteSettings & (ToOption | RedirectOption | AnswerOption);

/** Which requests a route takes. All conditions that are given have to hold. */
export interface RouteMatch {
  /** `/exact`; `/prefix/*`, which takes `/prefix` too; `/users/:id` with parameters of one segment each; `/*` takes all. */
  readonly path: `/${string}`;
  /** `"api.example.com"`, or `"*.example.com"` for every name below it. Default: any. */
  readonly host?: string | readonly string[] | undefined;
  /** In capitals. A route for GET takes HEAD too. Default: any. */
  readonly methods?: readonly string[] | undefined;
  /** What header fields have to be, by their names: `{ "x-beta": "1" }`. Default: anything. */
  readonly headers?: Readonly<Record<string, ValueMatch>> | undefined;
  /** The same for parameters of the query. */
  readonly query?: Readonly<Record<string, ValueMatch>> | undefined;
  /** Media types of the body: `"application/json"`, `"image/*"`. Default: any. */
  readonly contentTypes?: readonly string[] | undefined;
}

/** The value itself; how it begins; `true`: it has to be there, whatever it is; `false`: it must not be there. */
export type ValueMatch = string | boolean | { readonly prefix: string };

interface ToOption {
  /** The service that answers, or several that share the requests by weight (canary). */
  readonly to: ServicePart | readonly Split[];
  readonly redirect?: undefined;
  readonly answer?: undefined;
}

interface RedirectOption {
  /** Where clients are sent instead: a path or a URL, as in `"/v2/{rest}"`. See `Rewrite`. */
  readonly redirect: string | Redirect;
  readonly to?: undefined;
  readonly answer?: undefined;
}

interface AnswerOption {
  /** What the edge answers itself. */
  readonly answer: Answer;
  readonly to?: undefined;
  readonly redirect?: undefined;
}

/** One of several services that share a route. */
export interface Split {
  readonly to: ServicePart;
  /** Its share beside the others': a whole number from 0; at least one is above 0. */
  readonly weight: number;
}

/** Where clients are sent instead. */
export interface Redirect {
  /** As in `"https://{host}{path}"`. The query is kept unless it has one. */
  readonly to: string;
  /** Default 308. */
  readonly status?: 301 | 302 | 303 | 307 | 308 | undefined;
}

/** An answer of the edge's own. */
export interface Answer {
  /** 200 to 599. */
  readonly status: number;
  readonly body?: string | undefined;
  /** Default `text/plain; charset=utf-8`. */
  readonly contentType?: string | undefined;
}

/** What a route does besides. */
export interface RouteSettings {
  /** Its name in metrics and logs. Default: what it matches. */
  readonly name?: string | undefined;
  /** What the service gets to see instead; as text, of the path. */
  readonly rewrite?: string | Rewrite | undefined;
  /** A service that gets a copy of the requests, and whose answers are dropped. */
  readonly mirror?: ServicePart | Mirror | undefined;
  readonly timeouts?: RouteTimeouts | undefined;
  /** How often a request is tried again where nothing can be done twice. As a number, how often. Default 1. */
  readonly retries?: number | Retries | undefined;
  /** The most that a body may have. Default: that of `limits`. */
  readonly bodySize?: Size | undefined;
}

/** What the service gets to see. */
export interface Rewrite {
  /** `{rest}` is what a prefix's star stands for, `{path}` the whole, `{name}` a parameter. The query is kept. */
  readonly path?: string | undefined;
  /** The `Host`. Default: the client's. */
  readonly host?: string | undefined;
  /** Fields set on the request; an empty value takes the field away. */
  readonly requestHeaders?: Readonly<Record<string, string>> | undefined;
  /** The same for the answer. */
  readonly responseHeaders?: Readonly<Record<string, string>> | undefined;
}

/** Who gets copies. */
export interface Mirror {
  readonly to: ServicePart;
  /** Of how many of the requests. Default all. */
  readonly share?: Share | undefined;
}

/** How long a request may take. 1 ms to 1 day each. */
export interface RouteTimeouts {
  /** From the end of the request to the beginning of the answer. Default: that of `limits`. */
  readonly response?: Duration | undefined;
  /** For the whole, with all retries. Default none. */
  readonly total?: Duration | undefined;
  /** Silence within a body. Default: that of `limits`. */
  readonly idle?: Duration | undefined;
}

/** When a request is tried again. */
export interface Retries {
  /** Beside the first. 0 to 10; default 1. */
  readonly attempts?: number | undefined;
  /** Gives an attempt up that has no answer after so long. Default none. */
  readonly perTry?: Duration | undefined;
  /** Answers that are asked for again elsewhere, 400 to 599, of GET, HEAD and OPTIONS. Default none. */
  readonly statuses?: readonly number[] | undefined;
  /** Whether PUT and DELETE without a body are repeated too. Default false. */
  readonly idempotent?: boolean | undefined;
}
