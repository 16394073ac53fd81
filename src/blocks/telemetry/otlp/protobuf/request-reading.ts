import { AttributeBag } from "../attribute-bag.ts";
import type { DecodeBounds, Tally } from "../bounds.ts";
import { malformed, OtlpError } from "../errors.ts";
import type { Batch, LogData, MetricData, Resource, Scope, Signal, SpanData } from "../model.ts";
import { readAttribute } from "./attributes.ts";
import { LogReader } from "./log-message.ts";
import { isData, MetricMessageReader } from "./metric-message.ts";
import { ProtobufReader } from "./protobuf-reader.ts";
import { SpanReader } from "./span-message.ts";
import { Vocabulary } from "./vocabulary.ts";

/*
 * opentelemetry/proto/collector/{trace,metrics,logs}/v1, and the outer messages of {trace,metrics,logs}/v1; the numbers are the same
 * for all three:
 *
 *     ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1 }
 *     ResourceSpans             { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3 }
 *     ScopeSpans                { InstrumentationScope scope = 1; repeated Span spans = 2; string schema_url = 3 }
 *     Resource                  { repeated KeyValue attributes = 1 }
 *     InstrumentationScope      { string name = 1; string version = 2 }
 */

/** Fields of the outer messages in one request. More than this takes longer to walk over than a turn may last, and says nothing. */
const PLACES_MAX = 500_000;

/** Spans of a request, some at a time. Batches may be empty: then there was much to pass over. */
export function* readSpans(
  bytes: Uint8Array,
  bounds: DecodeBounds,
  tally: Tally,
  vocabulary: Vocabulary,
): Generator<Batch<SpanData>, void> {
  const spans = new SpanReader(bounds);
  yield* readItems(bytes, bounds, tally, vocabulary, (reader) => spans.read(reader));
}

/** Log records of a request, likewise. */
export function* readLogs(
  bytes: Uint8Array,
  bounds: DecodeBounds,
  tally: Tally,
  vocabulary: Vocabulary,
): Generator<Batch<LogData>, void> {
  const logs = new LogReader(bounds);
  yield* readItems(bytes, bounds, tally, vocabulary, (reader) => logs.read(reader));
}

/** Metrics of a request, likewise; one of many points comes in pieces. */
export function* readMetrics(
  bytes: Uint8Array,
  bounds: DecodeBounds,
  tally: Tally,
  vocabulary: Vocabulary,
): Generator<Batch<MetricData>, void> {
  const reader = new ProtobufReader(bytes, vocabulary);
  const metrics = new MetricMessageReader(bounds, tally);
  const pace = new Pace(reader, bounds);
  for (const held of scopesOf(reader, bounds)) {
    let items: MetricData[] = [];
    while (reader.at < held.end) {
      reader.end = held.end;
      const tag = reader.tag();
      if (tag === 18) {
        reader.enter();
        for (const _ of metrics.read(
          reader,
          () => items,
          () => pace.isDue(),
        )) {
          yield { resource: held.resource, scope: held.scope, items };
          items = [];
        }
      } else reader.skip(tag);
      if (!pace.isDue()) continue;
      yield { resource: held.resource, scope: held.scope, items };
      items = [];
    }
    if (items.length > 0 || pace.isDue()) yield { resource: held.resource, scope: held.scope, items };
  }
}

function* readItems<Item extends object>(
  bytes: Uint8Array,
  bounds: DecodeBounds,
  tally: Tally,
  vocabulary: Vocabulary,
  read: (reader: ProtobufReader) => Item | string,
): Generator<Batch<Item>, void> {
  const reader = new ProtobufReader(bytes, vocabulary);
  const pace = new Pace(reader, bounds);
  for (const held of scopesOf(reader, bounds)) {
    let items: Item[] = [];
    while (reader.at < held.end) {
      reader.end = held.end;
      const tag = reader.tag();
      if (tag === 18) takeItem(reader, bounds, tally, read, items);
      else reader.skip(tag);
      if (!pace.isDue()) continue;
      yield { resource: held.resource, scope: held.scope, items };
      items = [];
    }
    if (items.length > 0 || pace.isDue()) yield { resource: held.resource, scope: held.scope, items };
  }
}

function takeItem<Item extends object>(
  reader: ProtobufReader,
  bounds: DecodeBounds,
  tally: Tally,
  read: (reader: ProtobufReader) => Item | string,
  items: Item[],
): void {
  reader.enter();
  const { end } = reader;
  if (end - reader.at > bounds.itemBytesMax)
    tally.refuse("too-large", `an item is larger than ${bounds.itemBytesMax} bytes`);
  else {
    try {
      const item = read(reader);
      if (typeof item === "string") tally.refuse("malformed", item);
      else {
        items.push(item);
        tally.taken++;
      }
    } catch (thrown) {
      if (!(thrown instanceof OtlpError)) throw thrown;
      tally.refuse("malformed", thrown.message);
    }
  }
  reader.at = end;
}

