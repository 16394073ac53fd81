/**
 * The answers that the edge gives itself, when it cannot hand on an upstream's: one table of codes, and the envelope they
 * are sent in. Pure.
 */
import { reasonPhrase } from "./http/reason-phrase.ts";

/** One kind of answer. */
export interface AnswerRow {
  readonly status: number;
  readonly message: string;
}

/** Every code of the edge, with the status it is sent with. Codes are stable across releases. */
export const ANSWERS = {
  BAD_REQUEST: { status: 400, message: "The request is not valid HTTP/1.1." },
  AMBIGUOUS_TARGET: { status: 400, message: "The request's target can be read in more than one way." },
  NO_ROUTE: { status: 404, message: "No route leads from this path." },
  METHOD_NOT_ALLOWED: { status: 405, message: "This method is not served here." },
  REQUEST_TIMEOUT: { status: 408, message: "The request did not arrive in time." },
  BODY_TOO_LARGE: { status: 413, message: "The request's body is too large." },
  URI_TOO_LONG: { status: 414, message: "The request's line is too long." },
  EXPECTATION_FAILED: { status: 417, message: "The only expectation that can be met is 100-continue." },
  HEADERS_TOO_LARGE: { status: 431, message: "The request's header fields are too large." },
  NOT_IMPLEMENTED: { status: 501, message: "No transfer coding but chunked is understood." },
  BAD_GATEWAY: { status: 502, message: "The service failed to give a valid answer." },
  UPSTREAM_UNAVAILABLE: { status: 503, message: "No instance of the service can be reached at present." },
  CIRCUIT_OPEN: {
    status: 503,
    message: "The service fails too often at present, and is spared for a while.",
  },
  OVERLOADED: { status: 503, message: "Too much is under way at present." },
  GATEWAY_TIMEOUT: { status: 504, message: "The service did not answer in time." },
  HTTP_VERSION_NOT_SUPPORTED: { status: 505, message: "Only HTTP/1.0, HTTP/1.1 and HTTP/2 are understood." },
  LOOP_DETECTED: { status: 508, message: "The request has passed this edge before." },
} as const satisfies Record<string, AnswerRow>;

export type AnswerCode = keyof typeof ANSWERS;

/** An answer to be given: a code of the table, and words that say more than the table's where there are some. */
export interface Answer {
  readonly code: AnswerCode;
  readonly message?: string;
  /** The methods that are served, for `Allow` in a 405. Default: all that the edge takes. */
  readonly allow?: string;
  /** After how long a client may try again, of a 503; told in whole seconds, at least one. Default a second. */
  readonly retryAfterMs?: number | undefined;
}

/** After which a client may try again, for the codes that say so: health checks and restarts take about that long. */
const RETRY_AFTER_MS = 1_000;

/** An answer as it is sent. */
export interface AnswerParts {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: Buffer;
}

/** Puts an answer into the error envelope. */
export function answerParts(answer: Answer, requestId: string, documentationUrl: string): AnswerParts {
  const row = ANSWERS[answer.code];
  const body = Buffer.from(
    JSON.stringify({
      error: {
        code: answer.code,
        message: answer.message ?? row.message,
        details: [],
        request_id: requestId,
        documentation_url: `${documentationUrl}#${answer.code}`,
      },
    }),
  );
  const headers = [
    "Content-Type",
    "application/json; charset=utf-8",
    "Content-Length",
    String(body.length),
    "Cache-Control",
    "no-store",
    "X-Request-Id",
    requestId,
  ];
  if (row.status === 503) {
    const { retryAfterMs = RETRY_AFTER_MS } = answer;
    headers.push("Retry-After", String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  }
  if (row.status === 405)
    headers.push("Allow", answer.allow ?? "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  return { status: row.status, reason: reasonPhrase(row.status), headers, body };
}

/** The same as bytes, for a connection whose request could not be parsed; it is closed after them. */
export function answerBytes(parts: AnswerParts): Buffer {
  let head = `HTTP/1.1 ${parts.status} ${parts.reason}\r\n`;
  for (let at = 0; at < parts.headers.length; at += 2) {
    head += `${parts.headers[at]}: ${parts.headers[at + 1]}\r\n`;
  }
  return Buffer.concat([Buffer.from(`${head}Connection: close\r\n\r\n`, "latin1"), parts.body]);
}
