import type { IncomingMessage } from "node:http";

/** One request on its way through a route. */
export interface Exchange {
  readonly request: IncomingMessage;
  /** Taken from `X-Request-Id` or drawn; sent back, and part of every error. */
  readonly requestId: string;
  /** Where short URLs live, such as `https://sho.rt`. */
  readonly origin: string;
  /** What the pattern of the route left open, in its order. */
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
}

/** What a route answers. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** An answer in JSON. `Cache-Control` is `no-store` unless `headers` says otherwise. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return jsonText(status, JSON.stringify(value), headers);
}

/** An answer whose JSON is written already. */
export function jsonText(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...headers,
    },
    body,
  };
}

const SANE_REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The caller's `X-Request-Id` where it can stand in a log unquoted, or else a fresh one. */
export function requestIdOf(request: IncomingMessage, draw: () => string): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && SANE_REQUEST_ID.test(given) ? given : draw();
}

const SANE_HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * The origin that the client used: `publicUrl` where one is set; otherwise what the proxy in front says
 * (`X-Forwarded-Proto`, `X-Forwarded-Host`), and then the `Host`. Only what is shaped like a host is taken.
 */
export function originOf(request: IncomingMessage, publicUrl: string | undefined): string {
  if (publicUrl) return publicUrl;
  const protocol = firstOf(request.headers["x-forwarded-proto"]) === "https" ? "https" : "http";
  for (const host of [firstOf(request.headers["x-forwarded-host"]), request.headers.host]) {
    if (host && SANE_HOST.test(host)) return `${protocol}://${host.toLowerCase()}`;
  }
  return `${protocol}://localhost`;
}

/** The first of a header that proxies append to. */
function firstOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  return text?.split(",", 1)[0]?.trim();
}
