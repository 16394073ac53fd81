/**
 * What spans say of requests, by OpenTelemetry's semantic conventions of HTTP
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/), and under `trestle.` what those have no name for. Pure.
 */

import type { AnyValue, Attributes } from "../../../blocks/telemetry/otlp/model.ts";
import type { ExchangeRecord } from "../observe/exchange-record.ts";
import { urlPath, urlQuery } from "./url-attributes.ts";

/** Bound on what clients sent, in characters; what is longer is cut. */
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

/** A port behind a host, which may be an address in brackets. */
const PORT = /:(\d{1,5})$/;

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
  const attributes: Record<string, AnyValue> = {
    "http.request.method": methodName(method),
    "url.path": urlPath(target),
    "url.scheme": tls === undefined ? "http" : "https",
    "client.address": record.clientAddress,
    "network.protocol.version": record.version === "2.0" ? "2" : record.version,
    "http.request.body.size": record.requestBytes,
    "http.response.body.size": record.responseBytes,
    "trestle.request_id": record.requestId,
    "trestle.outcome": record.outcome,
  };
  if (!METHODS.has(method)) attributes["http.request.method_original"] = method.slice(0, VALUE_LENGTH_MAX);
  const query = urlQuery(target);
  if (query !== undefined) attributes["url.query"] = query;
  if (host !== undefined) addServer(host, attributes);
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

/** Where the client believes to be: `Host` in its two parts. */
function addServer(host: string, attributes: Record<string, AnyValue>): void {
  const port = PORT.exec(host);
  attributes["server.address"] = (port ? host.slice(0, port.index) : host).slice(0, VALUE_LENGTH_MAX);
  if (port) attributes["server.port"] = Number(port[1]);
}

/** The first value of a field. `raw` is names and values in turn. */
function fieldValue(name: string, raw: readonly string[]): string | undefined {
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const field = raw[at] ?? "";
    if (field.length === name.length && field.toLowerCase() === name) return raw[at + 1];
  }
  return undefined;
}
