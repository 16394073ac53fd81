import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../time/clock.ts";
import { HTTP_DURATION_BOUNDS_S } from "../metric/histogram.ts";
import type { BoundHistogram, Histogram } from "../metric/instrument.ts";
import type { Telemetry } from "../telemetry.ts";
import { NO_CONTEXT, type Span } from "../trace/span.ts";
import { traceFromHeaders } from "../trace/trace-headers.ts";
import { knownMethod } from "./http-method.ts";

/** What listens to `node:http`'s server. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface TracedServerOptions {
  readonly clock: Clock;
  /**
   * The route that a request took, with its parameters as names: `/links/:code`; asked once it was answered. Undefined where there is
   * none. Routes have to be few and fixed: paths are not.
   */
  readonly routeOf?: (request: IncomingMessage) => string | undefined;
  /** Requests that are nobody's, such as those of health checks: neither followed nor measured. Default none. */
  readonly isIgnored?: (request: IncomingMessage) => boolean;
}

/** Metrics found once, at most. */
const KNOWN_MAX = 1_000;

/**
 * A handler whose requests are followed: each is a span of kind server under the caller's, active while the handler runs and for all that
 * it starts, and a value of `http.server.request.duration` (https://opentelemetry.io/docs/specs/semconv/http/). When nobody listens
 * it is the handler itself.
 */
export function tracedServer(
  telemetry: Telemetry,
  options: TracedServerOptions,
  handler: RequestHandler,
): RequestHandler {
  if (!telemetry.isOn) return handler;
  const { tracer, meter } = telemetry;
  const { clock, routeOf = () => undefined, isIgnored = () => false } = options;
  const durations = new Durations(
    meter.histogram("http.server.request.duration", {
      unit: "s",
      description: "Duration of HTTP server requests.",
      bounds: HTTP_DURATION_BOUNDS_S,
    }),
  );
  return (request, response) => {
    if (isIgnored(request)) return handler(request, response);
    const startMs = clock.monotonicMs();
    const parent = traceFromHeaders(request.headers) ?? null;
    const span = tracer.startSpan(request.method ?? "GET", { kind: "server", parent });
    response.once("close", () => {
      const method = knownMethod(request.method);
      const route = routeOf(request);
      const seconds = (clock.monotonicMs() - startMs) / 1_000;
      durations
        .of(method, route, response.statusCode)
        .record(seconds, span.isRecording ? span.context : NO_CONTEXT);
      describe(span, request, response, method, route);
      span.end();
    });
    tracer.within(span, () => handler(request, response));
  };
}

function describe(
  span: Span,
  request: IncomingMessage,
  response: ServerResponse,
  method: string,
  route: string | undefined,
): void {
  const { url = "/" } = request;
  const query = url.indexOf("?");
  span
    .rename(route === undefined ? method : `${method} ${route}`)
    .set("http.request.method", method)
    // Without the query, which is where secrets are.
    .set("url.path", query < 0 ? url : url.slice(0, query));
  if (route !== undefined) span.set("http.route", route);
  if (!response.writableFinished) {
    span.set("error.type", "aborted").status("error", "the connection was closed before the answer was sent");
    return;
  }
  span.set("http.response.status_code", response.statusCode);
  if (response.statusCode >= 500) span.set("error.type", String(response.statusCode)).status("error");
}

/** Histograms by method, route and status, found without making a key. */
class Durations {
  readonly #histogram: Histogram;
  readonly #known = new Map<string | undefined, Map<string, Map<number, BoundHistogram>>>();
  #size = 0;

  constructor(histogram: Histogram) {
    this.#histogram = histogram;
  }

  of(method: string, route: string | undefined, status: number): BoundHistogram {
    return this.#known.get(route)?.get(method)?.get(status) ?? this.#find(method, route, status);
  }

  #find(method: string, route: string | undefined, status: number): BoundHistogram {
    const bound = this.#histogram.with({
      "http.request.method": method,
      ...(route !== undefined && { "http.route": route }),
      "http.response.status_code": status,
      ...(status >= 500 && { "error.type": String(status) }),
    });
    if (this.#size < KNOWN_MAX) {
      this.#size++;
      const methods = this.#known.get(route) ?? new Map<string, Map<number, BoundHistogram>>();
      const statuses = methods.get(method) ?? new Map<number, BoundHistogram>();
      this.#known.set(route, methods.set(method, statuses.set(status, bound)));
    }
    return bound;
  }
}
