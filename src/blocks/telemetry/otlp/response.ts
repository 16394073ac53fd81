import type { Signal } from "./model.ts";
import { ProtobufWriter } from "./protobuf/protobuf-writer.ts";

/** How a request or an answer is written. */
export type Encoding = "protobuf" | "json";

/** The media type of each (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request). */
export const CONTENT_TYPE: Readonly<Record<Encoding, string>> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

/** What of a request was not taken. */
export interface PartialSuccess {
  /** Spans, points or log records. */
  readonly rejected: number;
  readonly message: string;
}

const REJECTED_MEMBER: Readonly<Record<Signal, string>> = {
  traces: "rejectedSpans",
  metrics: "rejectedDataPoints",
  logs: "rejectedLogRecords",
};

const ENCODER = new TextEncoder();

/**
 * The answer to a request that was taken, whole or in part.
 *
 *     ExportTraceServiceResponse { ExportTracePartialSuccess partial_success = 1 }
 *     ExportTracePartialSuccess  { int64 rejected_spans = 1; string error_message = 2 }     (metrics, logs: the same numbers)
 */
export function encodeResponse(signal: Signal, encoding: Encoding, partial?: PartialSuccess): Uint8Array {
  if (encoding === "json") {
    if (!partial) return ENCODER.encode("{}");
    // A 64-bit number is text in this mapping.
    const told = { [REJECTED_MEMBER[signal]]: String(partial.rejected), errorMessage: partial.message };
    return ENCODER.encode(JSON.stringify({ partialSuccess: told }));
  }
  if (!partial) return new Uint8Array(0);
  const writer = new ProtobufWriter();
  writer.string(2, partial.message);
  writer.signed(1, partial.rejected);
  writer.message(1, 0);
  return writer.finish();
}

/** `google.rpc.Code`, as far as it is used here. */
export const RPC_CODE = {
  ok: 0,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export type RpcCode = (typeof RPC_CODE)[keyof typeof RPC_CODE];

/** Why a request was not taken. */
export interface RpcStatus {
  readonly code: RpcCode;
  readonly message: string;
  /** When to try again, in milliseconds from now. Default: not to be tried again. */
  readonly retryAfterMs?: number;
}

const RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

/**
 * The answer to a request that was refused (https://opentelemetry.io/docs/specs/otlp/#failures-1).
 *
 *     google.rpc.Status    { int32 code = 1; string message = 2; repeated google.protobuf.Any details = 3 }
 *     google.protobuf.Any  { string type_url = 1; bytes value = 2 }
 *     google.rpc.RetryInfo { google.protobuf.Duration retry_delay = 1 }
 *     Duration             { int64 seconds = 1; int32 nanos = 2 }
 */
export function encodeStatus(encoding: Encoding, { code, message, retryAfterMs }: RpcStatus): Uint8Array {
  if (encoding === "json") {
    const details =
      retryAfterMs === undefined
        ? []
        : [{ "@type": RETRY_INFO, retryDelay: `${(retryAfterMs / 1_000).toFixed(3)}s` }];
    return ENCODER.encode(JSON.stringify({ code, message, details }));
  }
  const writer = new ProtobufWriter();
  if (retryAfterMs !== undefined) {
    const whole = Math.ceil(retryAfterMs);
    const any = writer.mark();
    const value = writer.mark();
    const duration = writer.mark();
    if (whole % 1_000 > 0) writer.signed(2, (whole % 1_000) * 1_000_000);
    writer.signed(1, Math.floor(whole / 1_000));
    writer.message(1, duration);
    writer.message(2, value);
    writer.string(1, RETRY_INFO);
    writer.message(3, any);
  }
  if (message !== "") writer.string(2, message);
  if (code !== RPC_CODE.ok) writer.signed(1, code);
  return writer.finish();
}
