import { DECODE_BOUNDS, type DecodeBounds, Tally } from "./bounds.ts";
import { countJson, readJsonLogs, readJsonMetrics, readJsonSpans } from "./json/json-request.ts";
import type { Batch, LogData, MetricData, Signal, SpanData } from "./model.ts";
import { countProtobuf, readLogs, readMetrics, readSpans } from "./protobuf/request-reading.ts";
import { Vocabulary } from "./protobuf/vocabulary.ts";
import type { Encoding } from "./response.ts";

/** What each signal's requests carry. */
export interface ItemOf {
  readonly traces: SpanData;
  readonly metrics: MetricData;
  readonly logs: LogData;
}

export interface DecodeOptions {
  /** Each has a default of its own. */
  readonly bounds?: Partial<DecodeBounds>;
  /** Where it is counted what became of the items. */
  readonly tally?: Tally;
  /** Strings that are known from earlier requests; it may be kept from one to the next. Default: a new one. */
  readonly vocabulary?: Vocabulary;
}

/**
 * Reads a request a little at a time: each step gives a batch of at most some hundred items, or an empty one where there was much to
 * pass over, so that whoever reads can pause in between. The strings of a batch are its own; nothing refers to `bytes`.
 *
 * Items that cannot be taken (an id of a wrong length, an inside that does not decode) are left out and counted in the tally, which in
 * the end holds as many as `countItems` says. Throws `MALFORMED_OTLP` when the outer messages themselves are broken; ask
 * `countItems` first to know that before anything is taken.
 */
export function readRequest<Of extends Signal>(
  signal: Of,
  encoding: Encoding,
  bytes: Uint8Array,
  options?: DecodeOptions,
): Generator<Batch<ItemOf[Of]>, void>;
export function readRequest(
  signal: Signal,
  encoding: Encoding,
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Generator<Batch<SpanData> | Batch<MetricData> | Batch<LogData>, void> {
  const bounds = boundsOf(options.bounds);
  const tally = options.tally ?? new Tally();
  if (encoding === "json") {
    if (signal === "traces") return readJsonSpans(bytes, bounds, tally);
    return signal === "metrics" ? readJsonMetrics(bytes, bounds, tally) : readJsonLogs(bytes, bounds, tally);
  }
  const vocabulary = options.vocabulary ?? new Vocabulary();
  if (signal === "traces") return readSpans(bytes, bounds, tally, vocabulary);
  if (signal === "metrics") return readMetrics(bytes, bounds, tally, vocabulary);
  return readLogs(bytes, bounds, tally, vocabulary);
}

/** Reads a request at once: the batches of `readRequest` that hold something. */
export function decodeRequest<Of extends Signal>(
  signal: Of,
  encoding: Encoding,
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Batch<ItemOf[Of]>[] {
  const whole = { batchMax: Number.POSITIVE_INFINITY, batchBytesMax: Number.POSITIVE_INFINITY };
  const batches: Batch<ItemOf[Of]>[] = [];
  const all = { ...options, bounds: { ...whole, ...options.bounds } };
  for (const batch of readRequest(signal, encoding, bytes, all)) {
    if (batch.items.length > 0) batches.push(batch);
  }
  return batches;
}

/**
 * How many spans, points or log records a request holds, found by passing over them without decoding. Throws `MALFORMED_OTLP` when the
 * outer messages are broken.
 */
export function countItems(signal: Signal, bytes: Uint8Array, encoding: Encoding = "protobuf"): number {
  const counting = countSlowly(signal, bytes, encoding);
  for (;;) {
    const step = counting.next();
    if (step.done) return step.value;
  }
}

/** The same with pauses, for a long text of JSON; protobuf is passed over in one go, at most 500,000 fields of it. */
export function* countSlowly(
  signal: Signal,
  bytes: Uint8Array,
  encoding: Encoding = "protobuf",
): Generator<void, number> {
  if (encoding === "protobuf") return countProtobuf(signal, bytes);
  return yield* countJson(signal, bytes, DECODE_BOUNDS);
}

/** Deeper than this the stack is at risk. */
const DEPTH_MAX = 64;

function boundsOf(given: Partial<DecodeBounds> | undefined): DecodeBounds {
  if (!given) return DECODE_BOUNDS;
  const bounds = { ...DECODE_BOUNDS, ...given };
  if (!(bounds.depthMax >= 0 && bounds.depthMax <= DEPTH_MAX))
    throw new RangeError(`depthMax has to be from 0 to ${DEPTH_MAX}, not ${bounds.depthMax}`);
  return bounds;
}
