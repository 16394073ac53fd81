import type { Answer, AnswerCode } from "../answers.ts";
import { kindOf, nominatedIn } from "./fields.ts";
import type { HttpVersion } from "./messages.ts";
import { isSaneRequestId } from "./request-id.ts";

/** What the edge has to know of a request's head, and what it sends on of it. */
export interface RequestHead {
  readonly method: string;
  /** Set when the request must not be sent on. */
  refusal: Answer | undefined;
  host: string | undefined;
  /** Bytes of the body as declared; -1 when nothing is declared. */
  contentLength: number;
  chunked: boolean;
  expectsContinue: boolean;
  /** The id that the client gave, when it is a sane one. */
  requestId: string | undefined;
  /** The protocol asked for by `Upgrade`. */
  upgrade: string | undefined;
  /** The names of the trailers that the client announced. */
  readonly trailers: string[];
  readonly forwardedFor: string[];
  forwardedProto: string | undefined;
  forwardedHost: string | undefined;
  /** Names and values in turn: end-to-end fields as they came, then the edge's own. */
  readonly fields: string[];
}

/** What the edge says of itself and of the client to the next hop. */
export interface Hop {
  readonly clientAddress: string;
  /** Whether the client's own words about earlier hops are believed. */
  readonly trusted: boolean;
  /** The edge's name in `Via`. */
  readonly name: string;
}

const HOST = /^[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]+$/;
/** Methods for which no body is the usual case; the others say `Content-Length: 0` when they have none. */
const BODILESS = new Set(["GET", "HEAD", "OPTIONS", "DELETE"]);

/** Whether the request has a body, be it of unknown size. */
export function hasBody(head: RequestHead): boolean {
  return head.chunked || head.contentLength > 0;
}

/** Whether it may be sent again after it may have been served: it changes nothing, and no byte of it is gone. */
export function isReplayable(head: RequestHead): boolean {
  return (head.method === "GET" || head.method === "HEAD" || head.method === "OPTIONS") && !hasBody(head);
}

/**
 * Reads a request's fields once: checks what the parser leaves open (RFC 9112, sections 3.2 and 6.1), and keeps what
 * is sent on. `raw` is names and values in turn.
 */
export function readRequestHead(
  method: string,
  version: HttpVersion,
  raw: readonly string[],
  hop: Hop,
): RequestHead {
  const head: RequestHead = {
    method,
    refusal: undefined,
    host: undefined,
    contentLength: -1,
    chunked: false,
    expectsContinue: false,
    requestId: undefined,
    upgrade: undefined,
    trailers: [],
    forwardedFor: [],
    forwardedProto: undefined,
    forwardedHost: undefined,
    fields: [],
  };
  const nominated = nominatedIn(raw);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    takeField(head, hop, nominated, raw[at] ?? "", raw[at + 1] ?? "");
  }
  if (method === "CONNECT" || method === "TRACE") refuse(head, "METHOD_NOT_ALLOWED");
  if (version !== "1.0" && head.host === undefined) refuse(head, "BAD_REQUEST", "The request has no Host.");
  // Without a body there is nothing to wait with, and a client before HTTP/1.1 cannot (RFC 9110, section 10.1.1).
  head.expectsContinue &&= version === "1.1" && hasBody(head);
  if (head.expectsContinue) head.fields.push("Expect", "100-continue");
  if (version === "1.0" && head.chunked) {
    refuse(head, "BAD_REQUEST", "A request before HTTP/1.1 cannot have a transfer coding.");
  }
  // Only a chunked body has trailers, and Node refuses to announce them with another.
  if (head.chunked) for (const names of head.trailers) head.fields.push("Trailer", names);
  // A client before HTTP/1.1 may leave it out; the next hop hears HTTP/1.1 (RFC 9112, section 3.2).
  if (head.host === undefined) head.fields.push("Host", "");
  if (!hasBody(head) && head.contentLength < 0 && !BODILESS.has(method))
    head.fields.push("Content-Length", "0");
  return head;
}

/** Adds what the edge says itself: where the request came from, its id, and that it passed here. */
export function addHop(head: RequestHead, hop: Hop, requestId: string): void {
  const { fields } = head;
  head.forwardedFor.push(hop.clientAddress);
  fields.push("X-Forwarded-For", head.forwardedFor.join(", "));
  fields.push("X-Forwarded-Proto", head.forwardedProto ?? "http");
  const host = head.forwardedHost ?? head.host;
  if (host !== undefined) fields.push("X-Forwarded-Host", host);
  fields.push("Via", `1.1 ${hop.name}`);
  if (head.requestId === undefined) fields.push("X-Request-Id", requestId);
}

function takeField(
  head: RequestHead,
  hop: Hop,
  nominated: ReadonlySet<string> | undefined,
  name: string,
  value: string,
): void {
  const { fields } = head;
  switch (kindOf(name)) {
    case "end-to-end":
      if (!nominated?.has(name.toLowerCase())) fields.push(name, value);
      return;
    case "hop":
    case "connection":
      return;
    case "content-length":
      if (head.contentLength >= 0 || !/^[0-9]{1,15}$/.test(value)) {
        refuse(head, "BAD_REQUEST");
        return;
      }
      head.contentLength = Number(value);
      fields.push(name, value);
      return;
    case "transfer-encoding":
      if (head.chunked) {
        refuse(head, "BAD_REQUEST", "The request has two transfer codings.");
        return;
      }
      if (value.toLowerCase() !== "chunked") {
        refuse(head, "NOT_IMPLEMENTED");
        return;
      }
      head.chunked = true;
      fields.push("Transfer-Encoding", "chunked");
      return;
    case "host":
      if (head.host !== undefined) {
        refuse(head, "BAD_REQUEST", "The request has two Hosts.");
        return;
      }
      if (!HOST.test(value)) {
        refuse(head, "BAD_REQUEST", "The request's Host is malformed.");
        return;
      }
      head.host = value;
      fields.push(name, value);
      return;
    case "expect":
      if (value.toLowerCase() !== "100-continue") {
        refuse(head, "EXPECTATION_FAILED");
        return;
      }
      head.expectsContinue = true;
      return;
    case "request-id":
      if (head.requestId !== undefined || !isSaneRequestId(value)) return;
      head.requestId = value;
      fields.push(name, value);
      return;
    case "te":
      // Of this hop, but an upstream sends trailers only to those who say that they take them; the edge hands them on.
      if (/(?:^|[\s,])trailers(?:$|[\s,;])/i.test(value)) fields.push("TE", "trailers");
      return;
    case "trailer":
      head.trailers.push(value);
      return;
    case "upgrade":
      head.upgrade = value;
      return;
    case "via":
      if (value.includes(hop.name)) {
        refuse(head, "LOOP_DETECTED");
        return;
      }
      fields.push(name, value);
      return;
    case "forwarded":
      if (hop.trusted) fields.push(name, value);
      return;
    case "x-forwarded-for":
      if (hop.trusted) head.forwardedFor.push(value);
      return;
    case "x-forwarded-host":
      if (hop.trusted) head.forwardedHost ??= value;
      return;
    case "x-forwarded-proto":
      if (hop.trusted) head.forwardedProto ??= value;
      return;
  }
}

/** The first refusal stands. */
function refuse(head: RequestHead, code: AnswerCode, message?: string): void {
  head.refusal ??= message === undefined ? { code } : { code, message };
}
