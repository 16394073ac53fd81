/**
 * What spans say of requests, by OpenTelemetry's semantic conventions of HTTP
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/), and under `trestle.` what those have no name for. Pure.
 */

import type { AnyValue, Attributes } from "../../../blocks/telemetry/otlp/model.ts";
import type { ExchangeRecord } from "../observe/exchange-record.ts";

/** Bounds on what clients sent, in characters; what is longer is cut. */
const PATH_LENGTH_MAX = 512;
const QUERY_LENGTH_MAX = 512;
const VALUE_LENGTH_MAX = 256;

/** Methods of RFC 9110 and 5789; the conventions call all others `_OTHER`. */
const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
]);

/** Names in a query whose values may let whoever reads them in. */
const SECRET_NAME = /auth|cookie|token|secret|key|pass|credential|sig|session|code|jwt/i;

/** A method as the conventions have it. */
export function methodName(method: string): string {
  return METHODS.has(method) ? method : "_OTHER";
}

/** What a span is called: by its method and route, where it has one, so that there are few names. */
export function nameOf(method: string, route: string | undefined): string {
  const known = METHODS.has(method) ? method : "HTTP";
  if (route === undefined) return known;
  // Routes without a name of their own are called by what they match, be it a method.
  return route.startsWith(`${known} `) ? route : `${known} ${route}`;
}

/** Of the edge's span. `raw` are the request's fields as they came, names and values in turn. */
export function serverAttributes(record: ExchangeRecord, raw: readonly string[]): Attributes {
  const { method, target, host, route, status, tls, upstream, endpoint } = record;
  const question = target.indexOf("?");
  const path = question < 0 ? target : target.slice(0, question);
  const attributes: Record<string, AnyValue> = {
    "http.request.method": methodName(method),
    "url.path": path.slice(0, PATH_LENGTH_MAX),
    "url.scheme": tls === undefined ? "http" : "https",
    "client.address": record.clientAddress,
    "network.protocol.version": record.version === "2.0" ? "2" : record.version,
    "http.request.body.size": record.requestBytes,
    "http.response.body.size": record.responseBytes,
    "trestle.request_id": record.requestId,
    "trestle.outcome": record.outcome,
  };
  if (!METHODS.has(method)) attributes["http.request.method_original"] = method.slice(0, VALUE_LENGTH_MAX);
  if (question >= 0) attributes["url.query"] = redactedQuery(target.slice(question + 1));
  if (host !== undefined) attributes["server.address"] = host.slice(0, VALUE_LENGTH_MAX);
  if (route !== undefined) attributes["http.route"] = route;
  if (status > 0) attributes["http.response.status_code"] = status;
  const userAgent = fieldValue("user-agent", raw);
  if (userAgent !== undefined) attributes["user_agent.original"] = userAgent.slice(0, VALUE_LENGTH_MAX);
  if (upstream !== undefined) attributes["trestle.upstream"] = upstream;
  if (endpoint !== undefined) attributes["trestle.endpoint"] = endpoint;
  if (record.attempts > 1) attributes["trestle.attempts"] = record.attempts;
  const error = errorTypeOf(record);
  if (error !== undefined) attributes["error.type"] = error;
  return attributes;
}

/** What a request failed by: the code of the edge's own answer, `cut`, or an upstream's status of 500 and above. */
export function errorTypeOf({ status, outcome, code }: ExchangeRecord): string | undefined {
  if (outcome === "cut") return "cut";
  if (status < 500) return undefined;
  return outcome === "own" && code !== undefined ? code : String(status);
}

/** One attempt with an upstream. */
export interface AttemptFacts {
  readonly method: string;
  readonly upstream: string;
  readonly endpoint: string;
  readonly host: string;
  readonly port: number;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly error: string | undefined;
  /** How often the request had been sent before. */
  readonly resent: number;
}

/** Of an attempt's span. */
export function clientAttributes(attempt: AttemptFacts): Attributes {
  const attributes: Record<string, AnyValue> = {
    "http.request.method": methodName(attempt.method),
    "server.address": attempt.host,
    "server.port": attempt.port,
    "trestle.peer": attempt.upstream,
    "trestle.endpoint": attempt.endpoint,
  };
  if (attempt.status > 0) attributes["http.response.status_code"] = attempt.status;
  if (attempt.error !== undefined) attributes["error.type"] = attempt.error;
  if (attempt.resent > 0) attributes["http.request.resend_count"] = attempt.resent;
  return attributes;
}

/** A query with the values left out that may be secrets, by their names; cut where it is long. */
function redactedQuery(query: string): string {
  const bounded = query.slice(0, QUERY_LENGTH_MAX);
  if (!SECRET_NAME.test(bounded)) return bounded;
  return bounded
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      // A name that is percent-encoded may be any name.
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return equals >= 0 && (SECRET_NAME.test(name) || name.includes("%")) ? `${name}=REDACTED` : pair;
    })
    .join("&");
}

/** The first value of a field. `raw` is names and values in turn. */
function fieldValue(name: string, raw: readonly string[]): string | undefined {
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const field = raw[at] ?? "";
    if (field.length === name.length && field.toLowerCase() === name) return raw[at + 1];
  }
  return undefined;
}