/** Says when enough has been read for one turn. */
class Pace {
  readonly #reader: ProtobufReader;
  readonly #bounds: DecodeBounds;
  #places = 0;
  #from = 0;

  constructor(reader: ProtobufReader, bounds: DecodeBounds) {
    this.#reader = reader;
    this.#bounds = bounds;
  }

  /** Asked after each item; begins anew when it says so. */
  isDue(): boolean {
    const { at } = this.#reader;
    if (++this.#places < this.#bounds.batchMax && at - this.#from < this.#bounds.batchBytesMax) return false;
    this.#places = 0;
    this.#from = at;
    return true;
  }
}

interface ScopeOfRequest {
  readonly resource: Resource;
  readonly scope: Scope;
  /** The reader stands at its first field; here it ends. */
  readonly end: number;
}

const NO_RESOURCE: Resource = Object.freeze({ attributes: Object.freeze(new AttributeBag()) });
const NO_SCOPE: Scope = Object.freeze({ name: "", version: "" });

/** Each scope of the request with its resource; the reader stands within it meanwhile. */
function* scopesOf(reader: ProtobufReader, bounds: DecodeBounds): Generator<ScopeOfRequest, void> {
  const { end } = reader;
  while (reader.at < end) {
    reader.end = end;
    const tag = reader.tag();
    if (tag !== 10) {
      reader.skip(tag);
      continue;
    }
    reader.enter();
    const resourceEnd = reader.end;
    const resource = firstField(reader, (from) => readResource(from, bounds)) ?? NO_RESOURCE;
    // Also of a resource without scopes, so that very many of them do not make one long turn.
    if (reader.at === resourceEnd) yield { resource, scope: NO_SCOPE, end: resourceEnd };
    while (reader.at < resourceEnd) {
      reader.end = resourceEnd;
      const field = reader.tag();
      if (field !== 18) {
        reader.skip(field);
        continue;
      }
      reader.enter();
      const scopeEnd = reader.end;
      const scope = firstField(reader, readScope) ?? NO_SCOPE;
      yield { resource, scope, end: scopeEnd };
      reader.at = scopeEnd;
    }
  }
}

/**
 * Reads field 1 of the message, which may stand anywhere, but nearly always stands first: only where it does not is it looked for.
 * Leaves the reader where it was.
 */
function firstField<Value>(
  reader: ProtobufReader,
  read: (reader: ProtobufReader) => Value,
): Value | undefined {
  const start = reader.at;
  let value: Value | undefined;
  while (reader.at < reader.end && value === undefined) {
    const tag = reader.tag();
    if (tag === 10) value = read(reader);
    else reader.skip(tag);
  }
  reader.at = start;
  return value;
}

function readResource(reader: ProtobufReader, bounds: DecodeBounds): Resource {
  const outer = reader.enter();
  const attributes = new AttributeBag();
  let held = 0;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 10) held = readAttribute(reader, attributes, held, bounds);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { attributes };
}

function readScope(reader: ProtobufReader): Scope {
  const outer = reader.enter();
  let name = "";
  let version = "";
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 10) name = reader.string();
    else if (tag === 18) version = reader.string();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { name, version };
}

/**
 * How many spans, points or log records a request holds, found by passing over them: a few nanoseconds for each. Throws
 * `MALFORMED_OTLP` where the outer messages are not what they should be, or have more than 500,000 fields.
 */
export function countProtobuf(signal: Signal, bytes: Uint8Array): number {
  const reader = new ProtobufReader(bytes, new Vocabulary());
  let count = 0;
  let places = 0;
  const walk = (depth: number): void => {
    while (reader.at < reader.end) {
      const tag = reader.tag();
      if (++places > PLACES_MAX) throw malformed(`more than ${PLACES_MAX} items in one request`, reader.at);
      const leads = depth === 0 ? tag === 10 : depth === 3 ? isData(tag) : depth < 3 && tag === 18;
      if (depth === 2 && tag === 18 && signal !== "metrics") {
        count++;
        reader.skip(tag);
      } else if (depth === 4 && tag === 10) {
        count++;
        reader.skip(tag);
      } else if (leads) {
        const outer = reader.enter();
        walk(depth + 1);
        reader.leave(outer);
      } else reader.skip(tag);
    }
  };
  walk(0);
  return count;
}
