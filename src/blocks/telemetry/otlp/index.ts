/** OpenTelemetry's protocol (OTLP 1.x): telemetry in memory, and as bytes of protobuf and JSON. Pure. */

/** What is read, and how much of it at most. */
export { DECODE_BOUNDS, type DecodeBounds, type Refusal, Tally } from "./bounds.ts";
export { OTLP_ERRORS, OtlpError, type OtlpErrorCode } from "./errors.ts";
/** Telemetry in memory. */
export type {
  AnyValue,
  Attributes,
  Batch,
  Exemplar,
  ExponentialBuckets,
  ExponentialHistogramPoint,
  HistogramPoint,
  LogData,
  MetricData,
  NumberPoint,
  Resource,
  Scope,
  SeverityNumber,
  Signal,
  SpanData,
  SpanEvent,
  SpanKind,
  SpanLink,
  SpanStatus,
  TelemetrySink,
  Temporality,
} from "./model.ts";
export { Vocabulary } from "./protobuf/vocabulary.ts";
/** Requests. */
export {
  countItems,
  countSlowly,
  type DecodeOptions,
  decodeRequest,
  type ItemOf,
  readRequest,
} from "./request.ts";
export { encodeRequest, type RequestEncoder, requestEncoder } from "./request-encoder.ts";
/** Answers. */
export {
  CONTENT_TYPE,
  type Encoding,
  encodeResponse,
  encodeStatus,
  type PartialSuccess,
  RPC_CODE,
  type RpcCode,
  type RpcStatus,
} from "./response.ts";
