import { plainContentLength } from "../http/content-length.ts";
import { kindOf, nominatedIn } from "./fields.ts";

/** What decides about a response's fields besides themselves. */
export interface ResponseContext {
  readonly status: number;
  readonly requestId: string;
  /** Whether the body goes to the client in chunks when its length is unknown: an HTTP/1.1 client, and a body at all. */
  readonly mayChunk: boolean;
}

/** A response's fields as they go to the client, and its declared length (-1: none). */
export interface ResponseHead {
  readonly fields: string[];
  readonly contentLength: number;
}

/** The fields of an upstream's response that are sent on: end-to-end ones as they came, and the request's id. */
export function readResponseHead(raw: readonly string[], context: ResponseContext): ResponseHead {
  let contentLength = -1;
  let lengthAt = -1;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? "";
    if (name.length !== 14 || kindOf(name) !== "content-length") continue;
    contentLength = Number(raw[at + 1]);
    lengthAt = at;
  }
  const nominated = nominatedIn(raw);
  const fields: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? "";
    if (!isSentOn(name, nominated, contentLength, context)) continue;
    const value = raw[at + 1] ?? "";
    fields.push(name, at === lengthAt ? plainContentLength(value) : value);
  }
  fields.push("X-Request-Id", context.requestId);
  return { fields, contentLength };
}

function isSentOn(
  name: string,
  nominated: ReadonlySet<string> | undefined,
  contentLength: number,
  context: ResponseContext,
): boolean {
  switch (kindOf(name)) {
    case "hop":
    case "connection":
    case "request-id":
    case "te":
    case "transfer-encoding":
    case "upgrade":
      return false;
    case "content-length":
      // A 204 has no body, and must not say how long it is (RFC 9110, section 8.6).
      return context.status !== 204;
    case "trailer":
      return context.mayChunk && contentLength < 0;
    default:
      return !nominated?.has(name.toLowerCase());
  }
}
