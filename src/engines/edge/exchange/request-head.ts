import type { Answer, AnswerCode } from "../answers.ts";
import { plainContentLength, readContentLength } from "../http/content-length.ts";
import { isHostField } from "../http/host-field.ts";
import { type FieldKind, kindOf, nominatedIn } from "./fields.ts";
import { forwardedElement, lastElements, originOf } from "./forwarded.ts";
import type { HttpVersion } from "./messages.ts";
import { isSaneRequestId } from "./request-id.ts";

/** What the edge has to know of a request's head, and what it sends on of it. */
export interface RequestHead {
  readonly method: string;
  readonly version: HttpVersion;
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
  /** How many of `fields` say which trace the request belongs to. */
  traceFields: number;
  /** The names of the trailers that the client announced. */
  trailers: string[];
  /** What earlier hops said of themselves; kept only where it may be believed. */
  forwardedFor: string[] | undefined;
  /** What the next hop hears of those before it, in `X-Forwarded-For`, where earlier hops are believed. */
  chain: string | undefined;
  forwarded: string[] | undefined;
  forwardedProto: string | undefined;
  forwardedHost: string | undefined;
  /** Of the client, as far as proxies in front of the edge are believed. */
  clientAddress: string;
  /** Names and values in turn: end-to-end fields as they came, then the edge's own. */
  readonly fields: string[];
}

/** What the edge says of itself and of the client to the next hop. The same for all requests of a connection. */
export interface Hop {
  /** Of who is connected: the client, or the last proxy in front of the edge. */
  readonly peerAddress: string;
  /** How many proxies in front are believed; may be `Infinity`. */
  readonly trustedHops: number;
  /** Whether the connection is encrypted. */
  readonly secure: boolean;
  /** What the client has proved to be by its certificate: names and values in turn, none where it was not asked for one. */
  readonly clientFields: readonly string[];
  /** The edge's name in `Via`. */
  readonly name: string;
}

const NO_NAMES: string[] = [];
/** Methods for which no body is the usual case; the others say `Content-Length: 0` when they have none. */
const BODILESS = new Set(["GET", "HEAD", "OPTIONS", "DELETE"]);

/** Whether the request has a body, be it of unknown size. */
export function hasBody(head: RequestHead): boolean {
  return head.chunked || head.contentLength > 0;
}

/**
 * Whether it may be sent again after it may have been served: it changes nothing, and no byte of it is gone. With `idempotent`
 * what changes the same thing a second time may be too (RFC 9110, section 9.2.2).
 */
export function isReplayable(head: RequestHead, idempotent: boolean): boolean {
  if (hasBody(head)) return false;
  const { method } = head;
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return true;
  return idempotent && (method === "PUT" || method === "DELETE");
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
    version,
    refusal: undefined,
    host: undefined,
    contentLength: -1,
    chunked: false,
    expectsContinue: false,
    requestId: undefined,
    upgrade: undefined,
    traceFields: 0,
    trailers: NO_NAMES,
    forwardedFor: undefined,
    chain: undefined,
    forwarded: undefined,
    forwardedProto: undefined,
    forwardedHost: undefined,
    clientAddress: hop.peerAddress,
    fields: [],
  };
  const nominated = nominatedIn(raw);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    takeField(head, hop, nominated, raw[at] ?? "", raw[at + 1] ?? "");
  }
  if (head.forwardedFor) {
    const origin = originOf(hop.peerAddress, head.forwardedFor, hop.trustedHops);
    head.clientAddress = origin.clientAddress;
    head.chain = origin.forwardedFor;
  }
  if (method === "CONNECT" || method === "TRACE") refuse(head, "METHOD_NOT_ALLOWED");
  if (version !== "1.0" && head.host === undefined) refuse(head, "BAD_REQUEST", "The request has no Host.");
  // Without a body there is nothing to wait with, and a client before HTTP/1.1 cannot (RFC 9110, section 10.1.1).
  head.expectsContinue &&= version !== "1.0" && hasBody(head);
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

/** Puts another host in the place of the client's. */
export function replaceHost({ fields }: RequestHead, host: string): void {
  for (let at = 0; at < fields.length; at += 2) {
    if (fields[at]?.length === 4 && fields[at]?.toLowerCase() === "host") fields[at + 1] = host;
  }
}

/** Adds what the edge says itself: where the request came from, its id, and that it passed here. */
export function addHop(head: RequestHead, hop: Hop, requestId: string): void {
  const { fields } = head;
  const { peerAddress } = hop;
  fields.push("X-Forwarded-For", head.chain ?? peerAddress);
  const proto = hop.secure ? "https" : "http";
  fields.push("X-Forwarded-Proto", head.forwardedProto ?? proto);
  const host = head.forwardedHost ?? head.host;
  if (host !== undefined) fields.push("X-Forwarded-Host", host);
  if (head.forwarded) {
    const believed = lastElements(head.forwarded, hop.trustedHops);
    fields.push("Forwarded", [...believed, forwardedElement(peerAddress, proto, head.host)].join(", "));
  }
  if (hop.clientFields.length > 0) fields.push(...hop.clientFields);
  fields.push("Via", `${head.version} ${hop.name}`);
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
  const kind = kindOf(name);
  switch (kind) {
    case "end-to-end":
    case "trace":
      if (nominated?.has(name.toLowerCase())) return;
      if (kind === "trace") head.traceFields += 1;
      fields.push(name, value);
      return;
    case "hop":
    case "connection":
      return;
    case "content-length":
      if (head.contentLength >= 0 || readContentLength(value) < 0) {
        refuse(head, "BAD_REQUEST");
        return;
      }
      head.contentLength = readContentLength(value);
      fields.push(name, plainContentLength(value));
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
      if (!isHostField(value)) {
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
      if (head.trailers === NO_NAMES) head.trailers = [];
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
    case "client-cert":
      if (hop.trustedHops > 0 && hop.clientFields.length === 0) fields.push(name, value);
      return;
    default:
      if (hop.trustedHops > 0) takeForwarded(head, kind, name, value);
      return;
  }
}

/** What a proxy in front says, which is believed. */
function takeForwarded(head: RequestHead, kind: FieldKind, name: string, value: string): void {
  switch (kind) {
    case "x-forwarded-for":
      head.forwardedFor ??= [];
      head.forwardedFor.push(value);
      return;
    case "x-forwarded-host":
      head.forwardedHost ??= value;
      return;
    case "x-forwarded-proto":
      head.forwardedProto ??= value;
      return;
    case "forwarded":
      head.forwarded ??= [];
      head.forwarded.push(value);
      return;
    default:
      head.fields.push(name, value);
  }
}

/** The first refusal stands. */
function refuse(head: RequestHead, code: AnswerCode, message?: string): void {
  head.refusal ??= message === undefined ? { code } : { code, message };
}
