/** Reads the head of a stream's request, and puts it as HTTP/1.1 would have it. Pure. */

import type { Answer } from "../answers.ts";
import {
  isConnectionField,
  isFieldValue,
  isLowerToken,
  isPseudoField,
  isToken,
  isVisible,
} from "./field-grammar.ts";

/** What a field costs besides its name and value, as a line of HTTP/1.1: the bound on heads is then the same for both. */
const LINE_BYTES = 4;

/** A request's head, ready to go on as HTTP/1.1. */
export interface StreamRequestHead {
  readonly kind: "request";
  readonly method: string;
  /** The path and query. */
  readonly target: string;
  /**
   * Names and values in turn, `Host` first. Cookies are one field again. A body of unknown length has `Transfer-Encoding:
   * chunked`, which is how HTTP/1.1 says that there is one.
   */
  readonly fields: string[];
  readonly isGrpc: boolean;
}

/** The request is not answered by any upstream. */
export interface StreamRequestRefusal {
  readonly kind: "refused";
  readonly answer: Answer;
  readonly isGrpc: boolean;
}

/** What decides about a head besides its fields. */
export interface StreamRequestContext {
  /** Whether the request ended with its head. */
  readonly ended: boolean;
  /** Bound on the head, counted as HTTP/1.1 would write it. */
  readonly headerBytes: number;
}

const MALFORMED: Answer = { code: "BAD_REQUEST", message: "The request is not valid HTTP/2." };

/**
 * Reads the fields of a HEADERS frame, names and values in turn as they came. Nothing is left to whoever decoded them: what is
 * valid in HTTP/2 alone would otherwise become lines of HTTP/1.1 that nobody sent (request smuggling through a downgrade). RFC
 * 9113, sections 8.2 and 8.3; CONNECT, plain or extended (RFC 8441), is not served.
 */
export function readStreamRequestHead(
  raw: readonly string[],
  context: StreamRequestContext,
): StreamRequestHead | StreamRequestRefusal {
  const reading = new Reading();
  let bytes = 0;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? "";
    const value = raw[at + 1] ?? "";
    bytes += name.length + value.length + LINE_BYTES;
    if (isPseudoField(name)) reading.takePseudoField(name, value);
    else reading.takeField(name, value);
  }
  if (bytes > context.headerBytes) reading.refuse({ code: "HEADERS_TOO_LARGE" });
  return reading.finish(context.ended);
}

/** The media types of gRPC, with whatever follows: but not gRPC-Web, whose answers are those of HTTP. */
export function isGrpcType(contentType: string): boolean {
  if (!contentType.toLowerCase().startsWith("application/grpc")) return false;
  const next = contentType.charAt("application/grpc".length);
  return next === "" || next === "+" || next === ";" || next === " ";
}

class Reading {
  #method: string | undefined;
  #scheme: string | undefined;
  #authority: string | undefined;
  #path: string | undefined;
  #host: string | undefined;
  #cookie: string | undefined;
  #contentLength: string | undefined;
  #isGrpc = false;
  #regular = false;
  #refusal: Answer | undefined;
  readonly #fields: string[] = ["Host", ""];

  /** The first refusal stands. */
  refuse(answer: Answer): void {
    this.#refusal ??= answer;
  }

  takePseudoField(name: string, value: string): void {
    // They come first, and each once (section 8.3).
    if (this.#regular || !isFieldValue(value)) this.refuse(MALFORMED);
    switch (name) {
      case ":method":
        if (this.#method !== undefined || !isToken(value)) this.refuse(MALFORMED);
        this.#method = value;
        return;
      case ":scheme":
        if (this.#scheme !== undefined) this.refuse(MALFORMED);
        this.#scheme = value;
        return;
      case ":authority":
        if (this.#authority !== undefined) this.refuse(MALFORMED);
        this.#authority = value;
        return;
      case ":path":
        if (this.#path !== undefined || !isVisible(value)) this.refuse(MALFORMED);
        this.#path = value;
        return;
      default:
        this.refuse(MALFORMED);
    }
  }

  takeField(name: string, value: string): void {
    this.#regular = true;
    if (!isLowerToken(name) || !isFieldValue(value) || isConnectionField(name)) {
      this.refuse(MALFORMED);
      return;
    }
    switch (name) {
      case "host":
        if (this.#host !== undefined) this.refuse(MALFORMED);
        this.#host = value;
        return;
      case "cookie":
        // Clients part it, so that what stays the same is compressed (section 8.2.3).
        this.#cookie = this.#cookie === undefined ? value : `${this.#cookie}; ${value}`;
        return;
      case "content-length":
        if (this.#contentLength !== undefined) this.refuse(MALFORMED);
        this.#contentLength = value;
        break;
      case "content-type":
        this.#isGrpc ||= isGrpcType(value);
        break;
      case "te":
        if (value !== "trailers") this.refuse(MALFORMED);
        break;
      case "http2-settings":
        return;
      default:
    }
    this.#fields.push(name, value);
  }

  finish(ended: boolean): StreamRequestHead | StreamRequestRefusal {
    this.#checkTarget();
    const host = this.#authority ?? this.#host;
    // Whoever routes by the one and whoever serves by the other would not mean the same.
    if (!host || (this.#host !== undefined && this.#host.toLowerCase() !== host.toLowerCase()))
      this.refuse({ code: "BAD_REQUEST", message: "The request has no authority, or two." });
    if (ended && this.#contentLength !== undefined && !/^0+$/.test(this.#contentLength))
      this.refuse(MALFORMED);
    if (this.#refusal) return { kind: "refused", answer: this.#refusal, isGrpc: this.#isGrpc };
    const fields = this.#fields;
    fields[1] = host ?? "";
    if (this.#cookie !== undefined) fields.push("cookie", this.#cookie);
    if (!ended && this.#contentLength === undefined) fields.push("Transfer-Encoding", "chunked");
    const method = this.#method ?? "";
    return { kind: "request", method, target: this.#path ?? "", fields, isGrpc: this.#isGrpc };
  }

  #checkTarget(): void {
    if (this.#method === "CONNECT") {
      this.refuse({ code: "METHOD_NOT_ALLOWED" });
      return;
    }
    const path = this.#path ?? "";
    const isTarget = path.startsWith("/") || (path === "*" && this.#method === "OPTIONS");
    const isScheme = this.#scheme === "http" || this.#scheme === "https";
    if (this.#method === undefined || !isTarget || !isScheme) this.refuse(MALFORMED);
  }
}
