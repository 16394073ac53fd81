/** The edge's own answers as clients of gRPC understand them. Pure. */

import { ANSWERS, type Answer, type AnswerParts } from "../answers.ts";
import { isGrpcType } from "./stream-request-head.ts";

/** Codes of gRPC that the edge answers with. */
const GRPC = {
  UNKNOWN: 2,
  DEADLINE_EXCEEDED: 4,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

const PERCENT = 0x25;
const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;
const NOTHING = Buffer.alloc(0);

/**
 * The code of gRPC for a status of HTTP, as its specification maps those of proxies ("HTTP to gRPC Status Code Mapping"), and more
 * precisely where the edge knows more: a timeout is a deadline exceeded, what is too large exhausts a resource.
 */
export function grpcStatusOf(status: number): number {
  switch (status) {
    case 400:
    case 417:
    case 508:
      return GRPC.INTERNAL;
    case 404:
    case 405:
    case 501:
      return GRPC.UNIMPLEMENTED;
    case 408:
    case 504:
      return GRPC.DEADLINE_EXCEEDED;
    case 413:
    case 431:
      return GRPC.RESOURCE_EXHAUSTED;
    case 429:
    case 502:
    case 503:
      return GRPC.UNAVAILABLE;
    default:
      return GRPC.UNKNOWN;
  }
}

/** Whether a request is one of gRPC, by its `Content-Type`. `fields` is names and values in turn. */
export function isGrpcRequest(fields: readonly string[]): boolean {
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? "";
    if (name.length === 12 && name.toLowerCase() === "content-type") return isGrpcType(fields[at + 1] ?? "");
  }
  return false;
}

/**
 * An answer of the edge's own for a client of gRPC: a status of HTTP that says nothing, and the trailers in its place
 * ("Trailers-Only"). It has no body.
 */
export function grpcAnswerParts(answer: Answer, requestId: string): AnswerParts {
  const row = ANSWERS[answer.code];
  const headers = [
    "Content-Type",
    "application/grpc",
    "grpc-status",
    String(grpcStatusOf(row.status)),
    "grpc-message",
    percentEncoded(answer.message ?? row.message),
    "X-Request-Id",
    requestId,
  ];
  return { status: 200, reason: "OK", headers, body: NOTHING };
}

/** Bytes of UTF-8 that are not printable ASCII, and `%`, as `%` and two digits. */
function percentEncoded(text: string): string {
  let encoded = "";
  for (const byte of new TextEncoder().encode(text)) {
    encoded +=
      byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE && byte !== PERCENT
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
