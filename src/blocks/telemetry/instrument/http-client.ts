import type { Clock } from "../../time/clock.ts";
import { HTTP_DURATION_BOUNDS_S } from "../metric/histogram.ts";
import type { Histogram } from "../metric/instrument.ts";
import type { Telemetry } from "../telemetry.ts";
import { exceptionOf, NO_CONTEXT, type Span } from "../trace/span.ts";
import { traceHeaders } from "../trace/trace-headers.ts";
import type { Tracer } from "../trace/tracer.ts";
import { knownMethod } from "./http-method.ts";

/** A request to another process. Has to be ended, once. */
export interface HttpCall {
  /** To be sent with it: `traceparent` and `tracestate`; none outside of any trace. */
  readonly headers: Readonly<Record<string, string>>;
  /** It was answered. */
  end(status: number): void;
  /** There was no answer. */
  fail(thrown: unknown): void;
}

/** Begins requests that are followed. */
export interface HttpCalls {
  begin(request: { readonly method: string; readonly url: string | URL }): HttpCall;
}

const NOT_MEASURED: HttpCall = Object.freeze({ headers: Object.freeze({}), end() {}, fail() {} });
const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/**
 * Watches requests that this program makes (https://opentelemetry.io/docs/specs/semconv/http/): spans of kind client under the active
 * one, and `http.client.request.duration`.
 */
export function httpCalls({ isOn, tracer, meter }: Telemetry, clock: Clock): HttpCalls {
  if (!isOn) return { begin: () => NOT_MEASURED };
  const durations = meter.histogram("http.client.request.duration", {
    unit: "s",
    description: "Duration of HTTP client requests.",
    bounds: HTTP_DURATION_BOUNDS_S,
  });
  return { begin: ({ method, url }) => new WatchedCall(tracer, clock, durations, method, new URL(url)) };
}

class WatchedCall implements HttpCall {
  readonly #clock: Clock;
  readonly #durations: Histogram;
  readonly #startMs: number;
  readonly #span: Span | undefined;
  readonly #attributes: Record<string, string | number>;

  constructor(tracer: Tracer, clock: Clock, durations: Histogram, method: string, url: URL) {
    this.#clock = clock;
    this.#durations = durations;
    this.#startMs = clock.monotonicMs();
    this.#attributes = {
      "http.request.method": knownMethod(method),
      "server.address": url.hostname,
      "server.port": Number(url.port) || (PORTS[url.protocol] ?? 0),
    };
    const { active } = tracer;
    if (!active?.isRecording) {
      this.#span = active;
      return;
    }
    this.#span = tracer.startSpan(knownMethod(method), {
      kind: "client",
      parent: active,
      attributes: this.#attributes,
    });
    // Without user, password and query, which are where secrets are.
    this.#span.set("url.full", `${url.protocol}//${url.host}${url.pathname}`);
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#span === undefined ? {} : traceHeaders(this.#span.context);
  }

  end(status: number): void {
    const failed = status >= 400;
    this.#record({ "http.response.status_code": status, ...(failed && { "error.type": String(status) }) });
    if (!this.#span?.isRecording) return;
    this.#span.set("http.response.status_code", status);
    if (failed) this.#span.set("error.type", String(status)).status("error");
    this.#span.end();
  }

  fail(thrown: unknown): void {
    this.#record({ "error.type": exceptionOf(thrown).type });
    if (this.#span?.isRecording) this.#span.fail(thrown).end();
  }

  #record(outcome: Readonly<Record<string, string | number>>): void {
    const seconds = (this.#clock.monotonicMs() - this.#startMs) / 1_000;
    const context = this.#span?.isRecording ? this.#span.context : NO_CONTEXT;
    this.#durations.record(seconds, { ...this.#attributes, ...outcome }, context);
  }
}
